"""Versions of published tables that a recipe reads beside what it makes itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from lakesift.documents.measuring.steps import Step, sketched
from lakesift.errors import UsageError
from lakesift.lake.commits import facts_at
from lakesift.lake.datasets import pinned_version
from lakesift.lake.lake import Lake
from lakesift.operators.names import INDEX_PREFIX
from lakesift.operators.operator import DOCUMENTS, Stage
from lakesift.recipe.recipe import Recipe
from lakesift.text.kernels.minhash_settings import MinHashSettings

Sketch = tuple[MinHashSettings, tuple[str, ...]] | None
Pins = Mapping[str, Mapping[str, Mapping[str, int]]]
"""By stage and parameter, table -> version."""


def pins(recipe: Recipe, lake: Lake | None) -> Pins:
    """Find the versions of published tables that each stage reads.

    Raises:
        UsageError: one is not there, or an index that the recipe's documents cannot be compared with.
    """
    return {stage.name: _of_stage(stage, recipe, lake) for stage in recipe.stages}


def _of_stage(stage: Stage, recipe: Recipe, lake: Lake | None) -> dict[str, dict[str, int]]:
    named = stage.operator.published(stage.settings) if stage.operator.published else {}
    found: dict[str, dict[str, int]] = {}
    for parameter, tables in named.items():
        found[parameter] = {}
        for table, reference in tables:
            version, facts = pinned_version(lake, table, reference)
            if table.startswith(INDEX_PREFIX) and lake is not None:
                _check_signatures(lake, int(facts["inputs"][DOCUMENTS]), reference, recipe)
            found[parameter][table] = version
    return found


def _check_signatures(lake: Lake, version: int, reference: str, recipe: Recipe) -> None:
    made = facts_at(lake.history(DOCUMENTS), version)
    documents = next((each.settings for each in recipe.stages if each.operator.name == DOCUMENTS), None)
    theirs, ours = _sketch(made.get("settings", {})), _sketch(documents.model_dump() if documents else {})
    if theirs != ours:
        raise UsageError(
            f"the index of {reference} holds signatures of other settings: {_described(theirs)}",
            expected=f"those of this recipe: {_described(ours)}",
            next_step="give the recipe's minhash step, and the edits before it, the settings of the published data set",
        )


def _sketch(settings: Mapping[str, Any]) -> Sketch:
    steps: Sequence[Step] = TypeAdapter(tuple[Step, ...]).validate_python(settings.get("steps", ()))
    return sketched(steps)


def _described(sketch: Sketch) -> str:
    if sketch is None:
        return "none"
    settings, edits = sketch
    numbers = ", ".join(f"{name}: {value}" for name, value in settings.model_dump(mode="json").items())
    return f"{{{numbers}}}" + (f" after {', '.join(edits)}" if edits else "")

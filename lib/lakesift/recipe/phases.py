"""Phases of a recipe: stages that people schedule together; each phase has a file in jobs/."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

from lakesift.operators.operator import Operator, Stage
from lakesift.operators.registry import shipped
from lakesift.operators.roles import Ingests, Publishes

INGEST, MEASURE, DEDUPLICATE, SCORE, BALANCE, PUBLISH = (
    "ingest",
    "measure",
    "deduplicate",
    "score",
    "balance",
    "publish",
)
PHASES: Final = (INGEST, MEASURE, DEDUPLICATE, SCORE, BALANCE, PUBLISH)
PACKAGES: Final = {
    "crawl": INGEST,
    "documents": MEASURE,
    "audit": MEASURE,
    "dedup": DEDUPLICATE,
    "scorers": SCORE,
    "labelling": SCORE,
    "balance": BALANCE,
    "images": BALANCE,
    "selection": BALANCE,
    "mixing": BALANCE,
    "removal": PUBLISH,
    "publish": PUBLISH,
}
"""The phase of a package's operators, except for those of `OPERATORS`."""
OPERATORS: Final = {"index": PUBLISH, "score_verdicts": SCORE}


class Part(NamedTuple):
    """Consecutive stages of one phase, by the names of the first and the last."""

    phase: str
    first: str
    last: str


def phases_of(stages: Sequence[Stage]) -> list[str]:
    """Return the phase of each stage of a recipe.

    Operators of other distributions and of notebooks belong to the phase of the stage before them, unless they ingest or
    publish.

    Args:
        stages: all stages of the recipe, in order.
    """
    found: list[str] = []
    for stage in stages:
        found.append(_phase_of(stage.operator) or (found[-1] if found else INGEST))
    return found


def parts_of(stages: Sequence[Stage]) -> list[Part]:
    """Divide a recipe into parts of consecutive stages of one phase, in order.

    Args:
        stages: all stages of the recipe, in order.
    """
    parts = []
    for phase, pairs in groupby(zip(phases_of(stages), stages, strict=True), key=lambda pair: pair[0]):
        names = [stage.name for _, stage in pairs]
        parts.append(Part(phase, names[0], names[-1]))
    return parts


def _phase_of(operator: Operator) -> str | None:
    if operator.name in OPERATORS:
        return OPERATORS[operator.name]
    if operator.name in shipped():
        return PACKAGES[shipped()[operator.name].split(".")[1]]
    by_role = {Ingests: INGEST, Publishes: PUBLISH}
    return by_role.get(type(operator.role))

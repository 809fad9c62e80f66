"""Which rows of `pages` have the text that a recipe would take from their source: the print of what decides it.

A lake holds several extractions of one archive side by side. The name of a crawl is no part of an extraction, nor is
code: pages that an earlier lakesift took in stay until they are asked for again (`sources.code_version`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from lakesift.engine.fingerprints import fingerprint
from lakesift.lake.commits import Commit
from lakesift.lake.external import files_of
from lakesift.operators.operator import Stage
from lakesift.operators.roles import Ingests
from lakesift.recipe.recipe import Recipe

COLUMNS: Final = ("text", "id", "url")
DIGITS: Final = 16


@dataclass(frozen=True)
class Extraction:
    """What a recipe takes from its source.

    Attributes:
        print: of what decides the text; column `extraction` of new rows.
        same: prints of the lake that mean the same, its own included: a setting that has come to lakesift since has there
            the value that it is left out with.
        earlier: fingerprints in `sources` of lakesifts that noted no extraction, of the same.
    """

    print: str
    same: frozenset[str]
    earlier: frozenset[str] = frozenset()

    def is_of(self, extraction: str | None, settings_fingerprint: str | None) -> bool:
        """Return whether a row of `sources` was taken in as the recipe takes it in."""
        return settings_fingerprint in self.earlier if extraction is None else extraction in self.same


def role_of(stage: Stage) -> Ingests:
    """Return the role of the stage that takes sources in."""
    assert isinstance(stage.operator.role, Ingests)
    return stage.operator.role


def extraction_of(
    recipe: Recipe, stage: Stage, commits: Sequence[Commit] = (), crawls: Collection[str] = ()
) -> Extraction:
    """Return what a recipe takes from its source, with what a lake has that is the same.

    Args:
        recipe: with the source.
        stage: its ingest.
        commits: of the lake's `pages`.
        crawls: names of crawls that the lake knows.

    Raises:
        UsageError, ModelUnreadable: the extractor's weights cannot be read.
        SourceError: the table of documents that the recipe names is gone.
    """
    facts = facts_of(recipe, stage)
    own = fingerprint(facts)[:DIGITS]
    same, earlier = {own}, _written_now(recipe, stage, crawls) if commits else set()
    for commit in commits:
        settings, print_ = commit.facts.get("settings"), commit.facts.get("extraction")
        if settings is None or not _means(stage, settings, commit.facts, facts):
            continue
        if print_ is not None:
            same.add(print_)
        elif _earlier_print(settings, recipe, stage) == commit.facts.get("fingerprint"):
            earlier.add(str(commit.facts["fingerprint"]))
    return Extraction(own, frozenset(same), frozenset(earlier))


def facts_of(recipe: Recipe, stage: Stage) -> dict[str, Any]:
    """Return all that decides what a source becomes, but for the name of its crawl and for code."""
    if recipe.source.table is not None:
        columns = recipe.source.model_dump(mode="json", include=set(COLUMNS))
        # Left out where there are none: a lake that was written before they came has the same texts.
        columns |= {"columns": list(recipe.source.columns)} if recipe.source.columns else {}
        if recipe.source.pairs is not None:
            columns = {"pairs": recipe.source.named}
        return {"stage": "import", "settings": role_of(stage).deciding_import(stage.settings), "source": columns}
    return {"stage": "ingest", "settings": _without_crawl(stage, stage.settings), "models": _models(stage)}


def settings_print(recipe: Recipe, stage: Stage) -> str:
    """Return the fingerprint of the settings that decide what a source becomes, and of the name of its crawl.

    Raises:
        UsageError, ModelUnreadable: the extractor's weights cannot be read.
    """
    return fingerprint({**facts_of(recipe, stage), "crawl": stage.settings.crawl})


def told_difference(stage: Stage, commits: Sequence[Commit]) -> list[str]:
    """Return by `key=value` the settings of what a lake has taken in last that are not those of a stage."""
    ours = _flat(_without_crawl(stage, stage.settings))
    for commit in commits:
        theirs = _flat(commit.facts.get("settings", {}))
        if found := [f"ingest.{key}={value}" for key, value in theirs.items() if key in ours and ours[key] != value]:
            return found
    return []


def _without_crawl(stage: Stage, settings: Any) -> dict[str, Any]:
    return {name: value for name, value in role_of(stage).deciding(settings).items() if name != "crawl"}


def _models(stage: Stage) -> list[str]:
    return list((stage.operator.files(stage.settings) if stage.operator.files else {}).values())


def _means(stage: Stage, settings: Mapping[str, Any], noted: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether settings that a commit has noted mean the same as a recipe's today."""
    try:
        there = stage.operator.settings.model_validate(settings)
    except ValidationError:
        # Settings of a lakesift that had others are not the same.
        return False
    if facts["stage"] == "import":
        columns = noted.get("source") if "extraction" in noted else facts["source"]
        return bool(role_of(stage).deciding_import(there) == facts["settings"] and columns == facts["source"])
    models = noted.get("models", facts["models"])
    return "source" not in noted and _without_crawl(stage, there) == facts["settings"] and models == facts["models"]


def _earlier_print(settings: Mapping[str, Any], recipe: Recipe, stage: Stage) -> str:
    """Return the fingerprint that a lakesift without extractions noted for settings in this recipe."""
    facts: dict[str, Any] = {"stage": "ingest", "settings": settings}
    if recipe.source.table is not None:
        # Of a table it was a part which files it had, and how long.
        source = recipe.source.model_dump(mode="json", include={"archives", "documents", *COLUMNS})
        facts |= {"source": source, "files": files_of(recipe.source.table)}
    return fingerprint(facts | ({"model": models} if (models := _models(stage)) else {}))


def _written_now(recipe: Recipe, stage: Stage, crawls: Collection[str]) -> set[str]:
    """Return these fingerprints for the settings of today: commits are kept for a month only where nobody asks for more."""
    decided = role_of(stage).deciding(stage.settings)
    names = {*crawls, stage.settings.crawl, stage.operator.settings().crawl}  # type: ignore[attr-defined]
    return {_earlier_print({**decided, "crawl": name}, recipe, stage) for name in names}


def _flat(values: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        found |= _flat(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}": value}
    return found

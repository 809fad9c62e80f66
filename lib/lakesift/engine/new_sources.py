"""Which sources of a recipe a lake has not taken in yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from lakesift.engine.fingerprints import fingerprint
from lakesift.engine.planning import code_of
from lakesift.errors import UsageError
from lakesift.lake.external import files_of
from lakesift.lake.lake import Lake
from lakesift.operators.operator import Stage
from lakesift.operators.roles import Ingests
from lakesift.recipe.recipe import Recipe


def role_of(stage: Stage) -> Ingests:
    """Return the role of the stage that takes sources in."""
    assert isinstance(stage.operator.role, Ingests)
    return stage.operator.role


def settings_print(recipe: Recipe, stage: Stage) -> str:
    """Return the fingerprint of the settings that decide what a source becomes; of imported documents, their content too.

    Code is no part of it: pages that an earlier lakesift took in stay until they are asked for again (`sources.code_version`).

    Raises:
        UsageError, ModelUnreadable: the extractor's weights cannot be read.
    """
    facts: dict[str, Any] = {"stage": "ingest", "settings": role_of(stage).deciding(stage.settings)}
    if recipe.source.documents is not None:
        facts |= {"source": recipe.source.model_dump(mode="json"), "files": files_of(recipe.source.documents)}
    models = stage.operator.files(stage.settings) if stage.operator.files else {}
    if models:
        facts["model"] = list(models.values())
    return fingerprint(facts)


@dataclass(frozen=True)
class Pending:
    """How a source stands against a lake.

    Attributes:
        paths: those that are not in the lake yet with these settings.
        known: how many the recipe has.
        fingerprint: of the settings.
        failed: those of `paths` that an earlier run could not read.
        code: digest of the code that would take sources in now.
        by_code: how many of the recipe's sources were taken in by which code; None: before lakesift noted it.
        is_otherwise: nothing is named, and nothing that the lake holds was taken in with these settings, `crawl` aside.
    """

    paths: list[str]
    known: int
    fingerprint: str
    failed: frozenset[str] = frozenset()
    is_otherwise: bool = False
    code: str = ""
    by_code: Mapping[str | None, int] = field(default_factory=dict)

    @property
    def outdated(self) -> int:
        """Return how many sources were taken in by other code than this lakesift's."""
        return sum(count for code, count in self.by_code.items() if code != self.code)


def pending(recipe: Recipe, stage: Stage, lake: Lake | None, *, again: bool = False) -> Pending:
    """Compare a recipe's source with what the lake has taken in.

    Args:
        recipe: with the source.
        stage: the recipe's ingest.
        lake: None for a lake that does not exist yet.
        again: take in again what other code than this lakesift's has taken in.

    Raises:
        UsageError: neither the recipe nor the lake has a source.
        SourceError: the source cannot be listed, or is empty.
    """
    if again and not has_source(recipe):
        raise UsageError("--again takes sources in anew, and none is named", next_step="name them with --source PATH")
    found = [] if not has_source(recipe) and lake is not None and lake.exists("sources") else listed(recipe)
    print_, code = settings_print(recipe, stage), code_of(stage)
    if lake is None or not lake.exists("sources"):
        return Pending(found, len(found), print_, code=code)
    sources = lake.read("sources")
    same = sources.where(F.col("settings_fingerprint") == print_)
    # A lake of an earlier lakesift has no such column.
    by = F.col("code_version") if "code_version" in sources.columns else F.lit(None).cast("string")
    rows = same.select("source_path", is_worth_another_try().alias("failed"), by.alias("code")).collect()
    known = {row["source_path"]: row for row in rows}
    failed = {path for path, row in known.items() if row["failed"]}
    paths = [path for path in found if path not in known or path in failed or (again and known[path]["code"] != code)]
    is_otherwise = not has_source(recipe) and not rows and not _is_known(stage, lake)
    mine = Counter(row["code"] for path, row in known.items() if path in set(found) or not has_source(recipe))
    return Pending(paths, len(found), print_, frozenset(failed) & frozenset(paths), is_otherwise, code, mine)


def _is_known(stage: Stage, lake: Lake) -> bool:
    """Whether a crawl, of whatever name, was taken in with these settings, as the commits of `pages` say."""
    wanted = role_of(stage).deciding(stage.settings)
    kinds = (commit.facts.get("settings") for commit in lake.history("pages"))
    return any({**kind, "crawl": stage.settings.crawl} == wanted for kind in kinds if kind)


def has_source(recipe: Recipe) -> bool:
    """Whether a recipe names archives or documents; one that does not goes on with what its lake has taken in."""
    return bool(recipe.source.archives) or recipe.source.documents is not None


def listed(recipe: Recipe) -> list[str]:
    """The paths of a recipe's source: its archives, or the one table of documents.

    Raises:
        UsageError: the recipe has no source.
        SourceError: the source cannot be listed, or is empty.
    """
    if recipe.source.documents is not None:
        files_of(recipe.source.documents)
        return [recipe.source.documents]
    if not recipe.source.archives:
        raise UsageError(f"recipe {recipe.name} has no source", next_step="give it one with --source PATH")
    stage = next((each for each in recipe.stages if isinstance(each.operator.role, Ingests)), None)
    if stage is None:
        raise UsageError(
            f"recipe {recipe.name} has a source and no stage that takes it in", next_step="add `- ingest: {}`"
        )
    return role_of(stage).list_paths(recipe.source.archives, stage.settings)


def is_worth_another_try() -> Column:
    """Whether a row of `sources` is of a file that could not be read: missing, forbidden, or the store kept failing."""
    return (F.col("status") == "failed") & F.split("reason", ":")[0].isin("unreadable_file", "read_failed")

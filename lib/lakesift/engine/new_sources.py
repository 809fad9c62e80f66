"""Which sources of a recipe a lake has not taken in yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from lakesift.crawl.ingest import IngestSettings
from lakesift.crawl.sources.listing import list_paths
from lakesift.engine.fingerprints import fingerprint
from lakesift.errors import UsageError
from lakesift.extraction.block_model import BlockModel
from lakesift.extraction.main_content import weights
from lakesift.lake.external import files_of
from lakesift.lake.lake import Lake
from lakesift.operators.stage_kinds import INGEST, digests
from lakesift.recipe.recipe import Recipe


def settings_print(recipe: Recipe, settings: IngestSettings) -> str:
    """Fingerprint of what decides what a source becomes; for imported documents, their content too.

    Raises:
        UsageError, ModelUnreadable: the extractor's weights cannot be read.
    """
    facts: dict[str, Any] = {"stage": "ingest", "settings": settings.deciding()}
    if recipe.source.documents is not None:
        facts |= {"source": recipe.source.model_dump(mode="json"), "files": files_of(recipe.source.documents)}
    if settings.extract.extractor == "lakesift":
        file = weights(settings.extract.model)
        facts["model"] = list(digests(file).values())
        if settings.extract.model:
            BlockModel.read(file)  # here, in one line, and not in each of Spark's tasks
    return fingerprint(facts)


@dataclass(frozen=True)
class Pending:
    """How a source stands against a lake.

    Attributes:
        paths: those that are not in the lake yet with these settings.
        known: how many the recipe has.
        fingerprint: of the settings.
        failed: those of `paths` that an earlier run could not read.
        is_otherwise: nothing is named, and nothing that the lake holds was taken in with these settings, `crawl` aside.
    """

    paths: list[str]
    known: int
    fingerprint: str
    failed: frozenset[str] = frozenset()
    is_otherwise: bool = False


def pending(recipe: Recipe, settings: IngestSettings, lake: Lake | None) -> Pending:
    """Compare a recipe's source with what the lake has taken in.

    Raises:
        UsageError: neither the recipe nor the lake has a source.
        SourceError: the source cannot be listed, or is empty.
    """
    found = [] if not has_source(recipe) and lake is not None and lake.exists("sources") else listed(recipe)
    print_ = settings_print(recipe, settings)
    if lake is None or not lake.exists("sources"):
        return Pending(found, len(found), print_)
    same = lake.read("sources").where(F.col("settings_fingerprint") == print_)
    rows = same.select("source_path", is_worth_another_try().alias("again")).collect()
    again = {row["source_path"]: row["again"] for row in rows}
    paths = [path for path in found if again.get(path, True)]
    is_otherwise = not has_source(recipe) and not rows and not _is_known(settings, lake)
    return Pending(paths, len(found), print_, frozenset(again) & frozenset(paths), is_otherwise)


def _is_known(settings: IngestSettings, lake: Lake) -> bool:
    """Whether a crawl, of whatever name, was taken in with these settings, as the commits of `pages` say."""
    wanted = settings.deciding()
    kinds = (commit.facts.get("settings") for commit in lake.history("pages"))
    return any({**kind, "crawl": settings.crawl} == wanted for kind in kinds if kind)


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
    settings = recipe.stage(INGEST).settings
    assert isinstance(settings, IngestSettings)
    return list_paths(recipe.source.archives, settings)


def is_worth_another_try() -> Column:
    """Whether a row of `sources` is of a file that could not be read: missing, forbidden, or the store kept failing."""
    return (F.col("status") == "failed") & F.split("reason", ":")[0].isin("unreadable_file", "read_failed")

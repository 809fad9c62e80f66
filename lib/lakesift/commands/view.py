"""Read a lake as reports do: tables at some versions, and who made them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyspark.sql import DataFrame

from lakesift.documents.measuring.settings import DocumentsSettings
from lakesift.lake.lake import Lake
from lakesift.lake.runs import MEASURED, Settled, extractions_of, of_extractions, outcomes_kept, pinned, settled
from lakesift.operators.names import DATASET_PREFIX
from lakesift.operators.outcome import Decided
from lakesift.operators.registry import of_stage
from lakesift.reporting.frames import LakeTables


def view(lake: Lake, versions: Mapping[str, int]) -> tuple[LakeTables, list[Settled]]:
    """Read a lake's tables with the stages that made them.

    Args:
        lake: with the tables.
        versions: by table; with none all tables as they are now.

    Returns:
        The tables, and how they came to be, in the order of their recipe.
    """
    tables = pinned(lake, versions)
    made = settled(lake, versions or {table: lake.version(table) for table in tables})
    tables = of_extractions(tables, extractions_of(made))
    return LakeTables(tables, decided_by(tables, made), outcomes_kept(lake, made)), made


def decided_by(tables: Mapping[str, DataFrame], made: list[Settled]) -> list[Decided]:
    """Return the stages of some tables, as far as their operators are installed."""
    found = []
    for place, each in enumerate(made):
        operator = of_stage(each.operator)
        if operator is not None and each.table in tables and not each.table.startswith(DATASET_PREFIX):
            found.append(Decided(int(each.facts.get("place", place)), each.stage, operator, tables[each.table]))
    return found


def measured_documents(lake: Lake) -> Iterator[tuple[int, DocumentsSettings]]:
    """Return versions of `documents`, newest first, each with its settings."""
    for commit in lake.history(MEASURED):
        # A commit without settings has no rows: it only sets the clustering.
        if "settings" in commit.facts:
            yield commit.version, DocumentsSettings.model_validate(commit.facts["settings"])

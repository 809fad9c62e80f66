"""Reading small aggregates out of the lake's tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakesift.errors import UsageError

Tables = Mapping[str, DataFrame]

DATASET_PREFIX: Final = "dataset_"
# An aggregate of a report is one row per language and rule, per histogram bucket, per archive class: far below this.
_MOST_ROWS: Final = 20_000


def host() -> Column:
    """The host in the URL of a data set's row."""
    return F.regexp_extract("provenance.url", r"^\w+://([^/?#:]+)", 1)


def small_rows(frame: DataFrame) -> list[dict[str, Any]]:
    """Return the rows of an aggregate as dictionaries, structs included; what is not small is cut off."""
    return [row.asDict(recursive=True) for row in frame.limit(_MOST_ROWS).collect()]


def total(frame: DataFrame, column: str) -> int:
    """Return the sum of a column of whole numbers; 0 for an empty table."""
    return int(small_rows(frame.agg(F.coalesce(F.sum(column), F.lit(0)).alias("total")))[0]["total"])


def published(tables: Tables, dataset: str) -> dict[str, Any]:
    """Return the row of `datasets` for `name` (its newest version) or `name@version`.

    Raises:
        UsageError: there is no such data set or version; the message lists what there is.
    """
    name, _, version = dataset.partition("@")
    table = tables.get("datasets")
    rows = small_rows(table) if table is not None else []
    named = sorted((row for row in rows if row["name"] == name), key=lambda row: int(row["version"]))
    wanted = [row for row in named if not version or str(row["version"]) == version]
    if not wanted or DATASET_PREFIX + name not in tables:
        there = ", ".join(sorted(f"{row['name']}@{row['version']}" for row in rows)) or "none is published yet"
        raise UsageError(f"there is no data set {dataset!r} in this lake", expected=f"one of: {there}")
    return wanted[-1]


def dataset_tables(tables: Tables) -> dict[str, DataFrame]:
    """Return the data set tables in the mapping, by data set name."""
    return {
        name.removeprefix(DATASET_PREFIX): frame
        for name, frame in sorted(tables.items())
        if name.startswith(DATASET_PREFIX)
    }

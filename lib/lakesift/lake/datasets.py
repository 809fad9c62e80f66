"""What was published: the versions of data sets, what they were made from, and their indexes of band keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyspark.sql import functions as F

from lakesift.errors import UsageError
from lakesift.lake.lake import Lake
from lakesift.operators.names import DATASET_PREFIX, INDEX_PREFIX


def published(lake: Lake, name: str) -> list[dict[str, Any]]:
    """Rows of `datasets` of one data set, oldest first."""
    if not lake.exists("datasets"):
        return []
    rows = lake.read("datasets").where(F.col("name") == name).orderBy("version").collect()
    return [row.asDict() for row in rows]


def dataset_row(lake: Lake, reference: str) -> dict[str, Any]:
    """The `datasets` row of `name` (newest version) or `name@version`.

    Raises:
        UsageError: there is no such data set or version.
    """
    name, _, version = reference.partition("@")
    rows = published(lake, name)
    found = [row for row in rows if not version or str(row["version"]) == version]
    if not found:
        have = [f"{name}@{row['version']}" for row in rows] or [
            table.removeprefix(DATASET_PREFIX) for table in lake.tables() if table.startswith(DATASET_PREFIX)
        ]
        raise UsageError(
            f"there is no data set {reference} in {lake.location}",
            expected=", ".join(have) or "one that was published",
            next_step="lakesift run RECIPE publishes one",
        )
    return found[-1]


def versions_of(row: Mapping[str, Any]) -> dict[str, int]:
    """Table versions that a published data set was made from, its own included.

    Args:
        row: its row of `datasets`.
    """
    return {**row["inputs"], f"{DATASET_PREFIX}{row['name']}": row["delta_version"]}


def pinned_version(lake: Lake | None, table: str, reference: str) -> tuple[int, dict[str, Any]]:
    """Return the version in which a data set's table or its index holds `name@version`, and what its commit says.

    Args:
        lake: None for a lake that does not exist yet.
        table: `dataset_<name>` or `index_<name>`.
        reference: `name@version`.

    Raises:
        UsageError: there is no such version, or it has no index.
    """
    if lake is None:
        raise UsageError(f"there is no data set {reference}: the lake does not exist yet", next_step="check --lake")
    row = dataset_row(lake, reference)
    of_dataset = int(row["delta_version"])
    if table.startswith(DATASET_PREFIX):
        return of_dataset, {}
    made_from = {f"{DATASET_PREFIX}{row['name']}": of_dataset}
    for commit in lake.history(table):
        if made_from.items() <= commit.facts.get("inputs", {}).items():
            return commit.version, commit.facts
    raise UsageError(
        f"data set {reference} has no index of band keys",
        expected=f"a version of {INDEX_PREFIX}{row['name']} made from it",
        next_step=f"run the recipe that made it with a last stage `- index: {{dataset: {row['name']}}}`",
    )

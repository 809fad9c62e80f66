"""The row in `datasets` and the MLflow data set of a published version: `name@version` names a training set for good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyspark.sql import functions as F

from lakesift.clock import now
from lakesift.errors import UsageError
from lakesift.lake import Lake
from lakesift.planning import Planned
from lakesift.recipe import Recipe
from lakesift.tables import DATASET_PREFIX, schema_of
from lakesift.tracking import RecipeRun, Tracker


def publish_row(
    lake: Lake,
    recipe: Recipe,
    planned: Planned,
    delta_version: int,
    versions: Mapping[str, int],
    tracker: Tracker,
    tracked: RecipeRun,
) -> str:
    """Record a data set version once; the same fingerprint keeps the version that it has.

    Returns:
        `name@version`.
    """
    name = planned.writes.removeprefix(DATASET_PREFIX)
    known = published(lake, name)
    for row in known:
        if row["fingerprint"] == planned.fingerprint and row["delta_version"] == delta_version:
            return f"{name}@{row['version']}"
    version = max((int(row["version"]) for row in known), default=0) + 1
    rows = lake.read(planned.writes, delta_version)
    words = F.sum("words") if "words" in rows.columns else F.sum(F.size(F.split("caption", r"\s+")))
    size = rows.agg(F.count("*").alias("documents"), F.coalesce(words, F.lit(0)).alias("words")).first()
    assert size is not None
    location = f"{lake.location}.{planned.writes}" if lake.in_catalog else f"{lake.location}/{planned.writes}"
    tracker.log_dataset(name, version, location, delta_version, tracked.run_id)
    inputs = {**versions, **planned.inputs}
    entry = (
        name, version, delta_version, recipe.name, planned.fingerprint, inputs, dict(planned.scorers),
        size["documents"], size["words"], tracked.run_id, now(),
    )  # fmt: skip
    frame = lake.spark.createDataFrame([entry], schema_of("datasets"))
    lake.write("datasets", frame, {"dataset": name, "version": version}, append=True)
    return f"{name}@{version}"


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
        have = ", ".join(f"{name}@{row['version']}" for row in rows) or "none of this name"
        raise UsageError(
            f"there is no data set {reference} in {lake.location}", expected=have, next_step="lakesift run RECIPE"
        )
    return found[-1]


def versions_of(row: Mapping[str, Any]) -> dict[str, int]:
    """Table versions that a published data set was made from, its own included.

    Args:
        row: its row of `datasets`.
    """
    return {**row["inputs"], f"{DATASET_PREFIX}{row['name']}": row["delta_version"]}

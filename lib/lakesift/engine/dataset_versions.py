"""The row in `datasets` and the MLflow data set of a published version: `name@version` names a training set for good."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import functions as F

from lakesift.clock import now
from lakesift.engine.planning import Planned
from lakesift.engine.taken_in import TakenIn
from lakesift.lake.datasets import published
from lakesift.lake.lake import Lake
from lakesift.lake.ledger import LEDGER
from lakesift.operators.names import DATASET_PREFIX
from lakesift.recipe.recipe import Recipe
from lakesift.tracking.tracker import RecipeRun, Tracker


def publish_row(
    lake: Lake,
    recipe: Recipe,
    planned: Planned,
    delta_version: int,
    versions: Mapping[str, int],
    tracker: Tracker,
    tracked: RecipeRun,
    view: TakenIn | None = None,
) -> tuple[str, int, bool]:
    """Record a data set version once; the newest one of the same fingerprint keeps its name.

    Returns:
        `name@version`, how many documents or pairs it has, and whether it is new.
    """
    name = planned.writes.removeprefix(DATASET_PREFIX)
    known = published(lake, name)
    for row in known:
        if row["fingerprint"] == planned.fingerprint and row["delta_version"] == delta_version:
            return f"{name}@{row['version']}", int(row["documents"]), False
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
        view.crawls if view else None, sorted(each.source_path for each in view.archives) if view else None,
        size["documents"], size["words"], tracked.run_id, now(),
    )  # fmt: skip
    frame = lake.spark.createDataFrame([entry], LEDGER["datasets"].schema)
    lake.write(LEDGER["datasets"], frame, {"dataset": name, "version": version}, append=True)
    return f"{name}@{version}", int(size["documents"]), True


def is_superseded(lake: Lake, table: str, delta_version: int) -> bool:
    """Return whether a newer version of a data set than this one of its table is published."""
    known = published(lake, table.removeprefix(DATASET_PREFIX))
    return any(int(row["delta_version"]) > delta_version for row in known)

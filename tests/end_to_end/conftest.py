"""The demo's crawl and lake, and more lakes made of the same crawl, for all tests of whole recipes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from lakesift.engine.runner import Run, run_recipe
from lakesift.lake.lake import Lake
from lakesift.recipe.recipe import Recipe
from lakesift.tracking.tracker import Tracker

# What differs between two runs that made the same: their names, their times and the versions of their commits.
OF_THE_RUN = {
    "sources": ("committed_version",),
    "datasets": ("version", "delta_version", "fingerprint", "inputs", "mlflow_run_id", "published_at"),
    "funnel": ("run_id",),
}


@dataclass(frozen=True)
class Whole:
    """One crawl, the lake that the demo made of it undisturbed, and the MLflow store of that lake for all others."""

    spark: SparkSession
    folder: Path
    undisturbed: Lake
    source: str
    store: dict[str, str]

    def lake(self, name: str) -> Lake:
        return Lake(str(self.folder / name), self.spark)

    def recipe(self, *overrides: str) -> Recipe:
        return Recipe.load("sample", overrides, [self.source])

    def run(self, lake: Lake, *overrides: str) -> Run:
        return run_recipe(self.recipe(*overrides), lake, tracker=Tracker.for_lake(self.undisturbed.location))

    def contents(self, lake: Lake) -> dict[str, list[str]]:
        """Every row of every table as JSON, sorted; `runs` is left out, for it tells of runs and not of pages."""
        return {table: rows_of(lake, table) for table in lake.tables() if table != "runs"}


def rows_of(lake: Lake, table: str) -> list[str]:
    frame = lake.read(table).drop(*OF_THE_RUN.get(table, ()))
    # JSON has no binary: a signature is compared as the hexadecimal of its bytes.
    columns: list[Any] = [F.hex(name).alias(name) if kind == "binary" else F.col(name) for name, kind in frame.dtypes]
    rows = [row["row"] for row in frame.select(F.to_json(F.struct(*columns)).alias("row")).collect()]
    # A stage that a killed run had not yet noted as counted is counted again, with the same result.
    return sorted(set(rows)) if table == "funnel" else sorted(rows)


@pytest.fixture(scope="package")
def whole(spark: SparkSession, demo_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    store = {
        "MLFLOW_TRACKING_URI": f"sqlite:///{demo_lake / '_mlflow' / 'mlflow.db'}",
        "LAKESIFT_SCORERS": str(demo_lake / "_scorers"),
    }
    source = str(demo_lake.parent / "crawl" / "*.warc.gz")
    return Whole(spark, tmp_path_factory.mktemp("whole"), Lake(str(demo_lake), spark), source, store)


@pytest.fixture
def settings(spark: SparkSession) -> Iterator[Any]:
    """Sets Spark settings, and gives them back their values after the test."""
    before: dict[str, str | None] = {}

    def change(values: dict[str, str]) -> None:
        for key, value in values.items():
            before[key] = spark.conf.get(key, None)
            spark.conf.set(key, value)

    yield change
    for key, old in before.items():
        if old is None:
            spark.conf.unset(key)
        else:
            spark.conf.set(key, old)

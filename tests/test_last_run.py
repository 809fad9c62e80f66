"""A lake that several recipes worked on is read as one of them left it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakesift.accounting import StageRun, record
from lakesift.lake import Lake
from lakesift.last_run import last_recipe, pinned, versions_of_recipe
from lakesift.tables import schema_of

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def lake(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Recipe `one` judged twice, the second time it found its verdicts there; recipe `two` judged and scored."""
    place: Path = tmp_path_factory.mktemp("lake")
    lake = Lake(str(place / "lake"), spark)
    versions = [
        lake.write("verdicts", spark.createDataFrame([(whose, True, [], "en", 1)], schema_of("verdicts")), {})
        for whose in ("one", "two")
    ]
    scores = spark.createDataFrame([("two", "quality", "1", 0.5, {"quality": 0.5})], schema_of("scores"))
    scored = lake.write("scores", scores, {})
    runs = [
        ("one", "verdicts", "done", "verdicts", versions[0]),
        ("two", "verdicts", "done", "verdicts", versions[1]),
        ("two", "score", "done", "scores", scored),
        ("one", "verdicts", "skipped", "verdicts", versions[0]),
        ("one", "publish", "failed", None, None),
    ]
    days = [datetime(2026, 11, 1 + place, tzinfo=UTC) for place in range(len(runs))]
    record(
        lake,
        [
            StageRun(f"run{place}", recipe, stage, status, days[place], output=output, output_version=version)
            for place, (recipe, stage, status, output, version) in enumerate(runs)
        ],
    )
    return lake


def test_the_recipe_that_ran_last_is_the_one_that_started_last(lake: Lake) -> None:
    assert last_recipe(lake) == "one"


def test_tables_are_read_as_the_recipe_left_them_and_those_of_others_are_left_out(lake: Lake) -> None:
    one, two = (pinned(lake, versions_of_recipe(lake, recipe)) for recipe in ("one", "two"))
    assert [row.doc_id for row in one["verdicts"].collect()] == ["one"]
    assert [row.doc_id for row in two["verdicts"].collect()] == ["two"]
    assert "scores" in two
    assert "scores" not in one
    assert "runs" in one


def test_without_a_run_of_the_recipe_the_tables_are_as_they_are_now(lake: Lake) -> None:
    now = pinned(lake, versions_of_recipe(lake, "never"))
    assert [row.doc_id for row in now["verdicts"].collect()] == ["two"]
    assert {"runs", "scores", "verdicts"} <= set(now)


def test_a_lake_without_runs_has_no_last_recipe(spark: SparkSession, tmp_path: Path) -> None:
    empty = Lake(str(tmp_path / "lake"), spark)
    assert last_recipe(empty) is None
    assert versions_of_recipe(empty, "one") == {}

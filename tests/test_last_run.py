"""A lake that several recipes worked on is read as one of them left it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from declared import schema_of, table_of
from lakesift.engine.accounting import StageRun, record
from lakesift.errors import UsageError
from lakesift.lake.lake import Lake
from lakesift.lake.runs import (
    other_datasets,
    pinned,
    recipe_that_ran,
    rules_of,
    settled,
    states_of_recipe,
    versions_of_recipe,
)

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def lake(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Recipe `one` judged twice, the second time it found its verdicts there; recipe `two` judged and scored."""
    folder: Path = tmp_path_factory.mktemp("lake")
    lake = Lake(str(folder / "lake"), spark)
    versions = []
    for place, whose in enumerate(("one", "two")):
        rule = {"drop_when": "words < :least", "thresholds": {"least": place}}
        rules = {"short": rule, "long": rule, "other": rule}
        rule_sets = [{"name": f"{whose}@test", "source": "invented", "rules": rules}]
        rows = spark.createDataFrame([(whose, True, [], "en", 1)], schema_of("verdicts"))
        versions.append(lake.write(table_of("verdicts"), rows, {"stage": "verdicts", "rule_sets": rule_sets}))
    scores = spark.createDataFrame([("two", "quality", "1", 0.5, {"quality": 0.5})], schema_of("scores"))
    scored = lake.write(table_of("scores"), scores, {})
    published = spark.createDataFrame([], schema_of("dataset_two"))
    dataset = lake.write(table_of("dataset_two"), published, {})
    entry = ("two", 1, dataset, "two", "fingerprint", {}, {}, None, None, 0, 0, None, datetime(2026, 11, 3, tzinfo=UTC))
    lake.write(table_of("datasets"), spark.createDataFrame([entry], schema_of("datasets")), {})
    runs = [
        ("one", "verdicts", "done", "verdicts", versions[0]),
        ("two", "verdicts", "done", "verdicts", versions[1]),
        ("two", "score", "done", "scores", scored),
        ("two", "publish", "done", "dataset_two", dataset),
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


def test_a_recipe_is_known_by_its_name_or_its_file_and_the_one_that_ran_last_is_the_default(
    lake: Lake, tmp_path: Path
) -> None:
    (tmp_path / "mine.yml").write_text("name: two\nstages: []\n", encoding="utf-8")
    assert [recipe_that_ran(lake, asked) for asked in (None, "two", str(tmp_path / "mine.yml"))] == [
        "one",
        "two",
        "two",
    ]


def test_a_recipe_that_has_not_run_is_told_with_those_that_have(lake: Lake) -> None:
    with pytest.raises(
        UsageError, match=r"recipe fineweb has not run on .*expected one, two; next: lakesift run fineweb"
    ):
        recipe_that_ran(lake, "fineweb")


def test_tables_are_read_as_the_recipe_left_them_and_those_of_others_are_left_out(lake: Lake) -> None:
    one, two = (pinned(lake, versions_of_recipe(lake, recipe)) for recipe in ("one", "two"))
    assert [row.doc_id for row in one["verdicts"].collect()] == ["one"]
    assert [row.doc_id for row in two["verdicts"].collect()] == ["two"]
    assert {"scores", "dataset_two"} <= set(two)
    assert not {"scores", "dataset_two"} & set(one)
    assert "runs" in one


def test_the_data_sets_of_other_recipes_are_known_by_their_names(lake: Lake) -> None:
    assert list(other_datasets(lake, versions_of_recipe(lake, "one"))) == ["two"]
    assert list(other_datasets(lake, versions_of_recipe(lake, "two"))) == []


def test_rules_are_those_that_decided_in_the_order_of_their_file(lake: Lake) -> None:
    for place, recipe in enumerate(("one", "two")):
        [rule_set] = rules_of(settled(lake, versions_of_recipe(lake, recipe)))
        names = [f"{recipe}@test.{rule}" for rule in ("short", "long", "other")]
        assert rule_set.predicates() == [(name, f"(words < {place})") for name in names]


def test_a_lake_without_runs_is_read_as_it_is_now(spark: SparkSession, tmp_path: Path) -> None:
    empty = Lake(str(tmp_path / "lake"), spark)
    assert recipe_that_ran(empty, None) is None
    assert versions_of_recipe(empty, None) == {}
    empty.create(table_of("pages"))
    assert list(pinned(empty, {})) == ["pages"]


def test_a_recipe_is_known_as_it_was_before_each_newer_version_of_documents(
    spark: SparkSession, tmp_path: Path
) -> None:
    lake = Lake(str(tmp_path / "lake"), spark)
    ran = [("documents", 3), ("verdicts", 1), ("documents", 3), ("verdicts", 2), ("documents", 5), ("verdicts", 4)]
    record(
        lake,
        [
            StageRun(
                "run", "crawls", table, "done", datetime(2026, 11, day, tzinfo=UTC), output=table, output_version=at
            )
            for day, (table, at) in enumerate([*ran, ("pages", 9), ("documents", 8)], start=1)
        ],
    )
    assert states_of_recipe(lake, "crawls") == [
        {"documents": 8, "verdicts": 4},
        {"documents": 5, "verdicts": 4},
        {"documents": 3, "verdicts": 2},
    ]
    assert states_of_recipe(lake, None) == []

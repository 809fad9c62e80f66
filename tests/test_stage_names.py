"""Stages that `as:` names: an operator several times in one recipe."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakesift.dedup.shared.settings import NearDuplicateSettings
from lakesift.engine.runner import run_recipe
from lakesift.errors import RecipeError
from lakesift.lake.lake import Lake
from lakesift.recipe.recipe import Recipe
from lakesift.tracking.tracker import Tracker

RECIPE = """name: named
source: {documents: texts.jsonl}
stages:
  - ingest: {}
  - documents: {steps: [{signals: [gopher_quality@datatrove]}, {minhash: {}}]}
  - near_duplicates: {keep: [length]}
  - near_duplicates: {as: fuzzy, keep: [length]}
  - publish: {dataset: named}
"""
RULES = """name: own@test
source: invented
rules:
  off_topic: {drop_when: 'scores.edu < 0.5'}
"""
SCORED = RECIPE.replace(
    "- near_duplicates: {as: fuzzy, keep: [length]}",
    "- score: {scorer: quality}\n  - score: {as: edu, scorer: quality}\n  - score_verdicts: {rules: [own.yml]}",
)


def load(folder: Path, text: str = RECIPE, *overrides: str) -> Recipe:
    (folder / "named.yml").write_text(text, encoding="utf-8")
    return Recipe.load(folder / "named.yml", overrides)


def problem(folder: Path, text: str) -> str:
    with pytest.raises(RecipeError) as caught:
        load(folder, text)
    return str(caught.value)


def test_the_stages_of_one_operator_write_a_table_each(tmp_path: Path) -> None:
    stages = load(tmp_path).stages
    assert [(stage.name, stage.table) for stage in stages[2:]] == [
        ("near_duplicates", "duplicates"),
        ("fuzzy", "fuzzy"),
        ("publish", "dataset_named"),
    ]


def test_a_setting_is_set_by_the_name_of_the_stage(tmp_path: Path) -> None:
    recipe = load(tmp_path, RECIPE, "fuzzy.keep=[newest]")
    keep = {}
    for name in ("near_duplicates", "fuzzy"):
        settings = recipe.stage(name).settings
        assert isinstance(settings, NearDuplicateSettings)
        keep[name] = settings.keep
    assert keep == {"near_duplicates": ("length",), "fuzzy": ("newest",)}


def test_a_second_stage_of_an_operator_needs_a_name(tmp_path: Path) -> None:
    told = problem(tmp_path, RECIPE.replace("as: fuzzy, ", ""))
    assert "named.yml:7: near_duplicates: stage near_duplicates stands twice" in told
    assert "expected a name for the second one: `- near_duplicates: {as: NAME, ...}`" in told


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("verdicts", "verdicts is the name of an operator or of a table of the lake"),
        ("runs", "runs is the name of an operator or of a table of the lake"),
        ("pages", "pages is the name of an operator or of a table of the lake"),
        ("dataset_x", "dataset_x is the name of an operator or of a table of the lake"),
        ("duplicates", "duplicates is the name of an earlier stage or of its table"),
        ("Fuzzy", "'Fuzzy' is no name of a stage"),
        ("7", "7 is no name of a stage"),
    ],
)
def test_a_name_that_something_else_has_is_told(tmp_path: Path, name: str, what: str) -> None:
    assert what in problem(tmp_path, RECIPE.replace("as: fuzzy", f"as: {name}"))


def test_a_name_of_an_earlier_stage_or_a_table_that_an_earlier_one_writes_is_told(tmp_path: Path) -> None:
    twice = RECIPE.replace("- publish", "- near_duplicates: {as: fuzzy}\n  - publish")
    assert "named.yml:8: near_duplicates.as: fuzzy is the name of an earlier stage" in problem(tmp_path, twice)
    later = RECIPE.replace("- near_duplicates: {keep: [length]}", "- exact_duplicates: {as: duplicates}").replace(
        "as: fuzzy, ", ""
    )
    assert "writes duplicates, which stage duplicates writes too" in problem(tmp_path, later)
    second = RECIPE + "  - publish: {as: more, dataset: named}\n"
    assert "writes dataset_named, which stage publish writes too" in problem(tmp_path, second)


def test_rules_name_the_score_of_a_named_stage(tmp_path: Path) -> None:
    (tmp_path / "own.yml").write_text(RULES, encoding="utf-8")
    assert load(tmp_path, SCORED).rule_sets_of("score_verdicts")[0].name == "own@test"
    assert "own@test.off_topic reads scores.edu" in problem(tmp_path, SCORED.replace("as: edu", "as: other"))


def test_keeping_the_best_score_needs_a_stage_that_scores_before(tmp_path: Path) -> None:
    told = problem(tmp_path, RECIPE.replace("as: fuzzy, keep: [length]", "as: fuzzy, keep: [score]"))
    assert "reads scores, which no stage before it makes; expected a stage score before it" in told


@pytest.mark.spark
def test_two_stages_of_one_operator_have_a_table_and_an_account_each(spark: SparkSession, tmp_path: Path) -> None:
    words = [
        "the",
        "quick",
        "brown",
        "fox",
        "jumps",
        "over",
        "the",
        "lazy",
        "dog",
        "and",
        "runs",
        "far",
        "away",
        "from",
        "here",
        "to",
        "there",
    ]
    texts = {
        "short": " ".join(words * 4),
        "long": " ".join(words * 4 + ["again"]),
        "other": " ".join(f"{word}{number}" for number, word in enumerate(words * 4)),
    }
    (tmp_path / "texts.jsonl").write_text(
        "".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in texts.items()), encoding="utf-8"
    )
    text = RECIPE.replace("texts.jsonl", str(tmp_path / "texts.jsonl"))
    lake = Lake(str(tmp_path / "lake"), spark)
    run = run_recipe(load(tmp_path, text), lake, tracker=Tracker.disabled())
    accounts = {stage.stage: (stage.output, stage.rows_in, stage.rows_out, stage.rejected) for stage in run.stages}
    assert accounts["near_duplicates"] == ("duplicates", 3, 2, {"near_duplicate": 1})
    # What the first has dropped the second does not see.
    assert accounts["fuzzy"] == ("fuzzy", 2, 2, {})
    assert accounts["publish"] == ("dataset_named", 3, 2, {"near_duplicate": 1})
    assert {row["text"] for row in lake.read("dataset_named").collect()} == {texts["long"], texts["other"]}
    again = run_recipe(load(tmp_path, text, "fuzzy.keep=[newest]"), lake, tracker=Tracker.disabled())
    ran = {stage.stage: stage.status for stage in again.stages}
    assert (ran["near_duplicates"], ran["fuzzy"], ran["publish"]) == ("skipped", "done", "done")

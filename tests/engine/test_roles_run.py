"""Roles at work: operators of one's own in a run on a real lake of six texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from pydantic import Field
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakesift.engine.progress import Progress
from lakesift.engine.runner import Run, run_recipe
from lakesift.errors import StageError
from lakesift.lake.lake import Lake
from lakesift.operators import registry
from lakesift.operators.operator import Fitted, Operator
from lakesift.operators.roles import Drops, Fits, Measures
from lakesift.operators.table import DOC_ID, Double, Long, String, Table
from lakesift.recipe.recipe import Recipe
from lakesift.settings import Settings
from lakesift.tracking.tracker import Tracker

TEXTS = ["one", "two two", "three three three", "one", "five " * 5, "six " * 6]
HEAD = "name: roles\nsource: {{documents: {0}/texts.jsonl}}\nstages:\n  - ingest: {{}}\n  - documents: {{}}\n"


class ShortSettings(Settings):
    words: int = Field(2, description="documents with fewer leave")


def short_texts(uncut_documents: DataFrame, settings: ShortSettings) -> DataFrame:
    """Drop documents with few words."""
    short = uncut_documents.where(F.size(F.split(F.trim("text"), " ")) < settings.words)
    return short.select("doc_id", F.lit("short").alias("reason"))


def word_counts(uncut_documents: DataFrame) -> DataFrame:
    """Count documents by their number of words."""
    return uncut_documents.groupBy(F.size(F.split(F.trim("text"), " ")).cast("bigint").alias("words")).agg(
        F.count("*").alias("documents")
    )


def mean_words(word_counts: pd.DataFrame) -> Fitted:
    """Fit the mean number of words."""
    mean = float((word_counts["words"] * word_counts["documents"]).sum() / word_counts["documents"].sum())
    return Fitted([("mean", mean)], {"mean_words": mean})


def wrong_columns(uncut_documents: DataFrame) -> DataFrame:
    """Return other columns than are declared."""
    return uncut_documents.select("doc_id", F.lit(1).alias("length"))


OWN = (
    Operator(
        short_texts,
        Drops(("short",)),
        Table("a short text", {"doc_id": DOC_ID, "reason": String()}),
        "- short_texts: {}",
    ),
    Operator(
        word_counts, Measures(), Table("a number of words", {"words": Long(), "documents": Long()}), "- word_counts: {}"
    ),
    Operator(mean_words, Fits(3), Table("a mean", {"name": String(), "value": Double()}), "- mean_words: {}"),
    Operator(
        wrong_columns, Measures(), Table("a length", {"doc_id": DOC_ID, "characters": Long()}), "- wrong_columns: {}"
    ),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("roles")
    rows = [json.dumps({"id": str(place), "text": text}) for place, text in enumerate(TEXTS)]
    (folder / "texts.jsonl").write_text("\n".join(rows), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    for operator in OWN:
        registry.register(operator)
    yield
    registry._registered.clear()


def run(spark: SparkSession, folder: Path, stages: str) -> tuple[Run, Lake]:
    (folder / "roles.yml").write_text(HEAD.format(folder) + stages, encoding="utf-8")
    lake = Lake(str(folder / "lake"), spark)
    done = run_recipe(
        Recipe.load(folder / "roles.yml"), lake, tracker=Tracker.disabled(), progress=Progress(quiet=True)
    )
    return done, lake


@pytest.mark.spark
def test_two_instances_of_an_operator_have_tables_and_outcomes_of_their_own(spark: SparkSession, folder: Path) -> None:
    stages = "  - short_texts: {words: 2}\n  - short_texts: {as: longer, words: 4}\n  - publish: {dataset: few}\n"
    done, lake = run(spark, folder, stages)
    rejected = {stage.stage: stage.rejected for stage in done.stages}
    assert rejected == {
        "ingest": {},
        "documents": {},
        "short_texts": {"short": 2},
        "longer": {"short": 2},
        "publish": {"short": 4},
    }
    assert lake.read("dataset_few").count() == 2
    kept = lake.read("outcomes_few").groupBy("stage", "kept").count().collect()
    assert {(row["stage"], row["kept"]): row["count"] for row in kept} == {
        ("short_texts", False): 2,
        ("longer", False): 2,
    }


@pytest.mark.spark
def test_a_fitted_operator_gets_frames_on_the_driver_and_refuses_more_rows_than_its_bound(
    spark: SparkSession, folder: Path
) -> None:
    with pytest.raises(StageError, match="word_counts has more than 3 rows, the most that mean_words is fitted on"):
        run(spark, folder, "  - word_counts: {}\n  - mean_words: {}\n")
    short = "  - short_texts: {words: 3}\n  - word_counts: {}\n  - mean_words: {}\n"
    _, lake = run(spark, folder, short)
    assert [tuple(row) for row in lake.read("mean_words").collect()] == [("mean", (3 + 5 + 6) / 3)]


@pytest.mark.spark
def test_columns_that_are_not_those_declared_are_named_with_both_lists(spark: SparkSession, folder: Path) -> None:
    message = r"operator wrong_columns returns the columns doc_id, length; expected .*: doc_id, characters"
    with pytest.raises(StageError, match=message):
        run(spark, folder, "  - wrong_columns: {}\n")

from __future__ import annotations

import random

import numpy as np
import pytest
from pyspark.sql import DataFrame, SparkSession

from lakesift.scorers.models.settings import EnsembleSettings
from lakesift.scorers.scoring.ensemble import bucket_limits, ensemble

SCHEMA = "doc_id string, scores map<string, double>, bytes bigint"


def limits_of(scored: DataFrame, buckets: int = 20) -> dict[str, list[float]]:
    return {row.scorer: row.limits for row in bucket_limits(scored, buckets).collect()}


def buckets_of(scored: DataFrame, buckets: int = 20) -> dict[str, float]:
    return {row.doc_id: row.score for row in ensemble(scored, EnsembleSettings(buckets=buckets)).collect()}


def one_scorer(spark: SparkSession, scores: list[float], sizes: list[int]) -> DataFrame:
    rows = [(f"d{place}", {"a": score}, size) for place, (score, size) in enumerate(zip(scores, sizes, strict=True))]
    return spark.createDataFrame(rows, SCHEMA)


@pytest.mark.spark
def test_limits_and_buckets_are_those_of_the_notebooks_functions(spark: SparkSession) -> None:
    # What weighted_percentile and np.digitize of NeMo Curator's notebook give for these five.
    scored = one_scorer(spark, [0.1, 0.4, 0.2, 0.9, 0.5], [10, 20, 30, 40, 5])
    assert limits_of(scored) == {"a": [0.1, *[0.2] * 6, *[0.4] * 4, 0.5, *[0.9] * 7]}
    assert buckets_of(scored) == {"d0": 1, "d1": 11, "d2": 7, "d3": 19, "d4": 12}


@pytest.mark.spark
def test_limits_are_numpys_weighted_percentiles_whatever_the_partitions(spark: SparkSession) -> None:
    draw = random.Random(3)
    scores = [draw.choice([0.0, 1.0, round(draw.random(), 2), draw.random() ** 8]) for _ in range(400)]
    sizes = [draw.choice([0, 1, 50, 3000]) for _ in scores]
    expected = np.percentile(scores, range(5, 100, 5), weights=sizes, method="inverted_cdf")
    scored = one_scorer(spark, scores, sizes)
    assert limits_of(scored) == limits_of(scored.repartition(5)) == {"a": expected.tolist()}


@pytest.mark.spark
def test_the_highest_bucket_of_any_scorer_counts(spark: SparkSession) -> None:
    rows = [(f"d{place}", {"up": place / 4, "down": 1 - place / 4}, 1) for place in range(4)]
    assert buckets_of(spark.createDataFrame(rows, SCHEMA), 4) == {"d0": 3, "d1": 3, "d2": 3, "d3": 3}
    rows = [(f"d{place}", {"up": place / 4, "flat": 0.5}, 1) for place in range(4)]
    # All are at the limits of a scorer that cannot tell them apart: each limit is its one score.
    assert buckets_of(spark.createDataFrame(rows, SCHEMA), 4) == dict.fromkeys(["d0", "d1", "d2", "d3"], 3)


@pytest.mark.spark
def test_documents_without_text_are_in_the_lowest_bucket_where_there_is_no_other(spark: SparkSession) -> None:
    assert buckets_of(one_scorer(spark, [0.2, 0.3], [0, 0]), 20) == {"d0": 0, "d1": 0}
    assert buckets_of(spark.createDataFrame([], SCHEMA), 20) == {}

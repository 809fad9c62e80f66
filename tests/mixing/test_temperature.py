"""Languages are sampled in proportion to n^alpha."""

from __future__ import annotations

from collections import Counter

import pytest
from pyspark.sql import SparkSession

from lakesift.mixing.temperature import TemperatureSettings, temperature

SIZES = {"en": 1000, "de": 100, "is": 1}


def shares(spark: SparkSession, **settings: float | str) -> dict[str, float]:
    """Return the sum of the weights of each language, as a share of all documents."""
    rows = [(f"{code}{place}", code, 10 if code == "de" else 1) for code, n in SIZES.items() for place in range(n)]
    documents = spark.createDataFrame(rows, "doc_id STRING, language STRING, words BIGINT")
    weighed = temperature(documents, TemperatureSettings.model_validate(settings)).collect()
    found: Counter[str] = Counter()
    for row in weighed:
        found[row.language] += row.weight / len(rows)
    assert len(weighed) == len(rows)
    return dict(found)


def plain(sizes: dict[str, int], alpha: float) -> dict[str, float]:
    """XLM, section 3.1: q_i = p_i^alpha / sum of p_j^alpha with p_i = n_i / sum of n_k."""
    total = sum(sizes.values())
    raised = {code: (n / total) ** alpha for code, n in sizes.items()}
    return {code: each / sum(raised.values()) for code, each in raised.items()}


@pytest.mark.spark
@pytest.mark.parametrize("alpha", [0.0, 0.3, 0.7, 1.0])
def test_shares_are_those_of_the_papers_formula(spark: SparkSession, alpha: float) -> None:
    assert shares(spark, alpha=alpha) == pytest.approx(plain(SIZES, alpha))


@pytest.mark.spark
def test_english_is_seen_about_a_hundred_times_as_often_as_icelandic_where_it_was_a_thousand(
    spark: SparkSession,
) -> None:
    # google-research/bert, multilingual.md: "English would be sampled 1000x more than Icelandic, but after smoothing it's
    # only sampled 100x more", with 0.7.
    found = shares(spark, alpha=0.7)
    assert found["en"] / found["is"] == pytest.approx(1000**0.7)
    assert 100 < found["en"] / found["is"] < 130


@pytest.mark.spark
def test_words_can_be_what_is_counted(spark: SparkSession) -> None:
    assert shares(spark, alpha=0.5, unit="words") == pytest.approx(plain({"en": 1000, "de": 1000, "is": 1}, 0.5))


@pytest.mark.spark
def test_no_weight_is_above_the_bound(spark: SparkSession) -> None:
    rows = [("a", "en", 1)] * 9 + [("b", None, None)]
    documents = spark.createDataFrame(rows, "doc_id STRING, language STRING, words BIGINT")
    found = temperature(documents, TemperatureSettings(alpha=0.0, max_weight=2.0)).collect()
    assert {row.language: row.weight for row in found} == pytest.approx({"en": 5 / 9, "un": 2.0})

"""The ensemble of GneissWeb, over every combination around its thresholds, against its published rule."""

from __future__ import annotations

from itertools import product

import pytest
from pyspark.sql import SparkSession

from lakesift.documents.rules.verdicts import decide
from text.test_rule_sets import rule_set

DCLM, COSMO, TOPICS = (0.002, 0.0021), (0.03, 0.031), ((0.5, 0.4, 0.1, 0.2), (0.1, 0.2, 0.3, 0.51))
EFLAW, TOKENS = (29.9, 30.0, 69.9, 70.0), (0.09, 0.1, 0.21, 0.22, 0.28, 0.29, 0.5, 0.51)
NAMES = [f"gneissweb_{name}" for name in ("medical", "education", "technology", "science")]
SCHEMA = (
    "doc_id string, language string, language_score float, words bigint, url string, host string, registered_domain string,"
    " crawl string, signals struct<readability_gneissweb: struct<mcalpine_eflaw: double>,"
    " tokens_per_character_tokenizers: struct<tokens_per_character: double>>, scores map<string, double>"
)


def kept(dclm: float, cosmo: float, topics: tuple[float, ...], eflaw: float, tokens: float) -> bool:
    """The two criteria of the notebook's last cell, of which one must hold."""
    quality, topic = dclm > 0.002 or cosmo > 0.03, max(topics) > 0.5
    readable = eflaw < 70 if topic else eflaw < 30
    tokenized = 0.1 <= tokens <= 0.5 if topic else 0.22 <= tokens <= 0.28
    return (quality and readable) or (quality and tokenized)


@pytest.mark.spark
def test_what_is_kept_is_what_the_published_rule_keeps(spark: SparkSession) -> None:
    cases = list(product(DCLM, COSMO, TOPICS, EFLAW, TOKENS))
    rows = []
    for place, (dclm, cosmo, topics, eflaw, tokens) in enumerate(cases):
        scores = {"gneissweb_dclm": dclm, "gneissweb_cosmo": cosmo, **dict(zip(NAMES, topics, strict=True))}
        rows.append((str(place), "en", 1.0, 100, "", "", "", "", ((eflaw,), (tokens,)), scores))
    decided = decide(spark.createDataFrame(rows, SCHEMA), [rule_set("gneissweb_ensemble@dpk")]).collect()
    verdicts = {int(row.doc_id): row.kept for row in decided}
    assert [verdicts[place] for place in range(len(cases))] == [kept(*case) for case in cases]


@pytest.mark.spark
def test_a_document_that_a_scorer_left_out_fails_the_query(spark: SparkSession) -> None:
    rows = [("a", "en", 1.0, 100, "", "", "", "", ((10.0,), (0.2,)), {"gneissweb_dclm": 0.001})]
    with pytest.raises(Exception, match="low_quality has no value for document a"):
        decide(spark.createDataFrame(rows, SCHEMA), [rule_set("gneissweb_ensemble@dpk")]).collect()

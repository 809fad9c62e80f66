from __future__ import annotations

import pytest
from py4j.protocol import Py4JJavaError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakesift.documents.rules.verdicts import decide
from lakesift.operators.funnel import funnel
from text.test_rules import RULES, SHORT, SHOUTING


@pytest.fixture
def documents(spark: SparkSession) -> DataFrame:
    rows = [("a", "en", 3, 0.9), ("b", "en", 9, 0.9), ("c", "en", 9, 0.1), ("d", "de", 4, 0.0)]
    frame = spark.createDataFrame(rows, "doc_id string, language string, words bigint, upper double")
    other = {name: F.lit(None).cast("string") for name in ("url", "host", "registered_domain", "crawl")}
    return frame.withColumns(other).select(
        "*",
        F.lit(1.0).alias("language_score"),
        F.struct(F.struct("words", "upper").alias("size_test")).alias("signals"),
        F.struct(F.struct(F.lit(0).alias("removed")).alias("none_test")).alias("edits"),
    )


@pytest.mark.spark
def test_a_verdict_names_all_rules_that_failed_in_order(documents: DataFrame) -> None:
    failed = {row.doc_id: (row.kept, row.failed) for row in decide(documents, [RULES]).collect()}
    assert failed == {
        "a": (False, [SHORT, SHOUTING]),
        "b": (False, [SHOUTING]),
        "c": (True, []),
        "d": (False, [SHORT]),
    }


@pytest.mark.spark
def test_a_rule_set_for_some_languages_passes_the_others(documents: DataFrame) -> None:
    gated = RULES.model_copy(update={"languages": ("en",)})
    kept = {row.doc_id for row in decide(documents, [gated]).where("kept").collect()}
    assert kept == {"c", "d"}


@pytest.mark.spark
def test_a_signal_without_a_value_fails_and_never_passes(documents: DataFrame) -> None:
    holes = documents.withColumn(
        "signals", F.expr("named_struct('size_test', named_struct('words', cast(null as bigint), 'upper', 0.0D))")
    )
    with pytest.raises(Py4JJavaError, match=r"rule size@test\.short has no value for document"):
        decide(holes, [RULES]).collect()


@pytest.mark.spark
def test_the_funnel_counts_each_rule_in_order_and_alone(documents: DataFrame) -> None:
    table = {(row.rule, row.language): row for row in funnel(decide(documents, [RULES]), [SHORT, SHOUTING]).collect()}
    short, shouting = table[SHORT, "en"], table[SHOUTING, "en"]
    assert (short.documents_in, short.dropped_documents, short.alone_documents) == (3, 1, 1)
    assert (shouting.documents_in, shouting.dropped_documents, shouting.alone_documents) == (2, 1, 2)
    assert (shouting.words_in, shouting.dropped_words, shouting.alone_words) == (18, 9, 12)
    assert (table[SHOUTING, "de"].documents_in, table[SHOUTING, "de"].alone_documents) == (0, 0)


@pytest.mark.spark
def test_each_language_is_judged_by_its_own_threshold(documents: DataFrame) -> None:
    thresholds = {"least": {"default": 5, "de": 4, "o'k\\": 1}}
    rule = RULES.rules["short"].model_copy(update={"thresholds": thresholds})
    kept = {
        row.doc_id
        for row in decide(documents, [RULES.model_copy(update={"rules": {"short": rule}})]).where("kept").collect()
    }
    assert kept == {"b", "c", "d"}

from __future__ import annotations

import pytest
from py4j.protocol import Py4JJavaError
from pydantic import ValidationError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakesift.text.rules import Rule, RuleSet, decide, funnel, unknown_columns

RULES = RuleSet(
    name="size@test",
    source="invented",
    signals=("size@test",),
    rules={
        "short": Rule(drop_when="size_test.words < :least", thresholds={"least": 5}),
        "shouting": Rule(drop_when="size_test.upper > :most", thresholds={"most": 0.5}),
    },
)
SHORT, SHOUTING = "size@test.short", "size@test.shouting"


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


def test_a_predicate_that_is_no_sql_is_refused() -> None:
    with pytest.raises(ValidationError, match="not a SQL predicate"):
        Rule(drop_when="words < (")


def test_thresholds_are_filled_in_and_columns_found() -> None:
    rule = RULES.rules["short"]
    assert rule.predicate() == "size_test.words < 5"
    assert rule.columns() == {"size_test.words"}
    assert rule.placeholders() == {"least"}


def test_a_column_nobody_measures_is_found_without_spark() -> None:
    assert unknown_columns([RULES], {"size_test": {"words"}}) == [("size@test", "shouting", "size_test.upper")]


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


def test_a_threshold_by_language_is_a_case_over_the_language() -> None:
    rule = Rule(drop_when="size_test.words < :least", thresholds={"least": {"default": 5, "zh": 3, "x'y": 2.5}})
    assert rule.predicate() == "size_test.words < CASE language WHEN 'zh' THEN 3 WHEN 'x\\'y' THEN 2.5 ELSE 5 END"
    assert Rule(drop_when="words < :least", thresholds={"least": {"default": 5}}).predicate() == "words < 5"


def test_a_threshold_by_language_needs_a_default() -> None:
    with pytest.raises(ValidationError, match="least has values for zh and no default"):
        Rule(drop_when="words < :least", thresholds={"least": {"zh": 3}})


@pytest.mark.spark
def test_each_language_is_judged_by_its_own_threshold(documents: DataFrame) -> None:
    thresholds = {"least": {"default": 5, "de": 4, "o'k\\": 1}}
    rule = RULES.rules["short"].model_copy(update={"thresholds": thresholds})
    kept = {
        row.doc_id
        for row in decide(documents, [RULES.model_copy(update={"rules": {"short": rule}})]).where("kept").collect()
    }
    assert kept == {"b", "c", "d"}


@pytest.mark.parametrize(
    ("thresholds", "told"),
    [
        ({"max_short": 0.4}, ":max_shrt has no value in thresholds; the nearest is max_short"),
        ({}, ":max_shrt has no value"),
    ],
)
def test_a_threshold_that_has_no_value_is_told_with_the_nearest(thresholds: dict[str, float], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Rule(drop_when="words > :max_shrt", thresholds=thresholds)


def test_a_threshold_that_no_predicate_uses_is_told() -> None:
    with pytest.raises(ValidationError, match="does not use the threshold other, as :other"):
        Rule(drop_when="words > :most", thresholds={"most": 1, "other": 2})

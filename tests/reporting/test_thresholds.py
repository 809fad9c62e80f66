"""Derived thresholds are values of the language's own documents at exact ranks."""

from __future__ import annotations

import pytest
import yaml
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakesift.documents.rules.rules import Rule, RuleSet
from lakesift.errors import UsageError
from lakesift.reporting.thresholds import cuts_of, thresholds_of
from lakesift.text.language.files import LanguageFile

RULES = RuleSet(
    name="size@test",
    source="invented",
    rules={
        "short": Rule(drop_when="size_test.words < :least", thresholds={"least": 30}),
        "short_too": Rule(drop_when="size_test.words <= :least", thresholds={"least": {"default": 1, "en": 30}}),
        "long": Rule(drop_when="size_test.words > :most", thresholds={"most": 80}),
        "long_too": Rule(drop_when=":most <= size_test.words", thresholds={"most": 80}),
        "never": Rule(drop_when="size_test.words > :most", thresholds={"most": 1000}),
        "rare": Rule(drop_when="size_test.words >= :most", thresholds={"most": 100}),
        "both": Rule(drop_when="size_test.words > 0 AND size_test.upper > :most", thresholds={"most": 0.5}),
        "other": Rule(drop_when="language <> :language", thresholds={"language": "en"}),
        "none": Rule(drop_when="size_test.words = 0"),
    },
)


@pytest.fixture(scope="module")
def documents(spark: SparkSession) -> DataFrame:
    """Ten English documents of 10, 20 ... 100 words, five German ones of 1, 2, 3, 4, 5, in no order."""
    rows = [("en", 10 * at) for at in (3, 9, 1, 10, 5, 7, 2, 4, 8, 6)] + [("de", at) for at in (4, 1, 5, 3, 2)]
    frame = spark.createDataFrame(rows, "language string, words bigint").repartition(3)
    return frame.select("language", F.struct(F.struct("words").alias("size_test")).alias("signals"))


def derived(documents: DataFrame, **options: object) -> dict[str, float]:
    (found,) = thresholds_of(documents, [RULES], ["de"], **options)  # type: ignore[arg-type]
    return {cut.rule: value for cut, value in found.values.items()}


def test_only_comparisons_of_one_number_with_one_number_are_derived() -> None:
    assert [(cut.rule, cut.operator) for cut in cuts_of([RULES])] == [
        ("short", "<"), ("short_too", "<="), ("long", ">"), ("long_too", ">="), ("never", ">"), ("rare", ">="),
    ]  # fmt: skip


@pytest.mark.spark
def test_the_quantile_drops_the_share_that_the_reference_loses(documents: DataFrame) -> None:
    """Of English go 2 (< 30), 3 (<= 30), 2 (> 80) and 3 (>= 80) of ten: of five German ones 1 each; 1 of ten is none."""
    assert derived(documents) == {"short": 2, "short_too": 1, "long": 4, "long_too": 5}
    (found,) = thresholds_of(documents, [RULES], ["de"])
    assert {cut.rule for cut in found.left_out} == {"never", "rare"}


@pytest.mark.spark
def test_the_tail_drops_its_share(documents: DataFrame) -> None:
    """Two of five: 1 and 2, or 4 and 5."""
    assert derived(documents, method="tail", tail=0.4) == {
        "short": 3, "short_too": 2, "long": 3, "long_too": 4, "never": 3, "rare": 4,
    }  # fmt: skip
    assert derived(documents, method="tail", tail=0.1) == {}


@pytest.mark.spark
def test_a_language_is_its_own_reference(documents: DataFrame) -> None:
    """The share dropped stays, though the value may be the next one of a document: for `<= 30` it is 30 itself."""
    (found,) = thresholds_of(documents, [RULES], ["en"])
    values = {cut.rule: value for cut, value in found.values.items()}
    assert values == {"short": 30, "short_too": 30, "long": 80, "long_too": 80, "rare": 100}


@pytest.mark.spark
def test_what_is_printed_is_a_languages_file(documents: DataFrame) -> None:
    (found,) = thresholds_of(documents, [RULES], ["de"])
    read = LanguageFile.model_validate(yaml.safe_load(str(found)))
    assert (read.language, read.thresholds["size@test"]["short"]) == ("de", {"least": 2})
    assert "share that the threshold drops in en, from 5 documents" in read.source
    assert "# size@test.never is left as it is: 0.0 % of 5 documents would be 0 of them." in str(found)


@pytest.mark.spark
def test_a_language_without_documents_is_an_error(documents: DataFrame) -> None:
    with pytest.raises(UsageError, match="documents has none in fr"):
        thresholds_of(documents, [RULES], ["fr"])
    with pytest.raises(UsageError, match="documents has none in ja"):
        thresholds_of(documents, [RULES], ["de"], like="ja")

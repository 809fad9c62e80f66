"""What `check_operator` says of a user's operator that does not keep what it declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyspark.sql.functions as F
import pytest
from pydantic import BaseModel, Field
from pyspark.sql import DataFrame, SparkSession

from lakesift.errors import StageError
from lakesift.operators.operator import Materialize, Operator
from lakesift.operators.outcome import CUT_COLUMNS
from lakesift.operators.roles import Cuts, Drops, Measures, Weighs
from lakesift.operators.samples import sample_inputs
from lakesift.operators.table import DOC_ID, Double, Long, String, Table
from lakesift.operators.testing import check_operator, problems_of
from lakesift.settings import Settings


class Least(Settings):
    least: int = Field(default=20, description="Fewest words.")


def short_documents(documents: DataFrame, settings: Least) -> DataFrame:
    """Drop short documents."""
    short = documents.where(F.coalesce("words", F.lit(0)) < settings.least)
    return short.select("doc_id", F.lit("too_short").alias("reason"))


SHORT = Operator(
    short_documents,
    role=Drops(("too_short",)),
    writes=Table("one short document", {"doc_id": DOC_ID, "reason": String("too_short")}),
    example="- short_documents: {least: 20}",
)


def calling(function: Callable[..., DataFrame], operator: Operator = SHORT) -> Operator:
    """The operator with another function of the same name, without settings."""
    function.__name__, function.__doc__ = operator.name, operator.function.__doc__
    return replace(operator, function=function, example=f"- {operator.name}: {{}}")


@pytest.mark.spark
def test_an_operator_of_a_user_that_keeps_its_promises_passes(spark: SparkSession) -> None:
    check_operator(SHORT, spark)
    documents = spark.createDataFrame([("a", 3), ("b", 30)], "doc_id STRING, words BIGINT")
    check_operator(SHORT, spark, {"documents": documents}, Least(least=5))
    with pytest.raises(AssertionError, match="no document leaves"):
        check_operator(SHORT, spark, {"documents": documents}, Least(least=1))


@pytest.mark.spark
def test_columns_that_differ_are_named_with_those_declared(spark: SparkSession) -> None:
    def renamed(documents: DataFrame) -> DataFrame:
        return documents.selectExpr("doc_id", "'too_short' AS why")

    both = "operator short_documents returns the columns doc_id, why; expected those that it declares: doc_id, reason"
    with pytest.raises(StageError, match=both):
        check_operator(calling(renamed), spark)


@pytest.mark.spark
@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["doc_id", "1 AS reason"], "reason int are returned, reason string are declared"),
        (["doc_id", "IF(words > 50, NULL, 'too_short') AS reason"], "null in reason, declared as never null"),
        (["doc_id", "'boring' AS reason"], "documents leave for {'boring'}, the declared reasons are"),
        (["doc_id", "IF(spark_partition_id() > 2, '', 'too_short') AS reason"], "rows depend on how the inputs are"),
        (["explode(array(doc_id, doc_id)) AS doc_id", "'too_short' AS reason"], "do not add up|has two rows"),
        (["doc_id", "IF(text IS NULL OR crawl IS NULL, raise_error('no crawl'), 'too_short') AS reason"], "no crawl"),
    ],
)
def test_rows_that_are_not_as_declared_are_refused(spark: SparkSession, columns: list[str], said: str) -> None:
    def wrong(documents: DataFrame) -> DataFrame:
        return documents.selectExpr(*columns)

    with pytest.raises(Exception, match=said) as raised:
        check_operator(calling(wrong), spark)
    assert "operator short_documents, inputs in " in raised.value.__notes__[0]


@pytest.mark.spark
def test_constraints_names_set_aside_and_rows_that_are_missing_are_looked_at(spark: SparkSession) -> None:
    def weights(documents: DataFrame) -> DataFrame:
        """Weigh."""
        return documents.select("doc_id", F.lit(-1.0).alias("weight"))

    table = Table("a weight", {"doc_id": DOC_ID, "weight": Double("weight")}, constraints={"positive": "weight > 0"})
    with pytest.raises(AssertionError, match="constraints do not hold: positive"):
        check_operator(Operator(weights, role=Weighs(), writes=table, example="- weights: {}"), spark)

    def lengths(documents: DataFrame, materialize: Materialize) -> DataFrame:
        """Measure."""
        return materialize(materialize(documents, "rows"), "rows").selectExpr("doc_id", "length(text) AS n")

    table = Table("a length", {"doc_id": DOC_ID, "n": Long("characters")})
    measured = Operator(lengths, role=Measures(of="documents"), writes=table, example="- lengths: {}")
    with pytest.raises(AssertionError, match="called twice with the name rows"):
        check_operator(measured, spark)

    def some(documents: DataFrame) -> DataFrame:
        return documents.where("words > 5").selectExpr("doc_id", "length(text) + 0L AS n")

    with pytest.raises(StageError, match="the rows of stage lengths do not add up"):
        check_operator(calling(some, measured), spark)


@pytest.mark.spark
def test_cuts_lie_within_texts_and_count_their_bytes(spark: SparkSession) -> None:
    def halves(documents: DataFrame) -> DataFrame:
        """Cut."""
        spans = "array(named_struct('start', 0, 'end', int(octet_length(text) / 2), 'put', '')) AS spans"
        return documents.selectExpr("doc_id", spans, "1L AS removed", "IF(words = 0, 'none', NULL) AS reason")

    table = Table("a cut document", CUT_COLUMNS)
    with pytest.raises((AssertionError, UnicodeDecodeError), match=r"spans have|can't decode"):
        check_operator(Operator(halves, role=Cuts(("none",)), writes=table, example="- halves: {}"), spark)


@pytest.mark.spark
def test_made_up_rows_are_the_same_each_time_and_fit_together(spark: SparkSession) -> None:
    def joined(documents: DataFrame, embeddings: DataFrame, scores: DataFrame | None) -> DataFrame:
        return documents

    operator = calling(joined)
    given, again = (sample_inputs(spark, operator, Least()) for _ in range(2))
    assert {name: rows.collect() for name, rows in given.items()} == {
        name: rows.collect() for name, rows in again.items()
    }
    documents = {row.doc_id: row for row in given["documents"].collect()}
    assert set(documents) == {row.doc_id for row in given["embeddings"].collect()}
    texts = [row.text for row in documents.values()]
    assert len(set(texts)) < len(texts)
    assert "" in texts
    assert max(map(len, texts)) > 20_000
    assert {row.crawl for row in documents.values()} == {"crawl-0", "crawl-1", None}
    assert len({row.language for row in documents.values()}) == 5


class Inner(BaseModel):
    size: int = 3


class Bad(Settings):
    inner: Inner | None = Field(default=None, description="Nested.")
    factor: float = 1.0


def test_a_declaration_is_read_without_spark() -> None:
    def made(nowhere: DataFrame, settings: Bad) -> DataFrame:
        raise AssertionError("is not run")

    made.__annotations__["settings"] = Bad
    table = Table("", {"doc_id": DOC_ID, "size": Long()}, cluster_by=("host",), constraints={"positive": "length > 0"})
    operator = Operator(made, Drops(("x",), reason="why"), table, example="- make: {}")
    found = "\n".join(problems_of(operator))
    for said in (
        "setting Inner.size has no description", "setting Bad.factor has no description",
        "table made does not say what a row is", "column size of table made has no comment", "cluster_by of table made names host",
        "positive of table made names length", "reads documents or uncut_documents", "a column why", "a column reason",
        "the example - make: {} is wrong",
    ):  # fmt: skip
        assert said in found, found
    wrong = replace(operator, example="- made: {factor: much}")
    assert any("Input should be a valid number" in problem for problem in problems_of(wrong))
    right = replace(operator, example="- made: {factor: 2}")
    assert "no operator makes the table nowhere, which its function reads" in problems_of(right)

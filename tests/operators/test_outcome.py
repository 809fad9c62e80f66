"""What became of each document, whatever the roles of the stages that decided."""

from __future__ import annotations

import pytest
from pyspark.sql import DataFrame, SparkSession

from declared import schema_of
from lakesift.operators.outcome import Decided, decided_once, kept_documents, outcomes_of, union_of, with_cuts
from lakesift.operators.registry import find

pytestmark = pytest.mark.spark
DOCUMENTS = "doc_id string, text string, words bigint, content_hash string"


@pytest.fixture
def documents(spark: SparkSession) -> DataFrame:
    return spark.createDataFrame([(name, f"{name} one two", 3, "") for name in "abcdef"], DOCUMENTS)


def stage(spark: SparkSession, place: int, operator: str, table: str, rows: list[tuple[object, ...]]) -> Decided:
    name = operator if place < 10 else f"{operator}_{place}"
    return Decided(place, name, find(operator), spark.createDataFrame(rows, schema_of(table)))


def verdicts(spark: SparkSession, place: int, **failed: str) -> Decided:
    rows = [(name, rule == "", [rule] if rule else [], "en", 3) for name, rule in failed.items()]
    return stage(spark, place, "verdicts", "verdicts", list(rows))


def twins(spark: SparkSession, place: int, **keeper: str) -> Decided:
    rows = [(name, f"cluster_{place}", other, "minhash", 1.0, "one") for name, other in keeper.items()]
    return stage(spark, place, "near_duplicates", "duplicates", list(rows))


def weights(spark: SparkSession, place: int, **by: float) -> Decided:
    return stage(spark, place, "commonness", "commonness", [(name, value, 0.1, 0, 3) for name, value in by.items()])


def cuts(spark: SparkSession, place: int, rows: list[tuple[object, ...]]) -> Decided:
    return stage(spark, place, "repeated_paragraphs", "repeated_paragraphs", rows)


def several(spark: SparkSession) -> list[Decided]:
    """a fails a rule, b is a twin of c, d fails both, e is cut, and f is cut until nothing is left."""
    return [
        verdicts(spark, 2, a="rule.x", b="", c="", d="rule.y", e="", f=""),
        twins(spark, 3, b="c", c="c", d="c"),
        weights(spark, 4, c=0.1, e=3.0),
        cuts(spark, 5, [("e", [(1, 5, "")], 4, None), ("f", [], 9, "nothing_left")]),
        weights(spark, 16, c=0.2, e=0.5),
    ]


def test_documents_after_several_stages_are_those_that_none_dropped_by_one_join(
    spark: SparkSession, documents: DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = kept_documents(documents, several(spark))
    assert {row["doc_id"] for row in kept.collect()} == {"c", "e"}
    assert kept.columns == documents.columns
    kept.explain("extended")
    (plan,) = (part for part in capsys.readouterr().out.split("== ") if part.startswith("Optimized Logical Plan"))
    assert plan.count("Join ") == 1


def test_weights_alone_take_no_document_away_and_need_no_join(spark: SparkSession, documents: DataFrame) -> None:
    assert kept_documents(documents, [weights(spark, 2, a=0.0)]) is documents


def test_the_first_stage_in_the_order_of_the_recipe_decides_whatever_the_order_of_the_rows(
    spark: SparkSession, documents: DataFrame
) -> None:
    stages = several(spark)
    for order in (stages, stages[::-1]):
        found = {row["doc_id"]: row for row in decided_once(union_of(order, documents)).repartition(5).collect()}
        decided = {name: (row["reason"], row["stage"], row["place"]) for name, row in found.items() if row["reason"]}
        assert decided == {
            "a": ("rule.x", "verdicts", 2),
            "b": ("near_duplicate", "near_duplicates", 3),
            "d": ("rule.y", "verdicts", 2),
            "f": ("nothing_left", "repeated_paragraphs", 5),
        }
        assert {name: row["cluster_id"] for name, row in found.items() if row["cluster_id"]} == dict.fromkeys(
            "bcd", "cluster_3"
        )


def test_weights_multiply_in_the_order_of_the_recipe_and_removed_bytes_add_up(
    spark: SparkSession, documents: DataFrame
) -> None:
    more = [*several(spark), weights(spark, 17, c=0.3), cuts(spark, 18, [("e", [(0, 1, "")], 1, None)])]
    for order in (more, more[::-1]):
        found = {row["doc_id"]: row for row in decided_once(union_of(order, documents)).collect()}
        # To the last bit: (0.1 * 0.2) * 0.3 is not 0.1 * (0.2 * 0.3).
        assert found["c"]["weight"] == 0.1 * 0.2 * 0.3 != 0.1 * (0.2 * 0.3)
        assert (found["e"]["weight"], found["e"]["removed_bytes"]) == (1.5, 5)
        assert found["b"]["weight"] == 1.0


def test_a_keeper_has_an_outcome_and_is_kept(spark: SparkSession) -> None:
    rows = {row["doc_id"]: row for row in outcomes_of(twins(spark, 3, b="c", c="c")).collect()}
    assert (rows["c"]["kept"], rows["c"]["reason"], rows["c"]["cluster_id"]) == (True, None, "cluster_3")
    assert (rows["b"]["kept"], rows["b"]["reason"], rows["b"]["cluster_id"]) == (False, "near_duplicate", "cluster_3")


def test_where_no_stage_decides_there_are_no_outcomes_and_all_documents_are_kept(documents: DataFrame) -> None:
    none = union_of([], documents)
    assert decided_once(none).count() == 0
    assert none.dtypes == outcomes_of(twins(documents.sparkSession, 3, b="c")).dtypes
    assert kept_documents(documents, []) is documents


def test_cuts_are_made_one_on_what_the_other_left(spark: SparkSession, documents: DataFrame) -> None:
    # "e one two": the first takes " one", the second "wo" of what is left.
    both = [cuts(spark, 5, [("e", [(1, 5, "")], 4, None)]), cuts(spark, 16, [("e", [(3, 5, "")], 2, None)])]
    left = {row["doc_id"]: (row["text"], row["words"]) for row in with_cuts(documents, both).collect()}
    assert left["e"] == ("e t", 2)
    assert left["c"] == ("c one two", 3)

from __future__ import annotations

from datetime import datetime

import pytest
from pydantic import ValidationError
from pyspark.sql import DataFrame, SparkSession

from lakesift.dedup.minhash.survivors import survivors
from lakesift.dedup.shared.settings import NearDuplicateSettings

SCHEMA = "doc_id STRING, crawl STRING, words BIGINT, fetch_time TIMESTAMP, score DOUBLE, signature BINARY"


def day(number: int) -> datetime:
    return datetime(2026, 1, number)


NAN = float("nan")
DOCUMENTS = [
    ("a", "x", 100, day(1), None, b"\1\0\0\0\2\0\0\0"),
    ("b", "x", 300, day(2), 0.5, b"\1\0\0\0\3\0\0\0"),
    ("c", "y", 300, day(3), 0.9, b"\1\0\0\0\2\0\0\0"),
    ("d", "y", 200, day(4), 0.9, b"\1\0\0\0\2\0\0\0"),
    ("e", "y", 300, None, NAN, None),
    ("f", "y", 50, day(4), 0.1, b"\1\0\0\0\2\0\0\0"),
    ("g", "y", 50, day(4), 0.1, b"\1\0\0\0\2\0\0\0"),
]
COMPONENTS = [(row[0], -7) for row in DOCUMENTS[:5]] + [("g", 3), ("f", 3)]


def members_of(spark: SparkSession, components: list[tuple[str, int]]) -> DataFrame:
    documents = spark.createDataFrame(DOCUMENTS, SCHEMA)
    return documents.join(spark.createDataFrame(components, "doc_id STRING, component BIGINT"), "doc_id")


@pytest.mark.spark
@pytest.mark.parametrize(
    ("keep", "keeper"),
    [
        (["score", "length"], "c"),
        (["score", "newest"], "d"),
        (["length", "newest"], "c"),
        (["length", "oldest"], "b"),
        (["oldest"], "a"),
        ([], "a"),
    ],
)
def test_the_first_preference_that_differs_decides(spark: SparkSession, keep: list[str], keeper: str) -> None:
    members = members_of(spark, COMPONENTS)
    settings = NearDuplicateSettings.model_validate({"keep": keep})
    rows = survivors(members, settings).collect()
    assert {row.keeper_id for row in rows if row.cluster_id == "a"} == {keeper}
    assert {row.keeper_id for row in rows if row.cluster_id == "f"} == {"f"}


@pytest.mark.spark
def test_every_member_has_its_row_and_its_likeness_to_the_keeper(spark: SparkSession) -> None:
    members = members_of(spark, COMPONENTS[:5])
    rows = survivors(members, NearDuplicateSettings(keep=("score",)))
    assert rows.columns == ["doc_id", "cluster_id", "keeper_id", "method", "similarity", "crawl"]
    assert sorted(map(tuple, rows.collect())) == [
        ("a", "a", "c", "minhash", 1.0, "x"),
        ("b", "a", "c", "minhash", 0.5, "x"),
        ("c", "a", "c", "minhash", 1.0, "y"),
        ("d", "a", "c", "minhash", 1.0, "y"),
        ("e", "a", "c", "minhash", None, "y"),
    ]


def test_an_unknown_preference_is_refused() -> None:
    with pytest.raises(ValidationError, match="longest"):
        NearDuplicateSettings.model_validate({"keep": ["longest"]})

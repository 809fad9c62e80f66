from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from pydantic import ValidationError
from pyspark.sql import DataFrame, Row, SparkSession

from lakesift.dedup.exact_duplicates import exact_duplicates
from lakesift.dedup.shared.settings import ExactDuplicateSettings

Stage = Callable[[DataFrame, str], DataFrame]
SCHEMA = (
    "doc_id STRING, crawl STRING, content_hash STRING, url STRING, payload_digest STRING, words BIGINT,"
    " fetch_time TIMESTAMP"
)
# doc_id, crawl, content, url, payload, words: a and b have one text; b and c one URL; c and d one payload.
DOCUMENTS = [
    ("a", "1", "text one", "http://a.org/", "p1", 5),
    ("b", "1", "text one", "http://b.org/x", "p2", 5),
    ("c", "2", "text two", "https://www.b.org/x/?utm_source=z", "p3", 9),
    ("d", "2", "text three", "http://d.org/", "p3", 7),
    ("e", "2", "text four", None, None, 7),
    ("f", "2", "text five", "", "", 7),
    ("g", "1", "text six", "http://g.org/#1", None, 1),
    ("h", None, "text seven", "http://g.org/#2", None, 2),
]


def found(spark: SparkSession, stage: Stage, rows: list[tuple[object, ...]], **chosen: object) -> list[Row]:
    documents = spark.createDataFrame([(*row, datetime(2026, 1, 1)) for row in rows], SCHEMA)
    settings = ExactDuplicateSettings.model_validate({"keep": ["length"], **chosen})
    return exact_duplicates(documents.repartition(3), settings, stage).orderBy("doc_id").collect()


@pytest.mark.spark
def test_documents_that_agree_in_any_key_are_one_cluster(spark: SparkSession, stage: Stage) -> None:
    rows = found(spark, stage, list(DOCUMENTS), by=["content", "url", "payload"])
    assert [tuple(row) for row in rows] == [
        ("a", "a", "c", "content", None, "1"),
        ("b", "a", "c", "content", None, "1"),
        ("c", "a", "c", "url", 1.0, "2"),
        ("d", "a", "c", "payload", None, "2"),
        ("g", "g", "h", "url", None, "1"),
        ("h", "g", "h", "url", 1.0, None),
    ]


@pytest.mark.spark
def test_one_key_compares_no_other_and_crawls_can_be_told_apart(spark: SparkSession, stage: Stage) -> None:
    rows = found(spark, stage, list(DOCUMENTS), by=["content"], within="crawl")
    # Equal in length: the smallest doc_id stays.
    assert [tuple(row) for row in rows] == [("a", "a", "a", "content", 1.0, "1"), ("b", "a", "a", "content", 1.0, "1")]
    assert rows[0].asDict().keys() == {"doc_id", "cluster_id", "keeper_id", "method", "similarity", "crawl"}


@pytest.mark.spark
def test_many_copies_cost_one_edge_each(spark: SparkSession, stage: Stage) -> None:
    copies = spark.range(20_000).selectExpr(
        "lpad(id, 6, '0') AS doc_id", "'1' AS crawl", "'same' AS content_hash", "concat('http://a.org/', id) AS url",
        "CAST(NULL AS STRING) AS payload_digest", "id AS words", "TIMESTAMP '2026-01-01' AS fetch_time",
    )  # fmt: skip
    settings = ExactDuplicateSettings(by=("url", "content"), keep=("length",), one_task_edges=10**6)
    rows = exact_duplicates(copies, settings, stage)
    assert rows.groupBy("cluster_id", "keeper_id", "method").count().collect() == [
        ("000000", "019999", "content", 20_000)
    ]


@pytest.mark.parametrize("by", [[], ["content", "content"], ["title"]])
def test_keys_are_named_once_each(by: list[str]) -> None:
    with pytest.raises(ValidationError):
        ExactDuplicateSettings.model_validate({"by": by})

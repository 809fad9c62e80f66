from __future__ import annotations

import numpy as np
import pytest
from pyspark.sql import DataFrame, SparkSession

from lakesift.dedup.lsh import star_edges
from lakesift.dedup.settings import NearDuplicateSettings

SCHEMA = "doc_id STRING, crawl STRING, minhash ARRAY<BIGINT>, signature BINARY"

pytestmark = pytest.mark.spark


def found(documents: DataFrame, **settings: object) -> set[tuple[str, str]]:
    edges = star_edges(documents, NearDuplicateSettings.model_validate(settings)).collect()
    assert len(edges) == len(set(edges))
    return {(row.larger, row.smaller) for row in edges}


def test_each_bucket_is_a_star_around_its_smallest_document(spark: SparkSession) -> None:
    rows = [
        ("c", "1", [10, 20], None),
        ("a", "1", [10, 21], None),
        ("b", "1", [10, 20], None),
        ("d", "1", [11, 22], None),
    ]
    assert found(spark.createDataFrame(rows, SCHEMA)) == {("b", "a"), ("c", "a"), ("c", "b")}


def test_documents_without_keys_have_no_edges(spark: SparkSession) -> None:
    rows = [("a", "1", None, None), ("b", "1", [], None), ("c", "1", None, None)]
    assert found(spark.createDataFrame(rows, SCHEMA)) == set()


def test_crawls_are_compared_only_when_asked(spark: SparkSession) -> None:
    rows = [("a", "1", [10], None), ("b", "2", [10], None), ("c", "2", [10], None), ("d", None, [10], None)]
    documents = spark.createDataFrame(rows, SCHEMA)
    assert found(documents, within="crawl") == {("c", "b")}
    assert found(documents, within="corpus") == {("b", "a"), ("c", "a"), ("d", "a")}


def test_a_template_on_every_page_costs_one_edge_a_page(spark: SparkSession) -> None:
    pages = spark.range(20_000).selectExpr("lpad(id, 6, '0') AS doc_id", "'1' AS crawl", "array(7L, 8L, id) AS minhash")
    edges = star_edges(pages, NearDuplicateSettings())
    # Key 7 is shared by all, and so is 8: the same edges. Pages 7 and 8 also sit in them by their own id.
    assert edges.count() == 19_999


def test_edges_below_the_similarity_are_left_out(spark: SparkSession) -> None:
    base = np.arange(10, dtype="<u4")
    near, far = base.copy(), base.copy()
    near[:2], far[:6] = 99, 99
    signatures = {"a": base, "b": near, "c": far}
    rows = [(doc_id, "1", [5], signature.tobytes()) for doc_id, signature in signatures.items()]
    documents = spark.createDataFrame(rows, SCHEMA)
    assert found(documents, min_similarity=0.8) == {("b", "a")}
    assert found(documents, min_similarity=0.4) == {("b", "a"), ("c", "a")}

from __future__ import annotations

import numpy as np
import pytest
import xxhash
from pyspark.sql import DataFrame, SparkSession

from lakesift.dedup.minhash.clusters import linked
from lakesift.dedup.minhash.lsh import candidates
from lakesift.dedup.shared.settings import NearDuplicateSettings

SCHEMA = "doc_id STRING, crawl STRING, minhash ARRAY<BIGINT>, signature BINARY"


def node(doc_id: str) -> int:
    """Spark's xxhash64 of a string: XXH64 with seed 42, as a signed number."""
    return (xxhash.xxh64_intdigest(doc_id.encode(), 42) ^ 2**63) - 2**63


def stars(*buckets: str) -> set[tuple[int, int]]:
    """The edges of buckets that are written as the letters of their documents."""
    nodes = [sorted(map(node, bucket)) for bucket in buckets]
    return {(other, first) for first, *others in nodes for other in others}


def found(documents: DataFrame, **settings: object) -> set[tuple[int, int]]:
    chosen = NearDuplicateSettings.model_validate(settings)
    edges = linked(candidates(documents, chosen), documents, chosen, lambda frame, name: frame).collect()
    assert len(edges) == len(set(edges))
    return {(row.larger, row.smaller) for row in edges}


@pytest.mark.spark
def test_each_bucket_is_a_star_around_its_smallest_node(spark: SparkSession) -> None:
    keys = {"a": [10, 20, 30], "b": [11, 20, 31], "c": [10, 20, 32], "d": [10, 22, 33], "e": [12, 23, 34]}
    rows = [(doc_id, "1", minhash, None) for doc_id, minhash in keys.items()]
    assert found(spark.createDataFrame(rows, SCHEMA)) == stars("acd", "abc")


@pytest.mark.spark
def test_documents_without_keys_have_no_edges(spark: SparkSession) -> None:
    rows = [("a", "1", None, None), ("b", "1", [], None), ("c", "1", None, None)]
    assert found(spark.createDataFrame(rows, SCHEMA)) == set()


@pytest.mark.spark
def test_crawls_are_compared_only_when_asked(spark: SparkSession) -> None:
    rows = [("a", "1", [10], None), ("b", "2", [10], None), ("c", "2", [10], None), ("d", None, [10], None)]
    documents = spark.createDataFrame(rows, SCHEMA)
    assert found(documents, within="crawl") == stars("bc")
    assert found(documents, within="corpus") == stars("abcd")


@pytest.mark.spark
def test_a_template_on_every_page_costs_one_edge_a_page_and_past_the_cap_none(spark: SparkSession) -> None:
    pages = spark.range(20_000).selectExpr("lpad(id, 6, '0') AS doc_id", "'1' AS crawl", "array(7L, 8L, id) AS minhash")
    edges = candidates(pages, NearDuplicateSettings())
    # Key 7 is shared by all, and so is 8: the same edges. Pages 7 and 8 also sit in them by their own id.
    assert edges.count() == 19_999
    capped = candidates(pages, NearDuplicateSettings(most_in_bucket=500))
    assert capped.selectExpr("count(smaller)", "count_if(smaller IS NULL)").collect() == [(499, 19_500)]


@pytest.mark.spark
def test_edges_below_the_similarity_are_left_out(spark: SparkSession) -> None:
    base = np.arange(10, dtype="<u4")
    near, far = base.copy(), base.copy()
    near[:2], far[:6] = 99, 99
    rows = [("a", "1", [1, 2], base), ("b", "1", [1, 3], near), ("c", "1", [2, 4], far)]
    documents = spark.createDataFrame([(*row, signature.tobytes()) for *row, signature in rows], SCHEMA)
    assert found(documents, min_similarity=0.8) == stars("ab")
    assert found(documents, min_similarity=0.4) == stars("ab", "ac")

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

import numpy as np
import pytest
from pyspark.sql import DataFrame, SparkSession

from lakesift.dedup.minhash.across_crawls import index_rows, near_duplicates_of_known
from lakesift.dedup.shared.settings import NearDuplicateSettings

Stage = Callable[[DataFrame, str], DataFrame]
Documents = dict[str, list[int]]
SCHEMA = "doc_id STRING, crawl STRING, minhash ARRAY<BIGINT>, signature BINARY, words BIGINT, fetch_time TIMESTAMP"

pytestmark = pytest.mark.spark


def signature(keys: list[int]) -> bytes:
    """One value a key, so that the share of equal values is that of equal keys."""
    return np.array(keys, "<u4").tobytes()


def frame(spark: SparkSession, documents: Documents, crawl: str) -> DataFrame:
    when = datetime(2026, 1, 1)
    rows = [(doc_id, crawl, keys, signature(keys), len(doc_id), when) for doc_id, keys in documents.items()]
    return spark.createDataFrame(rows, SCHEMA).repartition(3)


def clusters(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The smallest name that each is linked to, directly or through others."""
    name: dict[str, str] = {}
    for one, other in links:
        low, high = sorted((name.setdefault(one, one), name.setdefault(other, other)))
        name = {key: low if value == high else value for key, value in name.items()}
    return name


def shared(documents: Documents) -> list[tuple[str, str]]:
    buckets: dict[int, list[str]] = defaultdict(list)
    for doc_id, keys in documents.items():
        for key in keys:
            buckets[key].append(doc_id)
    return [(bucket[0], other) for bucket in buckets.values() for other in bucket]


class Crawls:
    """Crawls after one another, each compared with what the ones before have published."""

    def __init__(self, spark: SparkSession, stage: Stage) -> None:
        self.spark, self.stage, self.index = spark, stage, spark.createDataFrame([], INDEX)
        self.published: Documents = {}

    def add(self, documents: Documents, crawl: str, settings: NearDuplicateSettings) -> list[tuple[str, str, str]]:
        rows = frame(self.spark, documents, crawl)

        def stage(each: DataFrame, name: str) -> DataFrame:
            return self.stage(each, f"{crawl}_{name}")

        found = stage(near_duplicates_of_known(rows, self.index, settings, stage), "duplicates")
        twins = [(row.doc_id, row.cluster_id, row.keeper_id) for row in found.collect()]
        gone = {doc_id for doc_id, _, keeper in twins if doc_id != keeper}
        self.published |= {doc_id: keys for doc_id, keys in documents.items() if doc_id not in gone}
        dataset = self.spark.createDataFrame([(doc_id,) for doc_id in self.published], "doc_id STRING")
        self.index = stage(self.index.union(index_rows(dataset, rows, found)), "index")
        return twins


INDEX = "key BIGINT, node BIGINT, doc_id STRING, crawl STRING, cluster_id STRING, signature BINARY"


def test_crawls_after_one_another_give_the_clusters_of_union_find_and_published_documents_stay(
    spark: SparkSession, stage: Stage
) -> None:
    draw = random.Random(5)
    crawls, links = Crawls(spark, stage), []
    for crawl in ("a", "b", "c"):
        new = {f"{draw.randrange(10**6):06}{crawl}": [draw.randrange(90) for _ in range(2)] for _ in range(30)}
        before = dict(crawls.published)
        twins = crawls.add(new, crawl, NearDuplicateSettings())
        links += shared({**before, **new})
        names = clusters(links)
        groups: dict[str, set[str]] = defaultdict(set)
        for doc_id in {*before, *new}:
            groups[names[doc_id]].add(doc_id)
        for group in groups.values():
            if group & set(before):
                assert crawls.published.keys() & group == group & set(before)
            else:
                assert len(crawls.published.keys() & group) == 1
        expected = {doc_id for group in groups.values() if len(group) > 1 and group & set(new) for doc_id in group}
        assert {doc_id for doc_id, _, _ in twins} == expected
        assert all(
            cluster == min(name for name, root in names.items() if root == names[doc_id])
            for doc_id, cluster, _ in twins
        )


def indexed(spark: SparkSession, documents: Documents) -> DataFrame:
    rows = frame(spark, documents, "a")
    return index_rows(rows, rows, None)


def test_a_new_document_names_the_published_one_that_it_matches_best_and_the_similarity(
    spark: SparkSession, stage: Stage
) -> None:
    index = indexed(spark, {"old1": [1, 2, 3, 4], "old2": [1001, 6, 7, 8], "old3": [31, 32, 33, 34]})
    rows = frame(spark, {"new": [1, 6, 7, 8], "far": [9, 10, 11, 12], "weak": [31, 42, 43, 44]}, "b")
    found = near_duplicates_of_known(rows, index, NearDuplicateSettings(min_similarity=0.25), stage)
    assert {row.doc_id: (row.cluster_id, row.keeper_id, row.similarity, row.crawl) for row in found.collect()} == {
        "new": ("new", "old2", 0.75, "b"),
        "old1": ("new", "old1", 1.0, "a"),
        "old2": ("new", "old2", 1.0, "a"),
        "weak": ("old3", "old3", 0.25, "b"),
        "old3": ("old3", "old3", 1.0, "a"),
    }


def test_a_match_below_the_least_similarity_is_none(spark: SparkSession, stage: Stage) -> None:
    index = indexed(spark, {"old": [1, 2, 3, 4]})
    rows = frame(spark, {"one": [1, 12, 13, 14], "two": [21, 2, 3, 24]}, "b")
    found = near_duplicates_of_known(rows, index, NearDuplicateSettings(min_similarity=0.5), stage)
    assert {(row.doc_id, row.keeper_id) for row in found.collect()} == {("two", "old"), ("old", "old")}

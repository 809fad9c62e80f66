from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, Row, SparkSession

from lakesift.dedup.near_duplicates import near_duplicates
from lakesift.dedup.settings import NearDuplicateSettings
from lakesift.text.buffers import buffers_of
from lakesift.text.minhash import MinHashSettings, band_keys, signatures

Stage = Callable[[DataFrame, str], DataFrame]
SCHEMA = "doc_id STRING, crawl STRING, words BIGINT, fetch_time TIMESTAMP, minhash ARRAY<BIGINT>, signature BINARY"

pytestmark = pytest.mark.spark


def documents_of(spark: SparkSession, texts: dict[str, str]) -> DataFrame:
    settings = MinHashSettings()
    made = signatures(buffers_of(pa.array(texts.values(), pa.string())), settings)
    keys = band_keys(made, settings).to_pylist()
    rows = [
        (doc_id, "crawl", len(text.split()), datetime(2026, 1, 1), keys[i], made[i].as_py())
        for i, (doc_id, text) in enumerate(texts.items())
    ]
    return spark.createDataFrame(rows, SCHEMA)


def words(text: str) -> set[tuple[str, ...]]:
    found = "".join(c.lower() if c.isalnum() else " " for c in text).split()
    return {tuple(found[i : i + 5]) for i in range(len(found) - 4)}


def jaccard(first: str, second: str) -> float:
    left, right = words(first), words(second)
    return len(left & right) / max(1, len(left | right))


def clusters_of(rows: Iterable[Row]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.cluster_id, set()).add(row.doc_id)
    assert all(cluster == min(members) for cluster, members in found.items())
    return {frozenset(members) for members in found.values()}


def test_every_planted_pair_of_articles_is_found_and_nothing_else(
    spark: SparkSession, stage: Stage, shared_data: Path
) -> None:
    folder = shared_data / "near_duplicates"
    with gzip.open(folder / "articles_1000.train.gz", "rt") as lines:
        texts = dict(line.rstrip("\n").split(" ", 1) for line in lines)
    with gzip.open(folder / "articles_1000.truth.gz", "rt") as lines:
        planted = {frozenset(line.split()) for line in lines}
    rows = near_duplicates(documents_of(spark, texts), NearDuplicateSettings(), stage).collect()
    assert clusters_of(rows) == planted
    assert all(row.similarity > 0.7 for row in rows)
    for row in rows:
        assert row.similarity == pytest.approx(jaccard(texts[row.doc_id], texts[row.keeper_id]), abs=0.15)


def test_versions_of_an_article_are_found_as_often_as_theory_says(
    spark: SparkSession, stage: Stage, shared_data: Path
) -> None:
    with gzip.open(shared_data / "near_duplicates" / "article_versions.jsonl.gz", "rt") as lines:
        read = [json.loads(line) for line in lines]
    gold = {record["article"]: record["text"] for record in read if record["version"] == "gold"}
    others = [record for record in read if record["version"] != "gold" and record["article"] in gold]
    expected, variance, hit = 0.0, 0.0, 0
    # Pairs by themselves, as crawls of their own, so that no third version can join them.
    texts, alone = {}, {}
    for number, record in enumerate(others):
        texts[f"{number:05d}a"], texts[f"{number:05d}b"] = gold[record["article"]], record["text"]
        alone[number] = jaccard(gold[record["article"]], record["text"])
    documents = documents_of(spark, texts).selectExpr("*", "substr(doc_id, 1, 5) AS pair").drop("crawl")
    documents = documents.withColumnRenamed("pair", "crawl")
    rows = near_duplicates(documents, NearDuplicateSettings(within="crawl"), stage).collect()
    hit = len(clusters_of(rows))
    for similarity in alone.values():
        chance = 1 - (1 - similarity**8) ** 14
        expected, variance = expected + chance, variance + chance * (1 - chance)
    # One gold text meets several versions with the same permutations, so the draws are not independent: a wide band.
    assert abs(hit - expected) < 4 * np.sqrt(variance) + 2


def test_the_result_is_the_same_for_any_partitioning(spark: SparkSession, stage: Stage, shared_data: Path) -> None:
    with gzip.open(shared_data / "near_duplicates" / "article_versions.jsonl.gz", "rt") as lines:
        read = [json.loads(line) for line in lines]
    texts = {f"{record['article']}-{record['version']}": record["text"] for record in read}
    documents = documents_of(spark, texts)
    settings = NearDuplicateSettings(keep=("oldest",))

    def run(partitions: int) -> list[Row]:
        def prefixed(frame: DataFrame, name: str) -> DataFrame:
            return stage(frame, f"{partitions}_{name}")

        return near_duplicates(documents.repartition(partitions), settings, prefixed).orderBy("doc_id").collect()

    assert run(1) == run(7)

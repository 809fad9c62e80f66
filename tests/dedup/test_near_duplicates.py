from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError
from pyspark.sql import DataFrame, Row, SparkSession

from lakesift.dedup.minhash.clusters import clusters as near_duplicates
from lakesift.dedup.shared.settings import NearDuplicateSettings
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.kernels.minhash import band_keys, signatures
from lakesift.text.kernels.minhash_settings import MinHashSettings

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


def test_what_data_prep_kits_fdedup_removes_is_what_is_removed(
    spark: SparkSession, stage: Stage, shared_data: Path
) -> None:
    tables = shared_data / "parity" / "universal_fdedup"
    rows = [row for file in sorted(tables.glob("input/*/*.parquet")) for row in pq.read_table(file).to_pylist()]
    texts = {str(row["int_id_column"]): row["contents"] for row in rows}
    settings = NearDuplicateSettings(keep=("length",), min_similarity=0.75, verify="signature")
    # It keeps the text with the most characters.
    lengths = spark.createDataFrame(
        [(doc_id, len(text)) for doc_id, text in texts.items()], "doc_id string, words bigint"
    )
    documents = documents_of(spark, texts).drop("words").join(lengths, "doc_id")
    found = near_duplicates(documents, settings, stage).where("doc_id <> keeper_id").collect()
    expected = pq.read_table(tables / "expected" / "docs_to_remove_consolidated").column("docs_to_remove").to_pylist()
    assert sorted(int(row.doc_id) for row in found) == sorted(expected)


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


def test_candidates_that_are_not_alike_are_rejected_and_counted(spark: SparkSession, stage: Stage) -> None:
    numbers = [" ".join(f"word{chr(97 + letter)}{at:c}" for at in range(97, 117)) for letter in range(3)]
    texts = {"a": numbers[0], "b": f"{numbers[0]} and more", "c": numbers[1], "d": numbers[2], "e": "too short"}
    tables: dict[str, DataFrame] = {}

    def kept(frame: DataFrame, name: str) -> DataFrame:
        tables[name] = stage(frame, name)
        return tables[name]

    # One key that a, b and c share says nothing; that a and b are alike is for their texts to say.
    documents = (
        documents_of(spark, texts)
        .drop("minhash")
        .join(
            spark.createDataFrame(
                [("a", [1, 2]), ("b", [1, 3]), ("c", [1, 2]), ("d", [4])], "doc_id STRING, minhash ARRAY<BIGINT>"
            ),
            "doc_id",
            "left",
        )
    )
    readable = spark.createDataFrame(list(texts.items()), "doc_id STRING, text STRING")
    settings = NearDuplicateSettings(verify="jaccard", min_similarity=0.8, keep=())
    rows = near_duplicates(documents.join(readable, "doc_id"), settings, kept).collect()
    assert clusters_of(rows) == {frozenset("ab")}
    compared = {row.similarity for row in tables["compared"].collect()}
    assert compared == {0.0, jaccard(texts["a"], texts["b"])}
    counts = {row.name: row["count"] for row in tables["counts"].collect()}
    assert counts == {"candidate_pairs": 3, "linked_pairs": 1, "rejected_pairs": 2, "documents_beyond_bucket": 0}


def test_a_hundred_thousand_copies_of_one_document_are_one_cluster(spark: SparkSession, stage: Stage) -> None:
    copies = spark.range(100_000).selectExpr(
        "lpad(id, 6, '0') AS doc_id", "'1' AS crawl", "array(7L, 8L, 9L) AS minhash", "X'0100000002000000' AS signature"
    )
    rows = near_duplicates(copies, NearDuplicateSettings(keep=()), stage)
    found = rows.selectExpr("count(*)", "min(cluster_id)", "max(keeper_id)", "min(similarity)").collect()
    assert found == [(100_000, "000000", "000000", 1.0)]


def test_exact_comparison_needs_a_threshold_and_texts() -> None:
    with pytest.raises(ValidationError, match="needs min_similarity"):
        NearDuplicateSettings(verify="jaccard")
    with pytest.raises(ValidationError, match="an index has signatures and no texts"):
        NearDuplicateSettings(verify="jaccard", min_similarity=0.8, against=("fineweb@1",))

"""Candidate pairs: documents that share a band key, as edges to the first documents of the bucket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np
import pyarrow as pa
import pyspark.sql.functions as F
from numpy.typing import NDArray
from pyspark.sql import Column, DataFrame

from lakesift.dedup.settings import NearDuplicateSettings
from lakesift.dedup.similarity import with_jaccard, with_similarity

PAIRS = "larger BIGINT, smaller BIGINT"
ROWS_AT_ONCE = 65_536
"""Rows of sorted buckets that are looked at together: Arrow's batches may be small, and each costs the same."""


def node_of(doc_id: Column) -> Column:
    """The number that stands for a document in a graph: the 64 bits of XXH64, as band keys have.

    Buckets, edges and components are then numbers, which Spark aggregates in hash tables and moves in a fifth of the
    bytes. Among 100 million documents two have one number with a probability of 0.0003; they would share a cluster.
    """
    return F.xxhash64(doc_id)


def candidates(documents: DataFrame, settings: NearDuplicateSettings) -> DataFrame:
    """Pairs of documents to be linked or compared: in each bucket every document with the bucket's first.

    A bucket of n documents, in the order of their nodes, gives n - 1 edges: a template on a million pages costs a
    million edges and not half a million million. With `min_similarity` it gives one to each of its `anchors` first, so
    that a first document which is unlike the others does not keep them apart.

    Args:
        documents: doc_id, crawl, minhash (ARRAY<BIGINT>, one key per band, null or empty when too short; keys of
            different bands differ).
        settings: see `NearDuplicateSettings`.

    Returns:
        larger BIGINT, smaller BIGINT: two nodes (see `node_of`), larger > smaller, each pair once; and a row with a null
        `smaller` for each document that `most_in_bucket` has kept from being compared in some bucket.
    """
    # Crawls are told apart by their keys, so that a bucket stays one number.
    key = F.xxhash64("key", "crawl") if settings.within == "crawl" else F.col("key")
    exploded = documents.select(node_of(F.col("doc_id")).alias("node"), "crawl", F.explode("minhash").alias("key"))
    members = exploded.select(key.alias("key"), "node").repartition("key").sortWithinPartitions("key", "node")
    anchors = 1 if settings.min_similarity is None else settings.anchors
    return members.mapInArrow(
        partial(_edges_of_buckets, anchors=anchors, most=settings.most_in_bucket), PAIRS
    ).distinct()


def _edges_of_buckets(batches: Iterable[pa.RecordBatch], anchors: int, most: int | None) -> Iterator[pa.RecordBatch]:
    """Edges of buckets whose rows come one after the other, in any number of batches: memory is that of some rows."""
    begun = _Begun(np.zeros(0, np.int64), np.zeros(0, np.int64), 0)
    for keys, nodes in _chunks(batches):
        larger, smaller, is_compared, begun = _edges_of_rows(keys, nodes, begun, anchors, most)
        yield pa.RecordBatch.from_arrays(
            [pa.array(larger), pa.array(smaller, mask=~is_compared)], names=["larger", "smaller"]
        )


class _Begun:
    """The bucket that the rows so far have ended in: its key and its first nodes, as rows, and how many it has."""

    def __init__(self, keys: NDArray[np.int64], nodes: NDArray[np.int64], rows: int) -> None:
        self.keys, self.nodes, self.rows = keys, nodes, rows


def _chunks(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    held: list[pa.RecordBatch] = []
    for batch in filter(len, batches):
        held.append(batch)
        if sum(map(len, held)) >= ROWS_AT_ONCE:
            yield _arrays(held)
            held = []
    if held:
        yield _arrays(held)


def _arrays(batches: list[pa.RecordBatch]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    keys, nodes = (np.concatenate([batch.column(place).to_numpy() for batch in batches]) for place in (0, 1))
    return keys, nodes


def _edges_of_rows(
    keys: NDArray[np.int64], nodes: NDArray[np.int64], begun: _Begun, anchors: int, most: int | None
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_], _Begun]:
    """Edges of the next rows, which of them stand for a comparison, and the bucket that the rows end in."""
    goes_on = begun.rows > 0 and len(keys) > 0 and begun.keys[0] == keys[0]
    held = len(begun.keys) if goes_on else 0
    if goes_on:
        keys, nodes = np.concatenate([begun.keys, keys]), np.concatenate([begun.nodes, nodes])
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    sizes = np.diff(np.append(starts, len(keys)))
    first = np.repeat(starts, sizes)
    rank = np.arange(len(keys)) - first
    if goes_on:
        rank[held : sizes[0]] += begun.rows - held
    is_new = np.arange(len(keys)) >= held
    is_beyond = is_new & (rank >= most) if most is not None else np.zeros(len(keys), bool)
    larger, smaller = [nodes[is_beyond]], [nodes[is_beyond]]
    for anchor in range(anchors):
        joined = is_new & ~is_beyond & (rank > anchor)
        ends = nodes[joined], nodes[first[joined] + anchor]
        differ = ends[0] != ends[1]
        larger.append(ends[0][differ])
        smaller.append(ends[1][differ])
    is_compared = np.arange(sum(map(len, larger))) >= is_beyond.sum()
    last = slice(starts[-1], min(starts[-1] + anchors, len(keys)))
    return (
        np.concatenate(larger),
        np.concatenate(smaller),
        is_compared,
        _Begun(keys[last], nodes[last], int(rank[-1]) + 1),
    )


def bucket_stars(members: DataFrame, *key: str) -> DataFrame:
    """Edges from the smallest node of each bucket to its other nodes: larger BIGINT, smaller BIGINT.

    Args:
        members: larger BIGINT, a node, and the columns named by `key`; a node once per bucket.
        key: what the nodes of a bucket agree in; a null agrees with nothing.
    """
    ends = members.groupBy(*key).agg(F.min("larger").alias("smaller"), F.max("larger").alias("largest"))
    shared = ends.where(F.col("smaller") < F.col("largest")).drop("largest")
    joined = members.join(shared, list(key), how="inner")
    return joined.where(F.col("larger") > F.col("smaller")).select("larger", "smaller")


def compared_pairs(pairs: DataFrame, documents: DataFrame, settings: NearDuplicateSettings) -> DataFrame:
    """Pairs with `similarity` DOUBLE, 0 to 1: estimated from the signatures, or exact (see `verify`).

    Args:
        pairs: larger BIGINT, smaller BIGINT.
        documents: doc_id and signature, or text.
        settings: `verify` and `shingles`.
    """
    if settings.verify == "jaccard":
        return with_jaccard(_with_both(pairs, documents, "text"), "larger_text", "smaller_text", settings.shingles)
    return with_similarity(_with_both(pairs, documents, "signature"), "larger_signature", "smaller_signature")


def _with_both(pairs: DataFrame, documents: DataFrame, column: str) -> DataFrame:
    node = node_of(F.col("doc_id"))
    for end in ("larger", "smaller"):
        ends = documents.select(node.alias(end), F.col(column).alias(f"{end}_{column}"))
        pairs = pairs.join(ends, end, how="inner")
    return pairs

"""Candidate pairs: documents that share a band key.

They are edges to the first documents of the bucket.
"""

from __future__ import annotations

from functools import partial

import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame

from lakesift.dedup.minhash.buckets import PAIRS, PARTS, edges_of_parts, packed_members
from lakesift.dedup.minhash.similarity import with_jaccard, with_similarity
from lakesift.dedup.shared.settings import NearDuplicateSettings


def node_of(doc_id: Column) -> Column:
    """Return the number of a document in a graph: 64 bits of XXH64, like band keys.

    Buckets, edges and components are then numbers, which Spark aggregates in hash tables and moves in a fifth of the
    bytes. Among 100 million documents two have one number with a probability of 0.0003; they would share a cluster.
    """
    return F.xxhash64(doc_id)


def candidates(documents: DataFrame, settings: NearDuplicateSettings) -> DataFrame:
    """Return pairs of documents to link or compare.

    In each bucket every document is paired with the bucket's first.

    A bucket of n documents, in the order of their nodes, gives n - 1 edges: a template on a million pages costs a
    million edges and not half a million million. With `min_similarity` it gives one to each of its `anchors` first, so
    that a first document which is unlike the others does not keep them apart.

    Args:
        documents: doc_id, crawl, minhash (ARRAY<BIGINT>, one key per band, null or empty when too short; keys of
            different bands differ).
        settings: see `NearDuplicateSettings`.

    Returns:
        larger BIGINT, smaller BIGINT: two nodes (see `node_of`), larger > smaller, each pair once; and a row with a
        null `smaller` for each document that `most_in_bucket` has kept from being compared in some bucket.
    """
    keys = F.col("minhash")
    if settings.within == "crawl":
        # Crawls are told apart by their keys, so that a bucket stays one number.
        keys = F.transform(keys, lambda key: F.xxhash64(key, "crawl"))
    anchors = 1 if settings.min_similarity is None else settings.anchors
    most = settings.most_in_bucket
    members = documents.select(node_of(F.col("doc_id")).alias("node"), keys.alias("keys"))
    packed = members.mapInArrow(partial(packed_members, first=most or anchors, bits=settings.part_bits), PARTS)
    parts = packed.repartition("part").sortWithinPartitions("part", "later")
    return parts.mapInArrow(partial(edges_of_parts, anchors=anchors, most=most), PAIRS).distinct()


def bucket_stars(members: DataFrame, *key: str) -> DataFrame:
    """Return edges from the smallest node of each bucket to its other nodes.

    The columns are larger BIGINT and smaller BIGINT.

    Args:
        members: larger BIGINT, a node, and the columns named by `key`; a node once per bucket.
        key: columns in which the nodes of a bucket agree; a null agrees with nothing.
    """
    ends = members.groupBy(*key).agg(F.min("larger").alias("smaller"), F.max("larger").alias("largest"))
    shared = ends.where(F.col("smaller") < F.col("largest")).drop("largest")
    joined = members.join(shared, list(key), how="inner")
    return joined.where(F.col("larger") > F.col("smaller")).select("larger", "smaller")


def compared_pairs(pairs: DataFrame, documents: DataFrame, settings: NearDuplicateSettings) -> DataFrame:
    """Return pairs with their `similarity` DOUBLE, 0 to 1.

    It is estimated from the signatures, or exact (see `verify`).

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

"""Candidate pairs: documents that share a band key, as edges to one document of the bucket."""

from __future__ import annotations

import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame

from lakesift.dedup.settings import NearDuplicateSettings
from lakesift.dedup.similarity import with_similarity


def node_of(doc_id: Column) -> Column:
    """The number that stands for a document in a graph: the 64 bits of XXH64, as band keys have.

    Buckets, edges and components are then numbers, which Spark aggregates in hash tables and moves in a fifth of the
    bytes. Among 100 million documents two have one number with a probability of 0.0003; they would share a cluster.
    """
    return F.xxhash64(doc_id)


def star_edges(documents: DataFrame, settings: NearDuplicateSettings) -> DataFrame:
    """Edges that join the documents of each bucket, those with one band key in common.

    A bucket of n documents gives n - 1 edges, from its smallest node to every other: a template on a million pages
    costs a million edges and not half a million million. With `min_similarity`, an edge whose two signatures are less
    alike is left out; a document is compared with its buckets' smallest nodes only.

    Args:
        documents: doc_id, crawl, minhash (ARRAY<BIGINT>, one key per band, null or empty when too short; keys of
            different bands differ), and signature when `min_similarity` is set.
        settings: see `NearDuplicateSettings`.

    Returns:
        larger BIGINT, smaller BIGINT: two nodes (see `node_of`), larger > smaller, each edge once.
    """
    # Crawls are told apart by their keys, so that a bucket stays one number.
    key = F.xxhash64("key", "crawl") if settings.within == "crawl" else F.col("key")
    exploded = documents.select(node_of(F.col("doc_id")).alias("larger"), "crawl", F.explode("minhash").alias("key"))
    members = exploded.select("larger", key.alias("key"))
    edges = bucket_stars(members, "key").distinct()
    if settings.min_similarity is None:
        return edges
    return verified(edges, documents, settings.min_similarity)


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


def verified(edges: DataFrame, documents: DataFrame, min_similarity: float) -> DataFrame:
    """The edges (see `star_edges`) between documents whose signatures are at least so alike."""
    node = node_of(F.col("doc_id"))
    larger = documents.select(node.alias("larger"), F.col("signature").alias("larger_signature"))
    smaller = documents.select(node.alias("smaller"), F.col("signature").alias("smaller_signature"))
    signed = edges.join(larger, "larger", how="inner").join(smaller, "smaller", how="inner")
    compared = with_similarity(signed, "larger_signature", "smaller_signature")
    return compared.where(F.col("similarity") >= min_similarity).select("larger", "smaller")

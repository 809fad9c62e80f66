"""Candidate pairs: documents that share a band key, as edges to the smallest document of the bucket."""

from __future__ import annotations

import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from lakesift.dedup.settings import NearDuplicateSettings
from lakesift.dedup.similarity import with_similarity


def star_edges(documents: DataFrame, settings: NearDuplicateSettings) -> DataFrame:
    """Edges that join the documents of each bucket, those with one band key in common.

    A bucket of n documents gives n - 1 edges, from its smallest doc_id to every other: a template on a million pages
    costs a million edges and not half a million million. With `min_similarity`, an edge whose two signatures are less
    alike is left out; a document is compared with its buckets' smallest documents only.

    Args:
        documents: doc_id, crawl, minhash (ARRAY<BIGINT>, one key per band, null or empty when too short; keys of
            different bands differ), and signature when `min_similarity` is set.
        settings: see `NearDuplicateSettings`.

    Returns:
        larger STRING, smaller STRING: two doc_ids, larger > smaller, each edge once.
    """
    scope = F.coalesce("crawl", F.lit("")) if settings.within == "crawl" else F.lit("")
    members = documents.select("doc_id", scope.alias("scope"), F.explode("minhash").alias("key"))
    bucket = ["scope", "key"]
    ends = members.groupBy(bucket).agg(F.min("doc_id").alias("smaller"), F.max("doc_id").alias("largest"))
    shared = ends.where(F.col("smaller") < F.col("largest")).drop("largest")
    joined = members.withColumnRenamed("doc_id", "larger").join(shared, bucket, how="inner")
    edges = joined.where(F.col("larger") > F.col("smaller")).select("larger", "smaller").distinct()
    if settings.min_similarity is None:
        return edges
    return _verified(edges, documents, settings.min_similarity)


def _verified(edges: DataFrame, documents: DataFrame, min_similarity: float) -> DataFrame:
    larger = documents.select(F.col("doc_id").alias("larger"), F.col("signature").alias("larger_signature"))
    smaller = documents.select(F.col("doc_id").alias("smaller"), F.col("signature").alias("smaller_signature"))
    signed = edges.join(larger, "larger", how="inner").join(smaller, "smaller", how="inner")
    compared = with_similarity(signed, "larger_signature", "smaller_signature")
    return compared.where(F.col("similarity") >= min_similarity).select("larger", "smaller")

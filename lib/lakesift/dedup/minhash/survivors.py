"""The kept document of a cluster, by a written order."""

from __future__ import annotations

import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame

from lakesift.dedup.minhash.similarity import with_similarity
from lakesift.dedup.shared.settings import ClusterSettings, NearDuplicateSettings, Preference

METHOD = "minhash"


def survivors(members: DataFrame, settings: NearDuplicateSettings) -> DataFrame:
    """Return the keeper of every cluster, and each member's similarity to it.

    Args:
        members: component, doc_id, signature, crawl, and the columns that `keep` names: words, fetch_time, score; a row
            for each document in a cluster.
        settings: `keep`, the order.

    Returns:
        doc_id, cluster_id (the smallest doc_id of the cluster), keeper_id, method "minhash", similarity (to the keeper,
        0 to 1), crawl: one row per document in a cluster, the keeper among them.
    """
    # The keeper's signature comes with its name, which saves the joins that would bring it to each member.
    keeper = F.min_by(F.struct("doc_id", "signature"), _rank(settings.keep)).alias("keeper")
    clusters = members.groupBy("component").agg(F.min("doc_id").alias("cluster_id"), keeper)
    of_keeper = F.col("keeper.doc_id").alias("keeper_id"), F.col("keeper.signature").alias("keeper_signature")
    joined = members.select("component", "doc_id", "crawl", "signature").join(clusters, "component")
    return _compared(joined.select("doc_id", "cluster_id", *of_keeper, "crawl", "signature"))


def twins(kept: DataFrame, documents: DataFrame) -> DataFrame:
    """Return rows of `duplicates`: documents beside their keepers, with similarity.

    Args:
        kept: doc_id, cluster_id, keeper_id.
        documents: doc_id, crawl, signature.
    """
    signatures = documents.select(F.col("doc_id").alias("keeper_id"), F.col("signature").alias("keeper_signature"))
    members = kept.join(documents.select("doc_id", "crawl", "signature"), "doc_id")
    return _compared(members.join(signatures, "keeper_id"))


def _compared(pairs: DataFrame) -> DataFrame:
    compared = with_similarity(pairs, "signature", "keeper_signature")
    return compared.select("doc_id", "cluster_id", "keeper_id", F.lit(METHOD).alias("method"), "similarity", "crawl")


def keepers(documents: DataFrame, components: DataFrame, settings: ClusterSettings) -> DataFrame:
    """Return the keeper of every cluster.

    Args:
        documents: doc_id and the columns that `keep` names: words, fetch_time, score.
        components: doc_id, component.
        settings: `keep`, the order.

    Returns:
        component, cluster_id (the smallest doc_id of the cluster), keeper_id.
    """
    ranked = documents.select("doc_id", _rank(settings.keep).alias("rank"))
    clusters = components.join(ranked, "doc_id", how="inner").groupBy("component")
    return clusters.agg(F.min("doc_id").alias("cluster_id"), F.min_by("doc_id", "rank").alias("keeper_id"))


def _rank(keep: tuple[Preference, ...]) -> Column:
    """Return the ranking, which is smallest for the document that is kept."""
    columns: list[Column] = []
    for position, preference in enumerate(keep):
        value = _ascending(preference)
        columns += [value.isNull().alias(f"missing_{position}"), value.alias(f"value_{position}")]
    return F.struct(*columns, "doc_id")


def _ascending(preference: Preference) -> Column:
    """Return the value by which the preferred document comes first."""
    if preference == "score":
        return -F.col("score")
    if preference == "length":
        return -F.col("words")
    fetched = F.unix_micros("fetch_time")
    return fetched if preference == "oldest" else -fetched

"""Documents dropped by cluster: D4's prototypes, MiniPile's whole clusters."""

from __future__ import annotations

import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from lakesift.dedup.semantic.kmeans import spherical_kmeans
from lakesift.dedup.semantic.settings import PrototypeSettings, PruneClustersSettings
from lakesift.dedup.semantic.unit_vectors import unit_vectors
from lakesift.dedup.shared.ranks import with_rank
from lakesift.operators.operator import Materialize

EXCLUDED, PROTOTYPE = "excluded_cluster", "prototype"
REASONS = (EXCLUDED, PROTOTYPE)
# Similarities, -1 to 1, in 131,072 buckets to rank them.
BUCKETS = 65_536


def pruned(
    clusters: DataFrame, embeddings: DataFrame | None, settings: PruneClustersSettings, materialize: Materialize
) -> DataFrame:
    """Drop excluded clusters (MiniPile), then the documents nearest to centroids (D4).

    Args:
        clusters: doc_id, cluster, similarity, see `spherical_kmeans`: of the documents that are left.
        embeddings: doc_id, embedding; needed where prototypes are found in new clusters.
        settings: see `PruneClustersSettings`.
        materialize: materializes a frame and returns it as a table; called with the names remaining and reclustered.

    Returns:
        doc_id, kept BOOLEAN, reason ("excluded_cluster", "prototype" or null), cluster INT, similarity DOUBLE: one row
        per row of `clusters`. Cluster and similarity are those that decided.
    """
    is_excluded = F.col("cluster").isin(*settings.excluded)
    excluded = clusters.where(is_excluded).withColumn("reason", F.lit(EXCLUDED))
    rest = clusters.where(~is_excluded)
    if settings.prototypes is None:
        decided = rest.withColumn("reason", F.lit(None).cast("string"))
    else:
        decided = _prototypes(rest, embeddings, settings.prototypes, materialize)
    rows = excluded.unionByName(decided)
    return rows.select("doc_id", F.col("reason").isNull().alias("kept"), "reason", "cluster", "similarity")


def needs_embeddings(settings: PruneClustersSettings) -> bool:
    """Return whether `pruned` clusters anew."""
    return settings.prototypes is not None and settings.prototypes.recluster is not None


def _prototypes(
    clusters: DataFrame, embeddings: DataFrame | None, settings: PrototypeSettings, materialize: Materialize
) -> DataFrame:
    """Return clusters with a reason for the documents beyond the kept share.

    The order is farthest from the centroid first, ties by doc_id.
    """
    if settings.recluster is not None:
        assert embeddings is not None
        vectors = unit_vectors(embeddings.join(clusters, "doc_id", "left_semi"))
        clusters = spherical_kmeans(materialize(vectors, "remaining"), settings.recluster)
    clusters = materialize(clusters.select("doc_id", "cluster", "similarity"), "reclustered")
    ranked = with_rank(clusters, F.floor(F.col("similarity") * BUCKETS), "similarity", "doc_id")
    is_prototype = F.col("rank") >= F.ceil(F.col("total") * settings.kept_share)
    return ranked.withColumn("reason", F.when(is_prototype, PROTOTYPE)).drop("rank", "total")

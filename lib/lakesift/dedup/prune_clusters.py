"""Drop documents for their place in the clusters: whole clusters (MiniPile), and prototypes (D4).

Sources: MiniPile (arXiv 2304.08442, section 3); D4 (arXiv 2308.12284, section 3).
"""

from __future__ import annotations

from collections.abc import Collection

from pyspark.sql import DataFrame

from lakesift.dedup.semantic.pruning import REASONS, needs_embeddings, pruned
from lakesift.dedup.semantic.settings import PruneClustersSettings
from lakesift.dedup.semantic_clusters import CLUSTERED
from lakesift.operators.operator import Materialize, Operator
from lakesift.operators.roles import Drops
from lakesift.operators.table import Boolean, String, Table


def prune_clusters(
    uncut_documents: DataFrame,
    semantic_clusters: DataFrame,
    embeddings: DataFrame | None,
    settings: PruneClustersSettings,
    materialize: Materialize,
) -> DataFrame:
    """Drop excluded clusters, and of the rest the documents nearest to their centroids.

    Args:
        uncut_documents: doc_id.
        semantic_clusters: doc_id, cluster, similarity; those of other documents are passed over.
        embeddings: doc_id, embedding; where prototypes are found in new clusters.
        settings: see `PruneClustersSettings`.
        materialize: see `semantic.pruning.pruned`.

    Returns:
        One row for each kept document in a cluster.
    """
    clusters = semantic_clusters.join(uncut_documents, "doc_id", "left_semi")
    return pruned(clusters, embeddings, settings, materialize)


def uses_embeddings(settings: PruneClustersSettings) -> Collection[str]:
    """Return the optional tables that the settings ask for."""
    return {"embeddings"} if needs_embeddings(settings) else ()


OPERATOR = Operator(
    prune_clusters,
    role=Drops(REASONS, when="NOT kept"),
    writes=Table(
        "one document of the clusters, kept or dropped for its place in them",
        {
            "doc_id": CLUSTERED["doc_id"],
            "kept": Boolean("whether it stays"),
            "reason": String("excluded_cluster or prototype", null="kept"),
            "cluster": CLUSTERED["cluster"],
            "similarity": CLUSTERED["similarity"],
        },
        "pruned_clusters",
    ),
    example="- prune_clusters: {prototypes: {kept_share: 0.75}}",
    uses=uses_embeddings,
)

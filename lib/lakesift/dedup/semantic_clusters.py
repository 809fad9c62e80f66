"""Cluster the embeddings of documents by spherical k-means, as SemDeDup does (arXiv 2303.09540, section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame

from lakesift.dedup.semantic.kmeans import spherical_kmeans
from lakesift.dedup.semantic.settings import ClusteringSettings
from lakesift.dedup.semantic.unit_vectors import unit_vectors
from lakesift.operators.operator import Account, Materialize, Operator
from lakesift.operators.roles import Measures
from lakesift.operators.table import DOC_ID, Column, Double, Int, Table

CLUSTERED: dict[str, Column] = {
    "doc_id": DOC_ID,
    "cluster": Int("0 to k - 1"),
    "similarity": Double("cosine to the centroid"),
}


def semantic_clusters(
    uncut_documents: DataFrame, embeddings: DataFrame, settings: ClusteringSettings, materialize: Materialize
) -> DataFrame:
    """Cluster the embeddings of the kept documents.

    Args:
        uncut_documents: doc_id.
        embeddings: doc_id, embedding; those of other documents are passed over.
        settings: see `ClusteringSettings`.
        materialize: called with the name vectors.

    Returns:
        doc_id, cluster, similarity: one row for each document that has an embedding.
    """
    kept = embeddings.join(uncut_documents, "doc_id", "left_semi")
    return spherical_kmeans(materialize(unit_vectors(kept), "vectors"), settings)


def account(inputs: Mapping[str, Any], output: DataFrame, settings: ClusteringSettings) -> Account:
    """Count the embeddings of kept documents, of which each is in a cluster."""
    return Account(inputs["embeddings"].join(inputs["uncut_documents"], "doc_id", "left_semi"), output)


OPERATOR = Operator(
    semantic_clusters,
    role=Measures(of="embeddings"),
    writes=Table("the cluster of the embedding of one document", CLUSTERED, cluster_by=("cluster",)),
    example="- semantic_clusters: {clusters: 100}",
    account=account,
)

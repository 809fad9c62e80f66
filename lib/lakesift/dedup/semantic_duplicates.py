"""Drop semantic duplicates: SemDeDup within clusters of embeddings."""

from __future__ import annotations

import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame

from lakesift.dedup.minhash.components import connected_components, edge
from lakesift.dedup.minhash.lsh import node_of
from lakesift.dedup.semantic.comparison import nearest_earlier, placed
from lakesift.dedup.semantic.settings import SemanticDuplicateSettings
from lakesift.dedup.semantic.unit_vectors import unit_vectors
from lakesift.dedup.shared.twins import drops_twins, twins_table
from lakesift.operators.operator import Materialize, Operator

METHOD = "semdedup"


def semantic_duplicates(
    uncut_documents: DataFrame,
    embeddings: DataFrame,
    semantic_clusters: DataFrame,
    settings: SemanticDuplicateSettings,
    materialize: Materialize,
) -> DataFrame:
    """Return documents whose embedding is within eps of an earlier document's.

    Both are of one cluster.

    SemDeDup (arXiv 2303.09540, section 3; facebookresearch/SemDeDup `semdedup.py`). Documents with the same vector
    count as having cosine 1, and only the first of them is compared with others, which changes no result: a million
    copies cost a million rows. Otherwise the work grows with the square of a cluster's size; the memory of a task does
    not.

    Args:
        uncut_documents: doc_id, crawl.
        embeddings: doc_id, embedding ARRAY<FLOAT>.
        semantic_clusters: doc_id, cluster, similarity, see `spherical_kmeans`.
        settings: see `SemanticDuplicateSettings`.
        materialize: called with the names members, firsts, dropped,
            large_star_NN and small_star_NN.

    Returns:
        doc_id, cluster_id (the smallest doc_id of those linked), keeper_id (the earlier document with the largest
        similarity, which may be dropped itself: SemDeDup compares with all; for a document that is kept, itself),
        method "semdedup", similarity (cosine to the keeper, at most 1), crawl.

    Raises:
        StageError: embeddings differ in length, or the components were not found in time.
    """
    known = uncut_documents.select("doc_id", "crawl")
    members = semantic_clusters.join(known, "doc_id", "left_semi").select(
        "doc_id", "cluster", _order(settings).alias("order")
    )
    members = materialize(members.join(unit_vectors(embeddings), "doc_id"), "members")
    first = F.min(F.struct("order", "doc_id")).alias("first")
    firsts = members.groupBy("cluster", "vector").agg(first, F.count("*").alias("copies"))
    firsts = materialize(firsts.select("cluster", "vector", "first.order", "first.doc_id", "copies"), "firsts")
    dropped = nearest_earlier(placed(firsts), settings).unionByName(_copies(members, firsts))
    return _twins(known, materialize(dropped, "dropped"), settings, materialize)


def _order(settings: SemanticDuplicateSettings) -> Column:
    if settings.which_to_keep == "random":
        return F.xxhash64(F.lit(settings.seed), F.col("doc_id"))
    return F.col("similarity") if settings.which_to_keep == "hard" else -F.col("similarity")


def _copies(members: DataFrame, firsts: DataFrame) -> DataFrame:
    copied = firsts.where("copies > 1").select("cluster", "vector", F.col("doc_id").alias("keeper_id"))
    copies = members.join(copied, ["cluster", "vector"]).where("doc_id <> keeper_id")
    return copies.select("doc_id", "keeper_id", F.lit(1.0).alias("similarity"))


def _twins(
    known: DataFrame, dropped: DataFrame, settings: SemanticDuplicateSettings, materialize: Materialize
) -> DataFrame:
    """The rows of `semantic_duplicates`: those dropped, and those that stand for them."""
    edges = dropped.select(*edge(node_of(F.col("doc_id")), node_of(F.col("keeper_id"))))
    labels = connected_components(edges, settings, materialize)
    twins = known.join(labels, node_of(F.col("doc_id")) == F.col("node")).join(dropped, "doc_id", "left")
    clusters = twins.groupBy("component").agg(F.min("doc_id").alias("cluster_id"))
    return twins.join(clusters, "component").select(
        "doc_id",
        "cluster_id",
        F.coalesce("keeper_id", "doc_id").alias("keeper_id"),
        F.lit(METHOD).alias("method"),
        F.coalesce("similarity", F.lit(1.0)).alias("similarity"),
        "crawl",
    )


OPERATOR = Operator(
    semantic_duplicates,
    role=drops_twins("semantic_duplicate"),
    writes=twins_table("one document that says what another says"),
    example="- semantic_duplicates: {eps: 0.07}",
)

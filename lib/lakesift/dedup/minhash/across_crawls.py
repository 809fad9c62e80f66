"""Near-duplicates of documents that are published already.

The published documents stay, and each new one that is dropped names its published duplicate.
"""

from __future__ import annotations

import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from lakesift.dedup.minhash.clusters import linked
from lakesift.dedup.minhash.components import connected_components, edge
from lakesift.dedup.minhash.lsh import candidates, node_of
from lakesift.dedup.minhash.similarity import with_similarity
from lakesift.dedup.minhash.survivors import survivors, twins
from lakesift.dedup.shared.settings import NearDuplicateSettings
from lakesift.operators.operator import Materialize


def index_rows(dataset: DataFrame, documents: DataFrame, duplicates: DataFrame | None) -> DataFrame:
    """Return the rows of `index_<name>` for the documents that a data set took.

    Args:
        dataset: doc_id of the data set.
        documents: doc_id, crawl, minhash, signature.
        duplicates: doc_id, cluster_id, keeper_id of the stage near_duplicates, if the recipe has it. Of documents
            published before it has those whose clusters new ones have joined: they get one more row.

    Returns:
        key (null in the rows of documents; else one of its band keys), node, and in the rows without a key
        doc_id, crawl, cluster_id, signature (null in the additional ones).
    """
    own = documents.join(dataset.select("doc_id"), "doc_id", "left_semi").withColumn("cluster_id", F.col("doc_id"))
    if duplicates is not None:
        clusters = duplicates.select("doc_id", F.col("cluster_id").alias("joined"))
        own = own.join(clusters, "doc_id", "left").withColumn("cluster_id", F.coalesce("joined", "cluster_id"))
    node, nothing = node_of(F.col("doc_id")).alias("node"), F.lit(None)
    key = nothing.cast("bigint").alias("key")
    texts = [nothing.cast("string").alias(name) for name in ("doc_id", "crawl", "cluster_id")]
    unsigned = nothing.cast("binary").alias("signature")
    rows = own.select(key, node, "doc_id", "crawl", "cluster_id", "signature")
    if duplicates is not None:
        known = duplicates.where("doc_id = keeper_id").join(documents.select("doc_id"), "doc_id", "left_anti")
        joined = known.join(dataset.select("doc_id"), "doc_id", "left_semi")
        rows = rows.union(joined.select(key, node, "doc_id", "crawl", "cluster_id", unsigned))
    return rows.union(own.select(F.explode("minhash").alias("key"), node, *texts, unsigned))


def rows_of_dataset(index: DataFrame, dataset: DataFrame) -> DataFrame:
    """Return an index's rows of a data set's documents, and their band keys.

    Args:
        index: see `index_rows`.
        dataset: doc_id of the data set.
    """
    return index.join(dataset.select(node_of(F.col("doc_id")).alias("node")), "node", "left_semi")


def near_duplicates_of_known(
    documents: DataFrame, index: DataFrame, settings: NearDuplicateSettings, materialize: Materialize
) -> DataFrame:
    """Return clusters of new documents and of the published ones that they match.

    A cluster has the documents, new or published, that share a band directly or through others, or through the
    clusters that the published ones have. In a cluster with published documents all of these stay and all new ones go;
    in the others the new documents' order decides. Only the index's rows of keys that new documents have are moved.

    Args:
        documents: new documents, as for `near_duplicates`.
        index: rows of one or more tables `index_<name>` (see `index_rows`). A document that is new and published counts
            as new.
        settings: see `NearDuplicateSettings`.
        materialize: materializes a frame and returns it as a table.

    Returns:
        Rows of `duplicates`. A new document's keeper is the published one that it matches best (similarity, then the
        smallest doc_id), or where it matches none itself, the cluster's smallest. Published documents are their own
        keepers; their cluster_id is the smallest of those that are now one cluster.
    """
    crossing = materialize(_crossing(documents, index), "crossing")
    known = materialize(_known_members(index, crossing, documents), "known_members")
    everyone = documents.select("doc_id", "crawl", "signature").union(known.select("doc_id", "crawl", "signature"))
    met = crossing.select(*edge(F.col("first"), F.col("second")))
    found = materialize(candidates(documents, settings).union(met).distinct(), "candidates")
    # A cluster's name is one more node of it; a document of that name may no longer exist.
    named = known.select("node", node_of(F.col("cluster_id")).alias("named")).where("node <> named")
    clusters = named.select(*edge(F.col("node"), F.col("named")))
    edges = materialize(linked(found, everyone, settings, materialize).union(clusters), "edges")
    labels = connected_components(edges, settings, materialize)
    new = documents.select("doc_id", "crawl", node_of(F.col("doc_id")).alias("node"))
    marked = new.select("doc_id", "node", "crawl", F.lit(None).cast("string").alias("known_cluster"))
    existing = known.select("doc_id", "node", "crawl", F.col("cluster_id").alias("known_cluster"))
    members = materialize(marked.union(existing).join(labels, "node"), "members")
    joined = _joined_clusters(members)
    fresh = members.join(joined.select("component"), "component", "left_anti").where("known_cluster IS NULL")
    alone = survivors(documents.join(fresh.select("doc_id", "component"), "doc_id"), settings)
    return alone.union(_kept_as_published(members, joined, _best_matches(crossing, members, everyone), everyone))


def _crossing(documents: DataFrame, index: DataFrame) -> DataFrame:
    """Return edges of the buckets in which new documents meet published ones.

    The columns are first (any member), second (the published document with the smallest node), and whether `first` is
    new.
    """
    keys = documents.select(node_of(F.col("doc_id")).alias("node"), F.explode("minhash").alias("key"))
    published = index.where("key IS NOT NULL").select("key", F.col("node").alias("published"))
    met = published.join(keys.select("key").distinct(), "key", "left_semi")
    met = met.join(keys.select(F.col("node").alias("published")).distinct(), "published", "left_anti")
    smallest = met.groupBy("key").agg(F.min("published").alias("second"))
    from_new = keys.join(smallest, "key").select(F.col("node").alias("first"), "second", F.lit(True).alias("new"))
    from_known = met.join(smallest, "key").select(
        F.col("published").alias("first"), "second", F.lit(False).alias("new")
    )
    return from_new.union(from_known).where("first <> second").distinct()


def _known_members(index: DataFrame, crossing: DataFrame, documents: DataFrame) -> DataFrame:
    """Return the published documents that new ones meet, with their clusters.

    The columns are doc_id, node, crawl, cluster_id and signature.
    """
    rows = index.where("key IS NULL").join(documents.select("doc_id"), "doc_id", "left_anti")
    met = crossing.select(F.col("second").alias("node")).union(crossing.where("NOT new").select(F.col("first")))
    touched = rows.join(met.distinct(), "node", "left_semi").select("cluster_id").distinct()
    members = rows.join(touched, "cluster_id", "left_semi").select("doc_id").distinct()
    # A cluster is named by its smallest document, so a name only ever becomes smaller.
    latest = (
        F.min("crawl").alias("crawl"),
        F.min("cluster_id").alias("cluster_id"),
        F.max("signature").alias("signature"),
    )
    return rows.join(members, "doc_id", "left_semi").groupBy("doc_id", "node").agg(*latest)


def _joined_clusters(members: DataFrame) -> DataFrame:
    """Return the components of new and published documents.

    The columns are component, cluster_id and published (the smallest of them).
    """
    published = F.col("known_cluster").isNotNull()
    grouped = members.groupBy("component").agg(
        F.least(F.min("doc_id"), F.min("known_cluster")).alias("cluster_id"),
        F.min(F.when(published, F.col("doc_id"))).alias("published"),
        F.count_if(~published).alias("new"),
    )
    return grouped.where("published IS NOT NULL AND new > 0").drop("new")


def _best_matches(crossing: DataFrame, members: DataFrame, everyone: DataFrame) -> DataFrame:
    """Return the match of each new document that meets a published one.

    The columns are doc_id and match (the most similar, then the smallest doc_id).
    """
    nodes = members.select("node", "doc_id", "component")
    first = nodes.select(F.col("node").alias("first"), "doc_id", "component")
    second = nodes.select(F.col("node").alias("second"), F.col("doc_id").alias("match"), F.col("component").alias("of"))
    pairs = crossing.where("new").join(first, "first").join(second, "second").where("component = of")
    signed = pairs.select("doc_id", "match").join(everyone.select("doc_id", "signature"), "doc_id")
    others = everyone.select(F.col("doc_id").alias("match"), F.col("signature").alias("match_signature"))
    compared = with_similarity(signed.join(others, "match"), "signature", "match_signature")
    return compared.groupBy("doc_id").agg(
        F.min_by("match", F.struct(-F.col("similarity"), F.col("match"))).alias("match")
    )


def _kept_as_published(members: DataFrame, joined: DataFrame, matches: DataFrame, everyone: DataFrame) -> DataFrame:
    found = members.join(joined, "component").join(matches, "doc_id", "left")
    keeper = F.when(F.col("known_cluster").isNotNull(), F.col("doc_id")).otherwise(F.coalesce("match", "published"))
    return twins(found.select("doc_id", "cluster_id", keeper.alias("keeper_id")), everyone)

"""Drop exact duplicates: documents with one text, one URL or one payload, but for the best of each cluster."""

from __future__ import annotations

from collections.abc import Collection

import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame

from lakesift.dedup.minhash.components import connected_components, labels_of_stars
from lakesift.dedup.minhash.lsh import bucket_stars, node_of
from lakesift.dedup.minhash.survivors import keepers
from lakesift.dedup.shared.settings import ExactDuplicateSettings, Key
from lakesift.dedup.shared.twins import drops_twins, twins_table
from lakesift.dedup.shared.url_normalisation import with_normalised_urls
from lakesift.operators.operator import Materialize, Operator

COLUMNS: dict[Key, str] = {"content": "content_hash", "url": "url", "payload": "payload_digest"}
CRAWL = "compared_crawl"


def exact_duplicates(
    documents: DataFrame, settings: ExactDuplicateSettings, materialize: Materialize, scores: DataFrame | None = None
) -> DataFrame:
    """Clusters documents that agree in one of some keys, directly or through others, and chooses the one to keep.

    Equal keys are found by the keys themselves and not by hashes of them. Clusters of several kinds of keys are put
    together by the documents' nodes (see `node_of`). A key that is missing or empty agrees with none.

    Args:
        documents: doc_id, crawl, content_hash, url, payload_digest, and what `keep` names: words, fetch_time, score.
        settings: see `ExactDuplicateSettings`.
        materialize: called with the names keys and components, and
            with several kinds of keys with edges, large_star_NN and small_star_NN.

        scores: doc_id, score; where `keep` names it.

    Returns:
        doc_id, cluster_id (the smallest doc_id of the cluster), keeper_id, method (the first kind of key that the document
        shares with another), similarity (1.0 where the document's text is the keeper's, else null), crawl: one row per
        document in a cluster, the keeper among them.

    Raises:
        StageError: when the components were not found in time.
    """
    if scores is not None:
        documents = documents.join(scores.select("doc_id", "score"), "doc_id", "left")
    keys = materialize(_keys(documents, settings), "keys")
    stars = [bucket_stars(keys.withColumnRenamed("node", "larger"), kind, CRAWL) for kind in settings.by]
    if len(stars) == 1:
        labels = labels_of_stars(stars[0])
    else:
        edges = stars[0]
        for more in stars[1:]:
            edges = edges.union(more)
        labels = connected_components(materialize(edges.distinct(), "edges"), settings, materialize)
    members = keys.select("doc_id", "node").join(labels, "node", how="inner")
    components = materialize(members.select("doc_id", "component"), "components")
    found = components.join(_methods(keys, settings), "doc_id").join(
        keepers(documents, components, settings), "component"
    )
    contents = documents.select("doc_id", "crawl", "content_hash")
    kept = contents.select(F.col("doc_id").alias("keeper_id"), F.col("content_hash").alias("keeper_hash"))
    similarity = F.when(F.col("content_hash") == F.col("keeper_hash"), 1.0)
    return (
        found.join(contents, "doc_id")
        .join(kept, "keeper_id")
        .select("doc_id", "cluster_id", "keeper_id", "method", similarity.alias("similarity"), "crawl")
    )


def _keys(documents: DataFrame, settings: ExactDuplicateSettings) -> DataFrame:
    """doc_id, node, CRAWL (one for all where crawls are compared), and by kind its key."""
    chosen = documents.select("doc_id", "crawl", *(COLUMNS[kind] for kind in settings.by))
    if "url" in settings.by:
        chosen = with_normalised_urls(chosen, settings.url)
    crawl = F.coalesce("crawl", F.lit("")) if settings.within == "crawl" else F.lit("")
    keys = [F.when(F.col(COLUMNS[kind]) != "", F.col(COLUMNS[kind])).alias(kind) for kind in settings.by]
    return chosen.select("doc_id", node_of(F.col("doc_id")).alias("node"), crawl.alias(CRAWL), *keys)


def _methods(keys: DataFrame, settings: ExactDuplicateSettings) -> DataFrame:
    """doc_id and method: the first kind of key that another document has, too."""
    # Whoever is in a cluster and has no twin by the kinds before has one by the last.
    method: Column = F.lit(settings.by[-1])
    for kind in reversed(settings.by[:-1]):
        shared = keys.where(f"{kind} IS NOT NULL").groupBy(kind, CRAWL).agg(F.count("*").alias(f"of_{kind}"))
        keys = keys.join(shared.where(f"of_{kind} > 1"), [kind, CRAWL], "left")
        method = F.when(F.col(f"of_{kind}").isNotNull(), kind).otherwise(method)
    return keys.select("doc_id", method.alias("method"))


def uses_scores(settings: ExactDuplicateSettings) -> Collection[str]:
    """Return the optional tables that the order of keepers asks for."""
    return {"scores"} if "score" in settings.keep else ()


OPERATOR = Operator(
    exact_duplicates,
    role=drops_twins("exact_duplicate"),
    writes=twins_table("one document that has an exact duplicate"),
    example="- exact_duplicates: {by: [content, url]}",
    uses=uses_scores,
)

"""Near-duplicate clusters, from band keys to keepers."""

from __future__ import annotations

import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from lakesift.dedup.minhash.components import connected_components
from lakesift.dedup.minhash.lsh import candidates, compared_pairs, node_of
from lakesift.dedup.minhash.survivors import survivors
from lakesift.dedup.shared.settings import NearDuplicateSettings
from lakesift.operators.operator import COUNTS, Materialize

OF_MEMBERS = ("doc_id", "crawl", "signature", "words", "fetch_time", "score")


def clusters(documents: DataFrame, settings: NearDuplicateSettings, materialize: Materialize) -> DataFrame:
    """Clusters documents that share a MinHash band, directly or through others, and chooses the one to keep.

    Bands as in Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4.

    Args:
        documents: doc_id, minhash ARRAY<BIGINT>, signature BINARY, crawl, words, fetch_time, score when `keep` names
            it, and text when it is compared.
        settings: see `NearDuplicateSettings`.
        materialize: materializes a frame and returns it as a table; called with the names candidates, compared, counts
            (see `counts_of`), components, members, large_star_NN and small_star_NN.

    Returns:
        The rows of the table `duplicates`, see `survivors`.

    Raises:
        StageError: when signatures cannot be compared or the components were not found in time.
    """
    edges = linked(materialize(candidates(documents, settings), "candidates"), documents, settings, materialize)
    labels = materialize(connected_components(edges, settings, materialize), "components")
    # From here on only the documents of clusters are read, which are few.
    chosen = documents.select(*(name for name in OF_MEMBERS if name in documents.columns))
    members = materialize(
        chosen.withColumn("node", node_of(F.col("doc_id"))).join(labels, "node", how="inner"), "members"
    )
    return survivors(members, settings)


def linked(
    found: DataFrame, documents: DataFrame, settings: NearDuplicateSettings, materialize: Materialize
) -> DataFrame:
    """Return the candidate pairs that are near-duplicates.

    These are all pairs, or the ones whose similarity reaches `min_similarity`.

    Args:
        found: rows of `candidates`, materialized.
        documents: doc_id and signature, or text, of all documents in the pairs.
        settings: see `NearDuplicateSettings`.
        materialize: called with the names compared and counts.

    Returns:
        larger BIGINT, smaller BIGINT: each pair once.
    """
    edges = found.where("smaller IS NOT NULL")
    if settings.min_similarity is not None:
        compared = materialize(compared_pairs(edges, documents, settings), "compared")
        edges = compared.where(F.col("similarity") >= settings.min_similarity).select("larger", "smaller")
    materialize(counts_of(found, edges), COUNTS)
    return edges


def counts_of(found: DataFrame, edges: DataFrame) -> DataFrame:
    """Count the comparisons and their savings.

    Args:
        found: rows of `candidates`.
        edges: those of its pairs that stayed.

    Returns:
        name STRING, count BIGINT: candidate_pairs (each once, in however many buckets), linked_pairs, rejected_pairs
        (less alike than `min_similarity`), documents_beyond_bucket (that `most_in_bucket` kept from being compared in
        some bucket).
    """
    # One pass over both, because planning a query costs more than these rows.
    of_found = found.selectExpr("smaller IS NOT NULL AS is_candidate", "false AS is_linked")
    counted = of_found.union(edges.selectExpr("false", "true")).agg(
        F.count_if("is_candidate").alias("candidates"),
        F.count_if("is_linked").alias("linked"),
        F.count_if(F.expr("NOT is_candidate AND NOT is_linked")).alias("beyond"),
    )
    return counted.selectExpr(
        "stack(4, 'candidate_pairs', candidates, 'linked_pairs', linked, 'rejected_pairs', candidates - linked,"
        " 'documents_beyond_bucket', beyond) AS (name, count)"
    )

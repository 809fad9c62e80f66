"""Documents as the stages of a recipe leave them: kept by the rules, without their duplicates, with their cuts made."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.dedup.cuts import cut

DROPS = {
    "exact_duplicates": "exact_duplicate",
    "duplicates": "near_duplicate",
    "semantic_duplicates": "semantic_duplicate",
}
"""Tables of documents that have a twin, with the reason for which those that are not the keeper are dropped."""

CUTS = ("repeated_paragraphs", "repeated_substrings", "decontaminated")
"""Tables of spans to be cut from documents, and of documents that are dropped for what they held."""

PRUNES = ("pruned_clusters",)
"""Tables of documents that are kept or dropped for their place among the others."""

DECIDING = {
    "exact_duplicates": "exact_duplicates",
    "near_duplicates": "duplicates",
    "semantic_duplicates": "semantic_duplicates",
    "repeated_paragraphs": "repeated_paragraphs",
    "repeated_substrings": "repeated_substrings",
    "decontaminate": "decontaminated",
    "prune_clusters": "pruned_clusters",
}
"""By stage, the table with which it drops or cuts documents."""

WEIGHING = {"commonness": "commonness"}
"""By stage, the table with which it weighs documents."""


def dropped_by(table: str, rows: DataFrame) -> DataFrame | None:
    """Documents that a table drops: doc_id, reason; None for a table that drops none."""
    if table == "verdicts":
        return rows.where("NOT kept").select("doc_id", F.lit("failed_rule").alias("reason"))
    if table in DROPS:
        return rows.where("doc_id <> keeper_id").select("doc_id", F.lit(DROPS[table]).alias("reason"))
    if table in CUTS:
        return rows.where("reason IS NOT NULL").select("doc_id", "reason")
    return rows.where("NOT kept").select("doc_id", "reason") if table in PRUNES else None


def standing(inputs: Mapping[str, DataFrame]) -> DataFrame:
    """Rows of `documents` that no table before drops, in their own text; with `score` where they were scored.

    Args:
        inputs: by name `documents` and the tables of earlier stages, in the order of the stages.
    """
    left = inputs["documents"]
    for table, rows in inputs.items():
        gone = dropped_by(table, rows)
        if gone is not None:
            left = left.join(gone, "doc_id", "left_anti")
    return left.join(inputs["scores"].select("doc_id", "score"), "doc_id", "left") if "scores" in inputs else left


def remaining(inputs: Mapping[str, DataFrame]) -> DataFrame:
    """What `standing` gives, in the text that the cuts before have left."""
    return with_cuts(standing(inputs), inputs)


def with_cuts(documents: DataFrame, inputs: Mapping[str, DataFrame]) -> DataFrame:
    """Documents after the cuts of the tables in `inputs`, in their order: each was made on what the one before left."""
    for table, rows in inputs.items():
        documents = cut(documents, rows) if table in CUTS else documents
    return documents

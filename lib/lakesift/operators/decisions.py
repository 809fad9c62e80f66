"""How the tables of a lake decide over documents: which drop them, which cut them, which weigh them."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

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
    "score_verdicts": "score_verdicts",
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
    if table == "score_verdicts":
        return rows.where("NOT kept").select("doc_id", F.get("failed", F.lit(0)).alias("reason"))
    if table in DROPS:
        return rows.where("doc_id <> keeper_id").select("doc_id", F.lit(DROPS[table]).alias("reason"))
    if table in CUTS:
        return rows.where("reason IS NOT NULL").select("doc_id", "reason")
    return rows.where("NOT kept").select("doc_id", "reason") if table in PRUNES else None

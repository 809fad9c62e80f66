"""Documents as the stages of a recipe leave them: kept by the rules, without their duplicates, with their cuts made."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame

from lakesift.operators.cuts import cut
from lakesift.operators.decisions import CUTS, dropped_by


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

"""Apply a trained scorer to documents."""

from __future__ import annotations

from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.scorers.kinds import kind_of
from lakesift.scorers.model_folder import open_model


def score(documents: DataFrame, scorer: str, version: str, folder: Path) -> DataFrame:
    """Score documents.

    Args:
        documents: doc_id, text; a null text is scored as the empty one.
        scorer: name of the scorer.
        version: its version in the registry.
        folder: its model folder, at a path that all workers see.

    Returns:
        doc_id, scorer, model_version, score DOUBLE in 0 to 1: one row a document, the columns of table `scores`.

    Raises:
        ScorerError: the folder holds no scorer, or one of a kind that is not known.
        SetupError: what the kind needs is not installed.
    """
    model = open_model(folder)
    scored = kind_of(model).score(documents, model)
    return scored.select("doc_id", F.lit(scorer).alias("scorer"), F.lit(version).alias("model_version"), "score")

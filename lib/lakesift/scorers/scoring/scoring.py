"""Applies trained scorers to documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.operators.operator import Materialize
from lakesift.scorers.models.kinds import kind_of
from lakesift.scorers.models.model_folder import open_model
from lakesift.scorers.models.settings import EnsembleSettings
from lakesift.scorers.scoring.ensemble import ensemble

ENSEMBLE = "ensemble"


@dataclass(frozen=True)
class Scorer:
    """A scorer that is applied.

    Attributes:
        name: in the registry.
        version: there.
        folder: its model folder, at a path that all workers see.
    """

    name: str
    version: str
    folder: Path


def scored(
    documents: DataFrame,
    scorers: Sequence[Scorer],
    together: EnsembleSettings | None,
    materialize: Materialize,
) -> DataFrame:
    """Score documents.

    Args:
        documents: doc_id, text; a null text is scored as the empty one.
        scorers: at least one, each name once.
        together: how their ensemble is made; None: the first one's score counts.
        materialize: materializes a frame and returns it as a table; called with the name scored, for an ensemble.

    Returns:
        doc_id, scorer, model_version, score, scores: one row a document, the columns of table `scores`.

    Raises:
        ScorerError: a folder has no scorer, or one of an unknown kind.
        SetupError: a package that a kind needs is not installed.
    """
    rows = _by_scorer(documents, scorers)
    if together is None:
        whose, version = scorers[0].name, scorers[0].version
        rows = rows.withColumn("score", F.col("scores")[whose])
    else:
        whose, version = ENSEMBLE, ", ".join(f"{scorer.name}@{scorer.version}" for scorer in scorers)
        sizes = documents.select("doc_id", F.coalesce(F.octet_length("text"), F.lit(0)).cast("bigint").alias("bytes"))
        rows = ensemble(materialize(rows.join(sizes, "doc_id"), "scored"), together)
    about = F.lit(whose).alias("scorer"), F.lit(version).alias("model_version")
    return rows.select("doc_id", *about, "score", "scores")


def _by_scorer(documents: DataFrame, scorers: Sequence[Scorer]) -> DataFrame:
    """Return doc_id and scores MAP<STRING, DOUBLE>."""
    parts = []
    for scorer in scorers:
        model = open_model(scorer.folder)
        scored = kind_of(model).score(documents, model)
        parts.append(scored.select("doc_id", F.lit(scorer.name).alias("scorer"), "score"))
    if len(parts) == 1:
        return parts[0].select("doc_id", F.create_map("scorer", "score").alias("scores"))
    entries = F.array_sort(F.collect_list(F.struct("scorer", "score")))
    return reduce(DataFrame.unionByName, parts).groupBy("doc_id").agg(F.map_from_entries(entries).alias("scores"))

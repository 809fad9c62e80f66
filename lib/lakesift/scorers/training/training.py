"""Trains a scorer on one part of labelled documents and scores the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.errors import ScorerError
from lakesift.scorers.models.kinds import kind_of
from lakesift.scorers.models.model_folder import ModelFolder, seal
from lakesift.scorers.training.draws import held_out, sampled
from lakesift.scorers.training.settings import ScorerTraining

if TYPE_CHECKING:
    import pandas as pd

LABELS = (0, 1)


def train_model(labelled: DataFrame, settings: ScorerTraining, folder: Path) -> ModelFolder:
    """Train on the documents that are not held out.

    Args:
        labelled: doc_id (one row each), text, label: 1 for the text to keep, 0 for the other.
        settings: see `ScorerTraining`.
        folder: folder of the model; must not exist.

    Raises:
        ScorerError: doc_ids repeat, a label is neither 0 nor 1, or one part lacks one of the labels.
        SetupError: a package that the kind needs is not installed.
    """
    rows = _check(labelled, settings)
    folder.mkdir(parents=True)
    training = labelled.where(~held_out(settings.seed, settings.held_out_share))
    settings.kind.train(training, min(rows, settings.training_rows), settings.model, folder)
    return seal(folder, settings.model.model_dump(mode="json"))


def score_held_out(labelled: DataFrame, settings: ScorerTraining, model: ModelFolder) -> pd.DataFrame:
    """Score the documents that were held out from `train_model`.

    Args:
        labelled, settings: the same as for `train_model`.
        model: its result.

    Returns:
        label, score, characters (of the text): one row a document, at most about `held_out_rows`.
    """
    measuring = labelled.where(held_out(settings.seed, settings.held_out_share)).select("doc_id", "text", "label")
    share = settings.held_out_rows / max(1, measuring.count())
    if share < 1:
        measuring = measuring.where(sampled(settings.seed, share))
    scored = kind_of(model).score(measuring, model)
    lengths = measuring.select("doc_id", "label", F.coalesce(F.length("text"), F.lit(0)).alias("characters"))
    return scored.join(lengths, "doc_id").orderBy("doc_id").select("label", "score", "characters").toPandas()


def digest_of(labelled: DataFrame) -> str:
    """Return a digest of the labelled documents in any order.

    It consists of their number and the sum of their 64-bit hashes.
    """
    hashes = F.sum(F.xxhash64("doc_id", "text", "label").cast("decimal(38,0)")).alias("sum")
    found = labelled.agg(F.count("*").alias("rows"), hashes).first()
    assert found is not None
    return f"{found['rows']}-{int(found['sum'] or 0) % (1 << 64):016x}"


def _check(labelled: DataFrame, settings: ScorerTraining) -> int:
    """Check that the labelled documents are usable, and count the training rows."""
    measures = held_out(settings.seed, settings.held_out_share)
    # Two labels in two parts; there are more only where labels are wrong, and the error names some of these.
    counts = labelled.groupBy(F.col("label"), measures.alias("held_out")).count().limit(100).collect()
    found = {(row["label"], row["held_out"]): int(row["count"]) for row in counts}
    odd = sorted({str(label) for label, _ in found if label not in LABELS})
    if odd:
        raise ScorerError(f"labels {', '.join(odd[:5])} in the labelled documents", expected="0 and 1 only")
    for label in LABELS:
        for part, name in ((False, "training"), (True, "held-out")):
            if (label, part) not in found:
                raise ScorerError(
                    f"no document with label {label} in the {name} part",
                    next_step="label more documents, or change held_out_share",
                )
    rows = sum(found.values())
    if labelled.select("doc_id").distinct().count() != rows:
        raise ScorerError("doc_ids repeat or are null in the labelled documents", expected="one row for each doc_id")
    return sum(count for (_, measuring), count in found.items() if not measuring)

"""Train a scorer, measure it on a held-out part, and register it with its figures and training data."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pyspark.sql import DataFrame

from lakesift.scorers.training.evaluation import Evaluation, evaluate
from lakesift.scorers.training.settings import ScorerTraining
from lakesift.scorers.training.training import digest_of, score_held_out, train_model
from lakesift.tracking.tracker import DataVersion, Tracker


@dataclass(frozen=True)
class TrainedScorer:
    """A registered scorer version.

    Attributes:
        name, version, alias: as registered.
        folder: its model folder, where workers read it.
        evaluation: its figures on the held-out part.
    """

    name: str
    version: str
    alias: str
    folder: Path
    evaluation: Evaluation

    @property
    def metrics(self) -> Mapping[str, float]:
        """The figures under the names that MLflow shows."""
        return self.evaluation.metrics()


def train_scorer(
    labelled: DataFrame,
    settings: ScorerTraining,
    tracker: Tracker,
    training_data: tuple[str, int | None],
    work_dir: Path | None = None,
) -> TrainedScorer:
    """Train, evaluate, log and register; the version gets the alias of the settings.

    Args:
        labelled: doc_id (one row each), text, label: 1 for the text to keep, 0 for the other.
        settings: see `ScorerTraining`.
        tracker: where the scorer is registered.
        training_data: where `labelled` was read from, and its Delta version; None where it is not a Delta table: a
            digest of the rows then says what they were.
        work_dir: folder for the model until it is registered, the system's temporary one when left out; on a cluster,
            a Spark NLP scorer needs one that all machines see.

    Raises:
        ScorerError: the labels or doc_ids are not as expected, or tracking is off.
        SetupError: what the kind needs is not installed, or MLflow cannot be reached.
    """
    location, delta_version = training_data
    digest = digest_of(labelled) if delta_version is None else None
    data = DataVersion(location.rstrip("/").rpartition("/")[2], location, delta_version, digest)
    with tempfile.TemporaryDirectory(prefix="lakesift-scorer-", dir=work_dir) as aside:
        model = train_model(labelled, settings, Path(aside) / settings.name)
        held_out = score_held_out(labelled, settings, model)
        evaluation = evaluate(held_out["label"], held_out["score"], held_out["characters"], settings.keep_shares)
        version = tracker.log_scorer(
            settings.name,
            model.path,
            params=settings.model_dump(mode="json"),
            metrics=evaluation.metrics(),
            data=data,
            alias=settings.alias,
            extra=settings.kind.extra,
        )
    folder = tracker.scorer_folder(settings.name, version)
    return TrainedScorer(settings.name, version, settings.alias, folder, evaluation)

"""Several scorers side by side: one row a document, each score under its scorer's name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyspark.sql import DataFrame

from lakesift.scorers.models.settings import EnsembleSettings, FastTextSettings
from lakesift.scorers.scoring.scoring import Scorer
from lakesift.scorers.scoring.scoring import scored as score
from lakesift.scorers.training.settings import ScorerTraining
from lakesift.scorers.training.training import train_model
from scorers.staging import unstaged

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def scorers(labelled: DataFrame, tmp_path_factory: pytest.TempPathFactory) -> list[Scorer]:
    """A scorer of good texts, and one of the poor ones."""
    found = []
    for name, rows in (("good", labelled), ("poor", labelled.selectExpr("doc_id", "text", "1 - label label"))):
        settings = ScorerTraining(name=name, model=FastTextSettings(learning_rate=0.5, epochs=10, dimensions=16))
        folder = tmp_path_factory.mktemp(name) / "model"
        train_model(rows, settings, folder)
        found.append(Scorer(name, "4", folder))
    return found


def test_each_scorers_score_is_kept_and_the_first_ones_counts(labelled: DataFrame, scorers: list[Scorer]) -> None:
    alone = {
        scorer.name: {row.doc_id: row.score for row in score(labelled, [scorer], None, unstaged).collect()}
        for scorer in scorers
    }
    both = {row.doc_id: row for row in score(labelled.repartition(3), scorers, None, unstaged).collect()}
    assert len(both) == labelled.count()
    for doc_id, row in both.items():
        assert row.scores == {name: scores[doc_id] for name, scores in alone.items()}
        assert (row.scorer, row.model_version, row.score) == ("good", "4", alone["good"][doc_id])


def test_an_ensemble_names_all_its_scorers_and_gives_the_number_of_a_bucket(
    labelled: DataFrame, scorers: list[Scorer], stage: Callable[[DataFrame, str], DataFrame]
) -> None:
    rows = score(labelled, scorers, EnsembleSettings(buckets=4), stage).collect()
    assert len(rows) == labelled.count()
    assert {(row.scorer, row.model_version) for row in rows} == {("ensemble", "good@4, poor@4")}
    # What is best for either is in its highest bucket.
    for name in ("good", "poor"):
        assert max(rows, key=lambda row: row.scores[name]).score == 3
    assert {row.score for row in rows} <= {0, 1, 2, 3}

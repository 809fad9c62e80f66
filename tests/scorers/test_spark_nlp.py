from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from lakesift.scorers.models.model_folder import ModelFolder
from lakesift.scorers.models.settings import SparkNlpSettings
from lakesift.scorers.scoring.scoring import Scorer
from lakesift.scorers.scoring.scoring import scored as score
from lakesift.scorers.serving import ServedScorer
from lakesift.scorers.training.evaluation import evaluate
from lakesift.scorers.training.settings import ScorerTraining
from lakesift.scorers.training.training import score_held_out, train_model
from scorers.staging import unstaged

pytestmark = [pytest.mark.spark, pytest.mark.spark_nlp]
SETTINGS = ScorerTraining(name="vectors", model=SparkNlpSettings(dimensions=20, iterations=2))


@pytest.fixture(scope="module")
def model(labelled: DataFrame, tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    pytest.importorskip("sparknlp", reason="needs the extra spark-nlp")
    return train_model(labelled, SETTINGS, tmp_path_factory.mktemp("spark_nlp") / "model")


def scores(documents: DataFrame, model: ModelFolder) -> dict[str, float]:
    return {
        row.doc_id: row.score
        for row in score(documents, [Scorer("vectors", "1", model.path)], None, unstaged).collect()
    }


def test_it_orders_the_documents_it_did_not_see(labelled: DataFrame, model: ModelFolder) -> None:
    measured = score_held_out(labelled, SETTINGS, model)
    found = evaluate(measured["label"], measured["score"], measured["characters"], SETTINGS.keep_shares)
    assert found.auc > 0.9
    assert found.length_auc < 0.8


def test_training_again_gives_the_same_scores(labelled: DataFrame, model: ModelFolder, tmp_path: Path) -> None:
    again = train_model(labelled.repartition(5), SETTINGS, tmp_path / "again")
    assert scores(labelled, again) == scores(labelled, model)


def test_documents_without_a_known_word_are_scored(spark: SparkSession, model: ModelFolder) -> None:
    rows = [("empty", ""), ("null", None), ("unknown", "zyx wvu"), ("long", "x" * 2_000_000)]
    found = scores(spark.createDataFrame(rows, "doc_id string, text string"), model)
    assert found.keys() == {"empty", "null", "unknown", "long"}
    assert all(0 <= value <= 1 for value in found.values())
    assert found["empty"] == found["null"] == found["unknown"]


def test_mlflows_interface_gives_the_same_scores_in_order(labelled: DataFrame, model: ModelFolder) -> None:
    table = labelled.limit(12).toPandas()
    served = ServedScorer(model).predict(table[["text"]])["score"].tolist()
    known = scores(labelled, model)
    assert served == pytest.approx([known[doc_id] for doc_id in table["doc_id"]])

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import mlflow.pyfunc
import pytest
from mlflow import MlflowClient
from mlflow.data import get_source
from pyspark.sql import DataFrame, SparkSession

from lakesift.commands.scorer_training import TrainedScorer, train_scorer
from lakesift.scorers.models.settings import FastTextSettings
from lakesift.scorers.scoring.scoring import Scorer
from lakesift.scorers.scoring.scoring import scored as score
from lakesift.scorers.training.evaluation import evaluate
from lakesift.scorers.training.settings import ScorerTraining
from lakesift.scorers.training.training import digest_of, score_held_out, train_model
from lakesift.tracking.tracker import Tracker
from scorers.staging import unstaged

pytestmark = pytest.mark.spark
SETTINGS = ScorerTraining(name="quality", model=FastTextSettings(epochs=25), held_out_share=0.4)


@pytest.fixture(scope="module")
def documents(spark: SparkSession, shared_data: Path) -> DataFrame:
    """The 218 labelled Common Crawl documents of mlfoundations/dclm."""
    with gzip.open(shared_data / "quality" / "labelled_documents.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    named = [(hashlib.sha256(row["text"].encode()).hexdigest(), row["text"], int(row["label"])) for row in rows]
    return spark.createDataFrame(named, "doc_id string, text string, label int").dropDuplicates(["doc_id"])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scorer")


@pytest.fixture(scope="module")
def labelled(spark: SparkSession, documents: DataFrame, place: Path) -> DataFrame:
    documents.write.format("delta").save(str(place / "labelled"))
    return spark.read.format("delta").load(str(place / "labelled"))


@pytest.fixture(scope="module")
def trained(labelled: DataFrame, place: Path) -> TrainedScorer:
    tracker = Tracker.for_lake(str(place / "lake"))
    return train_scorer(labelled, SETTINGS, tracker, (str(place / "labelled"), 0))


def test_a_scorer_of_real_documents_is_registered_with_its_figures(
    trained: TrainedScorer, labelled: DataFrame, place: Path
) -> None:
    found = trained.evaluation
    print(found)

    assert (trained.version, trained.alias) == ("1", "champion")
    assert 60 < found.documents < 120
    assert 0.5 < found.auc_low < found.auc < found.auc_high < 1
    assert 0.5 <= found.length_auc < 0.9
    client = MlflowClient(f"sqlite:///{place / 'lake' / '_mlflow' / 'mlflow.db'}")
    run = client.get_run(client.get_model_version("quality", "1").run_id)
    assert run.data.metrics.keys() == trained.metrics.keys()
    assert run.data.params["model.epochs"] == "25"
    assert get_source(run.inputs.dataset_inputs[0]).load().count() == labelled.count()


def test_it_is_applied_by_alias_and_the_scores_carry_the_version(
    trained: TrainedScorer, labelled: DataFrame, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker = Tracker.for_lake(str(place / "lake"))
    version = tracker.resolve_version("quality", "champion")
    scored = score(
        labelled, [Scorer("quality", version, tracker.scorer_folder("quality", version))], None, unstaged
    ).toPandas()

    assert set(scored["model_version"]) == {"1"}
    assert set(scored["scorer"]) == {"quality"}
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{place / 'lake' / '_mlflow' / 'mlflow.db'}")
    served = mlflow.pyfunc.load_model("models:/quality@champion")
    table = labelled.toPandas().merge(scored, on="doc_id")
    assert served.predict(table[["text"]])["score"].tolist() == pytest.approx(table["score"].tolist())
    assert served.metadata.signature.inputs.input_names() == ["text"]
    assert served.metadata.signature.outputs.input_names() == ["score"]


def test_training_again_gives_a_new_version_with_the_same_bytes(
    trained: TrainedScorer, labelled: DataFrame, place: Path
) -> None:
    tracker = Tracker.for_lake(str(place / "lake"))
    again = train_scorer(labelled.repartition(3), SETTINGS, tracker, ("labelled.jsonl", None))

    assert again.version == "2"
    client = MlflowClient(f"sqlite:///{place / 'lake' / '_mlflow' / 'mlflow.db'}")
    rerun = client.get_run(client.get_model_version("quality", "2").run_id)
    assert rerun.inputs.dataset_inputs[0].dataset.digest == digest_of(labelled)
    assert tracker.resolve_version("quality", "champion") == "2"
    assert again.metrics == trained.metrics
    assert (again.folder / "model.bin").read_bytes() == (trained.folder / "model.bin").read_bytes()


@pytest.mark.spark_nlp
def test_the_kind_on_the_jvm_goes_the_same_way(labelled: DataFrame, tmp_path: Path) -> None:
    pytest.importorskip("sparknlp", reason="needs the extra spark-nlp")
    settings = ScorerTraining.model_validate(
        {**SETTINGS.model_dump(), "model": {"kind": "spark_nlp", "dimensions": 50, "characters": 5000}}
    )
    held_out = score_held_out(labelled, settings, train_model(labelled, settings, tmp_path / "model"))
    found = evaluate(held_out["label"], held_out["score"], held_out["characters"], settings.keep_shares)
    print(found)
    assert 0.5 < found.auc < 1

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.data import get_source
from mlflow.entities import Run

from lakesift.errors import LakesiftError, ScorerError, SetupError
from lakesift.scorers.models.model_folder import seal
from lakesift.tracking import connection
from lakesift.tracking.runs import flattened
from lakesift.tracking.store import store_of
from lakesift.tracking.tracker import DataVersion, Tracker

MLFLOW_VARIABLES = (
    "MLFLOW_TRACKING_URI",
    "MLFLOW_REGISTRY_URI",
    "MLFLOW_EXPERIMENT_NAME",
    "DATABRICKS_RUNTIME_VERSION",
)


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in MLFLOW_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow's tables, made once: making them takes seconds."""
    folder = tmp_path_factory.mktemp("mlflow")
    (folder / "_mlflow").mkdir()
    tracker = Tracker.for_lake(str(folder))
    assert not tracker.has_scorer("quality")
    return folder / "_mlflow" / "mlflow.db"


@pytest.fixture
def lake(tmp_path: Path, empty_store: Path) -> Path:
    folder = tmp_path / "lake"
    (folder / "_mlflow").mkdir(parents=True)
    shutil.copy(empty_store, folder / "_mlflow")
    return folder


def client_of(lake: Path) -> MlflowClient:
    return MlflowClient(f"sqlite:///{lake / '_mlflow' / 'mlflow.db'}")


def runs_of(lake: Path) -> dict[str, Run]:
    client = client_of(lake)
    experiment = client.get_experiment_by_name("lakesift")
    return {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}


def model_folder(place: Path) -> Path:
    place.mkdir()
    (place / "model.bin").write_bytes(b"model")
    seal(place, {"kind": "fasttext"})
    return place


def test_a_recipe_run_holds_one_run_per_stage(lake: Path) -> None:
    tracker = Tracker.for_lake(str(lake))
    with tracker.recipe_run("fineweb", {"lake": str(lake)}, {"recipe.yml": "name: fineweb\n"}) as run:
        with run.stage("verdicts", {"rules": [{"name": "a@b"}], "deep": {"x@y": 1, "z": None}}) as stage:
            stage.metrics({"rows_in": 7, "rows_out": 5, "seconds": 1.5, "words": None})
            stage.tags({"fingerprint": "f00"})
        tracker.log_dataset("fineweb", 2, f"{lake}/dataset_fineweb", 9, run.run_id)

    found = runs_of(lake)
    outer, inner = found["fineweb"], found["verdicts"]
    assert outer.info.status == inner.info.status == "FINISHED"
    assert inner.data.tags["mlflow.parentRunId"] == outer.info.run_id == run.run_id
    assert inner.data.metrics == {"rows_in": 7, "rows_out": 5, "seconds": 1.5}
    assert inner.data.params == {"rules": '[{"name": "a@b"}]', "deep.x_y": "1", "deep.z": "null"}
    assert inner.data.tags["fingerprint"] == "f00"
    (data,) = outer.inputs.dataset_inputs
    assert data.dataset.name == "fineweb@2"
    source = get_source(data)
    assert (source.path, source.delta_table_version) == (f"{lake}/dataset_fineweb", 9)
    assert Path(client_of(lake).download_artifacts(outer.info.run_id, "recipe.yml")).read_text() == "name: fineweb\n"


def test_a_failing_stage_is_seen_as_failed_and_its_error_is_the_one_raised(lake: Path) -> None:
    tracker = Tracker.for_lake(str(lake))
    with (
        pytest.raises(LakesiftError, match="disk full"),
        tracker.recipe_run("fineweb", {}) as run,
        run.stage("score", {}),
    ):
        raise LakesiftError("disk full")

    found = runs_of(lake)
    assert {run.info.status for run in found.values()} == {"FAILED"}
    assert found["score"].data.tags["lakesift.error"] == "disk full"


def test_writing_does_not_wait_for_mlflow(lake: Path) -> None:
    tracker, gate = Tracker.for_lake(str(lake)), threading.Event()
    assert tracker._thread is not None
    tracker._thread.later(lambda client: gate.wait(60))
    with tracker.recipe_run("fineweb", {}) as run, run.stage("verdicts", {"a": 1}) as stage:
        stage.metrics({"rows_in": 1})
        gate.set()
    assert len(runs_of(lake)) == 2


def test_what_is_queued_behind_a_failure_is_not_done_and_the_failure_is_raised_once(
    lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "connect", lambda store: "client")
    thread, gate, done = connection.MlflowThread(store_of(str(lake))), threading.Event(), []

    def fail(client: str) -> None:
        gate.wait(60)
        raise OSError("no answer")

    thread.later(fail)
    thread.later(done.append)
    gate.set()
    with pytest.raises(SetupError, match="cannot be used: no answer"):
        thread.settle()
    assert thread.now(lambda client: client) == "client"
    assert done == []


def test_a_registered_scorer_is_found_by_alias_and_version(lake: Path, tmp_path: Path) -> None:
    tracker = Tracker.for_lake(str(lake))
    folder = model_folder(tmp_path / "trained")
    data = DataVersion("labelled", "main.web.labelled", version=4)
    first = tracker.log_scorer(
        "quality", folder, params={"epochs": 5}, metrics={"auc": 0.8}, data=data, alias="champion"
    )
    second = tracker.log_scorer("quality", folder, params={}, metrics={"auc": 0.7}, data=data, alias="challenger")

    assert (first, second) == ("1", "2")
    assert tracker.resolve_version("quality", "champion") == "1"
    assert tracker.resolve_version("quality", "2") == "2"
    tracker.set_alias("quality", "champion", "2")
    again = Tracker.for_lake(str(lake))
    assert again.resolve_version("quality", "champion") == "2"
    assert again.has_scorer("quality")
    assert not again.has_scorer("quality", "other")
    assert (again.scorer_folder("quality", "1") / "model.bin").read_bytes() == b"model"

    training = client_of(lake).get_run(client_of(lake).get_model_version("quality", "1").run_id)
    assert training.data.metrics["auc"] == 0.8
    assert training.data.params["epochs"] == "5"
    source = training.inputs.dataset_inputs[0].dataset.source
    assert source == '{"delta_table_name": "main.web.labelled", "delta_table_version": 4}'


def test_a_lake_that_was_moved_still_finds_its_scorers(lake: Path, tmp_path: Path) -> None:
    folder, data = model_folder(tmp_path / "trained"), DataVersion("labelled", "labelled.parquet", digest="d" * 64)
    Tracker.for_lake(str(lake)).log_scorer("quality", folder, params={}, metrics={}, data=data, alias="champion")
    tracker = Tracker.for_lake(str(lake.rename(tmp_path / "moved")))

    assert (tracker.scorer_folder("quality", "1") / "model.bin").is_file()
    version = tracker.log_scorer("quality", folder, params={}, metrics={}, data=data, alias="champion")
    assert (tracker.scorer_folder("quality", version) / "model.bin").is_relative_to(tmp_path / "moved")
    assert not lake.exists()


def test_scorers_of_a_server_are_downloaded_once(tmp_path: Path, lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'server.db'}")
    monkeypatch.chdir(tmp_path)  # where a store without a place for artifacts puts them
    tracker = Tracker.for_lake(str(lake))
    data = DataVersion("labelled", "labelled.parquet", digest="d")
    tracker.log_scorer(
        "quality", model_folder(tmp_path / "trained"), params={}, metrics={}, data=data, alias="champion"
    )

    folder = tracker.scorer_folder("quality", "1")
    assert folder.is_relative_to(lake / "_scorers" / "quality" / "1")
    marked = folder / "model.bin"
    before = marked.stat().st_mtime_ns
    assert tracker.scorer_folder("quality", "1") == folder
    assert marked.stat().st_mtime_ns == before
    assert [path.name for path in (lake / "_scorers" / "quality").iterdir()] == ["1"]


def test_an_unknown_scorer_or_alias_is_told_with_what_there_is(lake: Path, tmp_path: Path) -> None:
    tracker = Tracker.for_lake(str(lake))
    with pytest.raises(ScorerError, match=r"no scorer quality@champion.*lakesift scorer train quality"):
        tracker.resolve_version("quality", "champion")
    data = DataVersion("labelled", "labelled.parquet", digest="d")
    tracker.log_scorer(
        "quality", model_folder(tmp_path / "trained"), params={}, metrics={}, data=data, alias="champion"
    )
    with pytest.raises(ScorerError, match=r"champion \(version 1\)"):
        tracker.resolve_version("quality", "next")
    with pytest.raises(ScorerError, match="quality@7"):
        tracker.resolve_version("quality", "7")


def test_asking_for_a_scorer_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(ScorerError, match=r"no scorer quality@champion.*lakesift scorer train quality"):
        Tracker.for_lake(str(tmp_path)).resolve_version("quality", "champion")
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_does_not_answer_is_one_sentence(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with (
        pytest.raises(SetupError, match=r"MLflow at http://127.0.0.1:9 cannot be used.*--no-mlflow") as caught,
        Tracker.for_lake(str(lake)).recipe_run("fineweb", {}),
    ):
        pass
    assert "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_written_is_one_sentence(lake: Path) -> None:
    shutil.rmtree(lake)
    lake.write_text("a file where the folder should be", encoding="utf-8")
    with (
        pytest.raises(SetupError, match=r"MLflow at sqlite.*cannot be used"),
        Tracker.for_lake(str(lake)).recipe_run("x", {}),
    ):
        pass


def test_a_lake_without_a_place_for_mlflow_says_what_to_set() -> None:
    for location in ("s3a://bucket/lake", "main.web"):
        with pytest.raises(SetupError, match="MLFLOW_TRACKING_URI"), Tracker.for_lake(location).recipe_run("x", {}):
            pass


def test_where_a_lake_keeps_its_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert store_of(f"file://{tmp_path}") == store_of(str(tmp_path))
    assert store_of(str(tmp_path)).uri == f"sqlite:///{tmp_path}/_mlflow/mlflow.db"
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "16.4")
    on_databricks = store_of("main.web")
    assert (on_databricks.uri, on_databricks.prefix, on_databricks.experiment) == (
        None,
        "main.web.",
        "/Shared/lakesift",
    )
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://server")
    assert store_of(str(tmp_path)).uri == "http://server"


def test_without_mlflow_nothing_is_written_and_scorers_are_refused(tmp_path: Path) -> None:
    lake = tmp_path / "none"
    tracker = Tracker.disabled()
    with tracker.recipe_run("fineweb", {"a": 1}, {"recipe.yml": ""}) as run, run.stage("score", {}) as stage:
        stage.metrics({"rows_in": 1})
        stage.tags({"fingerprint": "f"})
    assert run.run_id is None
    tracker.log_dataset("fineweb", 1, str(lake), 0, run.run_id)
    with pytest.raises(ScorerError, match="MLflow is off"):
        tracker.resolve_version("quality", "champion")
    assert not lake.exists()


def test_settings_are_flat_and_short() -> None:
    flat = flattened({"a": {"b": {"c": 1}}, "long": "x" * 10_000, "none": None, "flag": True, "at@sign": "v"})
    assert flat == {"a.b.c": "1", "long": "x" * 499 + "…", "none": "null", "flag": "true", "at_sign": "v"}


def test_more_settings_than_mlflow_takes_at_once_are_all_logged(lake: Path) -> None:
    with Tracker.for_lake(str(lake)).recipe_run("wide", {f"key{number}": number for number in range(250)}):
        pass
    assert len(runs_of(lake)["wide"].data.params) == 250


def test_importing_the_tracker_does_not_import_mlflow() -> None:
    import subprocess

    code = "import sys, lakesift.tracking.tracker; sys.exit('mlflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_runs_that_a_kill_left_running_are_ended_by_the_lakes_next_run(lake: Path) -> None:
    store = store_of(str(lake))
    client = MlflowClient(store.uri)
    tracker = Tracker.for_lake(str(lake))
    with tracker.recipe_run("first", {"lake": str(lake)}):
        pass
    (experiment,) = client.search_experiments(filter_string=f"name = '{store.experiment}'")
    killed = client.create_run(experiment.experiment_id, run_name="killed")
    client.log_param(killed.info.run_id, "lake", str(lake))
    stage = client.create_run(experiment.experiment_id, tags={"mlflow.parentRunId": killed.info.run_id})
    training = client.create_run(experiment.experiment_id, run_name="a scorer's training, alive")
    with tracker.recipe_run("next", {"lake": str(lake)}):
        pass
    status = {run.info.run_id: run.info.status for run in client.search_runs([experiment.experiment_id])}
    assert status[killed.info.run_id] == status[stage.info.run_id] == "KILLED"
    assert status[training.info.run_id] == "RUNNING"
    assert sorted(status.values()) == ["FINISHED", "FINISHED", "KILLED", "KILLED", "RUNNING"]

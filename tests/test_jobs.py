"""The files of jobs/ under the real spark-submit: exit codes, tables, and what was submitted holds."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from pyspark.sql import SparkSession

from lakesift import Lake
from lakesift.cli.main import run as run_command
from lakesift.recipe.phases import PHASES
from lakesift.sample import write_sample
from lakesift.spark.jars import jar_folder
from lakesift.spark.java import java_home
from lakesift.spark.session import JAVA_OPTIONS

JOBS = Path(__file__).resolve().parents[1] / "jobs"
PAGES = 20
RECIPE = """name: small
stages:
  - ingest: {}
  - documents:
      steps:
        - signals: [gopher_quality@datatrove]
  - verdicts: {rules: [gopher_quality@datatrove]}
  - publish: {dataset: small}
"""
SUBMITTED = {
    "ingest": ["ingest"],
    "measure": ["documents", "verdicts"],
    "run": ["publish"],
}
"""By job, in the order of the submissions, the stages that it runs; the stages before it are up to date by then."""


def submit(folder: Path, job: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a job in a folder with nothing but the Delta jars, as `--packages io.delta:...` gives them."""
    delta = sorted(str(jar) for jar in (jar_folder() / "jars").glob("io.delta_*.jar"))
    (folder / "events").mkdir(exist_ok=True)
    conf = {
        "spark.ui.enabled": "false",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": f"file://{folder / 'events'}",
        "spark.sql.shuffle.partitions": "3",
        "spark.sql.session.timeZone": "Asia/Tokyo",
        "spark.driver.extraJavaOptions": JAVA_OPTIONS,
    }
    settings = [part for key, value in conf.items() for part in ("--conf", f"{key}={value}")]
    program = Path(sys.executable).with_name("spark-submit")
    return subprocess.run(
        [program, "--master", "local[2]", "--jars", ",".join(delta), *settings, JOBS / f"{job}.py", *arguments],
        cwd=folder,
        env={**os.environ, "JAVA_HOME": java_home(), "PYSPARK_PYTHON": sys.executable},
        capture_output=True,
        text=True,
    )


def submitted_properties(folder: Path) -> dict[str, str]:
    """The Spark properties that the first job ran with, from Spark's own event log."""
    events = min((folder / "events").iterdir(), key=lambda file: file.name).read_text(encoding="utf-8").splitlines()
    (environment,) = (event for event in map(json.loads, events) if event["Event"] == "SparkListenerEnvironmentUpdate")
    return dict(environment["Spark Properties"])


def test_there_is_a_job_for_each_phase_for_the_whole_run_and_for_training_a_scorer() -> None:
    assert {file.stem for file in JOBS.glob("*.py")} == {*PHASES, "run", "train_scorer"}


@pytest.mark.parametrize("name", [*PHASES, "run", "train_scorer"])
def test_a_job_is_a_command_and_nothing_else(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr("lakesift.cli.main.main", called.append)
    monkeypatch.setattr(sys, "argv", ["job", "small.yml", "--lake", "lake"])
    runpy.run_path(str(JOBS / f"{name}.py"), run_name="__main__")
    verb = ["scorer", "train"] if name == "train_scorer" else ["run"]
    phase = ["--phase", name] if name in PHASES else []
    assert called == [[*verb, "small.yml", "--lake", "lake", *phase]]
    assert len((JOBS / f"{name}.py").read_text(encoding="utf-8").splitlines()) <= 12


def test_a_recipe_without_stages_of_the_phase_ends_with_2_and_says_its_phases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "small.yml").write_text(RECIPE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "no-java"))
    ended = CliRunner().invoke(run_command, ["small.yml", "--lake", "lake", "--phase", "balance"])
    assert ended.exit_code == 2
    assert ended.stderr == (
        "lakesift: recipe small has no stage of the phase balance; "
        "expected one of its phases: ingest, measure, publish\n"
    )
    assert not (tmp_path / "lake").exists()


@pytest.mark.slow
@pytest.mark.spark
def test_jobs_run_under_spark_submit_and_continue_one_another(spark: SparkSession, tmp_path: Path) -> None:
    write_sample(tmp_path / "crawl", PAGES, 3)
    (tmp_path / "small.yml").write_text(RECIPE, encoding="utf-8")
    common = ("small.yml", "--lake", "lake", "--source", "crawl/*.warc.gz", "--no-mlflow")
    for job in SUBMITTED:
        ended = submit(tmp_path, job, *common)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    lake = Lake(str(tmp_path / "lake"), spark)
    truth = pq.read_table(tmp_path / "crawl" / "truth.parquet").to_pylist()
    planted = {row["doc_id"] for row in truth if row["expected"] == "page"}
    assert {row.doc_id for row in lake.read("documents").collect()} == planted
    assert lake.read("dataset_small").count() > 0
    runs: dict[str, list[str]] = {}
    for row in lake.read("runs").orderBy("started_at").collect():
        runs.setdefault(row.run_id, []).extend([row.stage] if row.status == "done" else [])
    assert list(runs.values()) == list(SUBMITTED.values())
    properties = submitted_properties(tmp_path)
    assert properties["spark.sql.shuffle.partitions"] == "3"
    assert properties["spark.sql.session.timeZone"] == "Asia/Tokyo"
    assert properties["spark.sql.extensions"] == "io.delta.sql.DeltaSparkSessionExtension"
    assert "spark.driver.bindAddress" not in properties  # A driver on the loopback address has no executors elsewhere.


@pytest.mark.slow
@pytest.mark.spark
def test_a_job_with_a_wrong_recipe_ends_with_2_and_one_message(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "small.yml").write_text(RECIPE.replace("documents:", "document:"), encoding="utf-8")
    ended = submit(tmp_path, "run", "small.yml", "--lake", "lake")
    output = ended.stdout + ended.stderr
    assert ended.returncode == 2, output
    assert "small.yml:4: document: unknown stage document (nearest: documents)" in output
    assert "Traceback" not in output
    assert not (tmp_path / "lake").exists()

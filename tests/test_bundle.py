"""The Databricks bundle, checked with Databricks' own typed models: names, order, and paths are right before a deployment."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from databricks.bundles.jobs import Job, Task

from lakesift.cli.main import cli, run
from lakesift.recipe.phases import parts_of
from lakesift.recipe.recipe import Recipe

ROOT = Path(__file__).resolve().parents[1]
BUNDLE: dict[str, Any] = yaml.safe_load((ROOT / "databricks.yml").read_text(encoding="utf-8"))
DEFINITION = ROOT / "conf" / "databricks" / "job.yml"
TEXT = DEFINITION.read_text(encoding="utf-8")
RECIPES = sorted(file.stem for file in (ROOT / "conf").glob("*.yml"))
NEEDED = {
    "dedup_decontaminate": ["contamination.files=[/Volumes/dev/lakesift/gsm8k.jsonl]"],
    "gneissweb": [
        "documents.resources.tokenizer=/Volumes/dev/lakesift/a.json",
        "repeated_substrings.tokenizer=/Volumes/dev/lakesift/b.json",
    ],
}
"""What recipes ask for, as they say themselves."""
MINE = """name: mine
source: {archives: [/Volumes/main/web/crawl]}
stages:
  - ingest: {}
  - documents: {}
  - commonness: {}
"""


@pytest.fixture(scope="module")
def job() -> Job:
    return Job.from_dict(yaml.safe_load(TEXT)["resources"]["jobs"]["lakesift"])


def job_of(*arguments: str) -> Job:
    """What `lakesift bundle` prints, as a job."""
    said = CliRunner().invoke(cli, ["bundle", *arguments])
    assert said.exit_code == 0, said.output
    return Job.from_dict(next(iter(yaml.safe_load(said.stdout)["resources"]["jobs"].values())))


def options(task: Task) -> dict[str, str]:
    """What the task gives to `lakesift run`, by option; the recipe under `recipe`."""
    assert task.spark_python_task is not None
    recipe, *rest = task.spark_python_task.parameters
    return {"recipe": recipe} | dict(zip(rest[::2], rest[1::2], strict=True))


def file_of(task: Task) -> Path:
    """The file that the task starts; paths are relative to the file that names them."""
    assert task.spark_python_task is not None
    return (DEFINITION.parent / str(task.spark_python_task.python_file)).resolve()


def in_order(job: Job) -> list[str]:
    """Task keys in an order that the dependencies allow; raises CycleError where there is none."""
    return list(
        TopologicalSorter({task.task_key: [on.task_key for on in task.depends_on] for task in job.tasks}).static_order()
    )


def test_the_job_is_what_databricks_models_accept(job: Job) -> None:
    assert job.as_dict()["name"] == "lakesift"
    with pytest.raises(ValueError, match="task_keyy"):
        Job.from_dict({"tasks": [{"task_keyy": "a"}]})  # type: ignore[typeddict-item]


def test_the_jobs_file_is_what_the_command_in_its_first_line_writes(tmp_path: Path) -> None:
    command = re.findall(r"^# Written by `lakesift (.+)`\.$", TEXT.splitlines()[0])
    arguments = command[0].split()
    assert arguments[-2:] == ["--output", "conf/databricks/job.yml"]
    assert CliRunner().invoke(cli, arguments[:-2]).stdout == TEXT, "make reference"


def test_the_tasks_are_the_phases_of_the_recipe_each_after_the_one_before(job: Job) -> None:
    recipe = Recipe.load({parameter.name: parameter.default for parameter in job.parameters}["recipe"])
    parts = parts_of(recipe.stages)
    assert in_order(job) == [task.task_key for task in job.tasks] == [part.phase for part in parts]
    assert [(options(task)["--from"], options(task)["--to"]) for task in job.tasks] == [part[1:] for part in parts]
    assert all(len(task.depends_on) == 1 for task in job.tasks[1:])


def test_the_tasks_start_files_of_jobs_with_options_of_the_command(job: Job) -> None:
    known = {name for parameter in run.params for name in parameter.opts}
    for task in job.tasks:
        assert set(options(task)) <= known
        assert file_of(task) == ROOT / "jobs" / f"{task.task_key}.py"
        assert file_of(task).is_file()


def test_a_phase_that_comes_twice_is_two_tasks_of_one_file() -> None:
    tasks = job_of("sample").tasks
    keys = ["ingest", "measure", "score", "deduplicate", "publish", "balance", "publish_2"]
    assert [task.task_key for task in tasks] == keys
    assert [file_of(task).stem for task in tasks] == [*keys[:-1], "publish"]
    assert [options(task)["--from"] for task in tasks][-3:] == ["publish", "pairs", "publish_pairs"]


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_shipped_recipe_becomes_a_job(recipe: str) -> None:
    tasks = job_of(recipe, *(part for value in NEEDED.get(recipe, ()) for part in ("--set", value))).tasks
    assert tasks[0].task_key == "ingest"
    assert all(file_of(task).parent == ROOT / "jobs" for task in tasks)


def test_a_recipe_of_ones_own_is_read_from_the_bundles_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yml").write_text(MINE, encoding="utf-8")
    arguments = ["mine.yml", "--lake", "main.web", "--set", "commonness.segments=5", "--name", "soft"]
    ended = CliRunner().invoke(cli, ["bundle", *arguments, "--output", "jobs.yml"])
    assert (ended.exit_code, ended.output) == (0, "")
    text = (tmp_path / "jobs.yml").read_text(encoding="utf-8")
    assert "lakesift bundle mine.yml --lake main.web --set commonness.segments=5 --name soft --output jobs.yml`" in text
    job = Job.from_dict(yaml.safe_load(text)["resources"]["jobs"]["soft"])
    assert {parameter.name: parameter.default for parameter in job.parameters} == {
        "recipe": "${workspace.file_path}/mine.yml",
        "lake": "main.web",
    }
    assert [task.as_dict()["spark_python_task"]["python_file"] for task in job.tasks] == [
        "jobs/ingest.py", "jobs/measure.py", "jobs/deduplicate.py",
    ]  # fmt: skip
    assert options(job.tasks[2])["--set"] == "commonness.segments=5"
    assert "--source" not in options(job.tasks[0])  # The recipe has its own.


def test_every_job_parameter_and_variable_that_is_used_is_declared(job: Job) -> None:
    parameters = {parameter.name for parameter in job.parameters}
    assert set(re.findall(r"\{\{job\.parameters\.(\w+)\}\}", TEXT)) == parameters
    assert set(re.findall(r"\$\{var\.(\w+)\}", TEXT)) == set(BUNDLE["variables"])


def test_every_task_runs_on_a_cluster_of_the_job_that_may_use_unity_catalog(job: Job) -> None:
    clusters = {cluster.job_cluster_key: cluster.new_cluster for cluster in job.job_clusters}
    assert {task.job_cluster_key for task in job.tasks} == set(clusters)
    for cluster in clusters.values():
        assert cluster.as_dict()["data_security_mode"] == "SINGLE_USER"  # type: ignore[union-attr]


@pytest.mark.parametrize("target", ["dev", "prod"])
def test_each_target_gives_every_variable_a_value(target: str) -> None:
    chosen = BUNDLE["targets"][target]
    defaults = {name for name, variable in BUNDLE["variables"].items() if "default" in variable}
    assert defaults | set(chosen["variables"]) == set(BUNDLE["variables"])
    assert chosen["mode"] == {"dev": "development", "prod": "production"}[target]
    # A production target that is deployed by several people needs one path for all of them.
    assert ("root_path" in chosen.get("workspace", {})) == (target == "prod")


def test_dev_is_the_only_default_target() -> None:
    assert [name for name, target in BUNDLE["targets"].items() if target.get("default")] == ["dev"]


def test_the_bundle_finds_the_job_and_the_job_finds_the_wheel_that_the_bundle_builds(job: Job) -> None:
    assert [file for pattern in BUNDLE["include"] for file in ROOT.glob(pattern)] == [DEFINITION]
    (artifact,) = BUNDLE["artifacts"].values()
    built = ROOT / artifact["path"] / re.findall(r"--wheel-dir (\S+)", artifact["build"])[0]
    for task in job.tasks:
        (library,) = task.libraries
        # Paths are relative to the file that names them.
        wheels = DEFINITION.parent / str(library.whl)
        assert wheels.parent.resolve() == built.resolve()
        assert wheels.name == "*.whl"

"""The Databricks bundle, checked with Databricks' own typed models: names, order, and paths are right before a deployment."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
import yaml
from databricks.bundles.jobs import Job, Task

from lakesift.cli.main import run
from lakesift.recipe.recipe import Recipe

ROOT = Path(__file__).resolve().parents[1]
BUNDLE: dict[str, Any] = yaml.safe_load((ROOT / "databricks.yml").read_text(encoding="utf-8"))
DEFINITION = ROOT / "conf" / "databricks" / "job.yml"
TEXT = DEFINITION.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def job() -> Job:
    return Job.from_dict(yaml.safe_load(TEXT)["resources"]["jobs"]["lakesift"])


def options(task: Task) -> dict[str, str]:
    """What the task gives to `lakesift run`, by option; the recipe under `recipe`."""
    assert task.python_wheel_task is not None
    verb, recipe, *rest = task.python_wheel_task.parameters
    assert verb == "run"
    return {"recipe": recipe} | dict(zip(rest[::2], rest[1::2], strict=True))


def in_order(job: Job) -> list[str]:
    """Task keys in an order that the dependencies allow; raises CycleError where there is none."""
    return list(
        TopologicalSorter({task.task_key: [on.task_key for on in task.depends_on] for task in job.tasks}).static_order()
    )


def test_the_job_is_what_databricks_models_accept(job: Job) -> None:
    assert job.as_dict()["tasks"][0]["python_wheel_task"]["package_name"] == "lakesift"
    with pytest.raises(ValueError, match="task_keyy"):
        Job.from_dict({"tasks": [{"task_keyy": "a"}]})  # type: ignore[typeddict-item]


def test_the_tasks_depend_on_one_another_in_the_order_of_the_default_recipe(job: Job) -> None:
    recipe = Recipe.load(BUNDLE["variables"]["recipe"]["default"])
    assert in_order(job) == [stage.name for stage in recipe.stages]
    assert [options(task)["--only"] for task in job.tasks] == [task.task_key for task in job.tasks]
    assert all(len(task.depends_on) == 1 for task in job.tasks[1:])


def test_the_tasks_call_the_command_with_its_own_options(job: Job) -> None:
    known = {name for parameter in run.params for name in parameter.opts}
    for task in job.tasks:
        assert set(options(task)) <= known
        assert task.python_wheel_task is not None
        assert task.python_wheel_task.entry_point == "lakesift"


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

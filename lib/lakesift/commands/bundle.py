"""A Databricks job for any recipe: each of its phases is a task that starts a file of jobs/."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from lakesift.recipe.phases import Part, parts_of
from lakesift.recipe.recipe import Recipe

DEFAULT: Final = Path("conf/databricks/job.yml")
HEAD: Final = """\
# Written by `{command}`.
# Each phase of the recipe is a task after the one before it; a task that is retried goes on where it stopped.
"""
CLUSTER: Final = {
    "spark_version": "15.4.x-scala2.12",
    "node_type_id": "${var.node_type}",
    "num_workers": "${var.workers}",
    "data_security_mode": "SINGLE_USER",
    "spark_conf": {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "500",
    },
}
"""Without its data_security_mode a cluster does not see Unity Catalog."""
CLUSTER_KEY: Final = "spark"
RETRIES: Final = 2


def bundle_text(
    recipe: str, output: Path, *, lake: str = "${var.lake}", overrides: Sequence[str] = (), name: str = "lakesift"
) -> str:
    """Return the YAML of a Databricks job that runs a recipe.

    Args:
        recipe: a shipped one, or a file below the working directory, which is the bundle's folder.
        output: the YAML file; its paths are relative to it.
        lake: default of the job's parameter `lake`.
        overrides: `stage.key=value` changes of the recipe.
        name: key and name of the job.

    Raises:
        UsageError, RecipeError: as `Recipe.load`.
    """
    checked = Recipe.load(recipe, overrides)
    path = Path(recipe)
    is_in_bundle = path.is_file() and not path.is_absolute()
    parameters = {"recipe": f"${{workspace.file_path}}/{path.as_posix()}" if is_in_bundle else recipe, "lake": lake}
    if not (checked.source.archives or checked.source.table):
        parameters["source"] = "${var.source}"
    options = [f"{{{{job.parameters.{each}}}}}" for each in parameters]
    common = [options[0], *(part for pair in zip(("--lake", "--source"), options[1:], strict=False) for part in pair)]
    common += [part for override in overrides for part in ("--set", override)]
    job = {
        "name": name,
        "max_concurrent_runs": 1,
        "parameters": [{"name": key, "default": value} for key, value in parameters.items()],
        "job_clusters": [{"job_cluster_key": CLUSTER_KEY, "new_cluster": CLUSTER}],
        "tasks": _tasks(parts_of(checked.stages), common, Path(os.path.relpath(".", output.parent))),
    }
    written: str = yaml.safe_dump(
        {"resources": {"jobs": {name: job}}}, sort_keys=False, default_flow_style=None, width=110, allow_unicode=True
    )
    return HEAD.format(command=_command(recipe, output, lake, overrides, name)) + written


def _tasks(parts: Sequence[Part], common: Sequence[str], root: Path) -> list[dict[str, Any]]:
    """Return one task for each part of a recipe; a phase that comes again has a number in its task's key."""
    tasks: list[dict[str, Any]] = []
    for place, part in enumerate(parts):
        times = [each.phase for each in parts[: place + 1]].count(part.phase)
        file = (root / "jobs" / f"{part.phase}.py").as_posix()
        task = {
            "task_key": part.phase if times == 1 else f"{part.phase}_{times}",
            "depends_on": [{"task_key": task["task_key"]} for task in tasks[-1:]],
            "job_cluster_key": CLUSTER_KEY,
            "max_retries": RETRIES,
            "spark_python_task": {
                "python_file": file,
                "parameters": [*common, "--from", part.first, "--to", part.last],
            },
            "libraries": [{"whl": (root / "dist" / "*.whl").as_posix()}],
        }
        tasks.append({key: value for key, value in task.items() if value != []})
    return tasks


def _command(recipe: str, output: Path, lake: str, overrides: Sequence[str], name: str) -> str:
    """Return the command that writes the same again."""
    words = ["lakesift", "bundle", recipe]
    words += ["--lake", lake] if lake != "${var.lake}" else []
    words += [part for override in overrides for part in ("--set", override)]
    words += ["--name", name] if name != "lakesift" else []
    return shlex.join([*words, "--output", output.as_posix()])

"""Find the MLflow store of a lake, make it where it is local, and connect to it."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lakesift.errors import SetupError

CATALOG = re.compile(r"[\w-]+\.[\w-]+")
DATABASE = "mlflow.db"
UNFINISHED = "unfinished-"
# No word to anybody but the tracking server, and a quick answer when that does not answer; the user's own values win.
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}


@dataclass(frozen=True)
class Store:
    """Where MLflow keeps runs and models.

    Attributes:
        uri: tracking and registry URI; None: MLflow's own choice (on Databricks, the workspace and Unity Catalog).
        artifacts: folder of the artifacts of a local store.
        experiment: name of the experiment.
        prefix: what stands before a scorer's name in the registry (`catalog.schema.` in Unity Catalog).
        scorers: folder that scorers are downloaded into from a remote store; workers read them there.
        problem: why there is no store, if there is none.
    """

    uri: str | None
    artifacts: Path | None
    experiment: str
    prefix: str
    scorers: Path
    problem: str | None = None


def store_of(lake: str) -> Store:
    """Choose MLFLOW_TRACKING_URI, else Databricks, else SQLite in a local lake."""
    declared, databricks = os.environ.get("MLFLOW_TRACKING_URI"), "DATABRICKS_RUNTIME_VERSION" in os.environ
    in_catalog = CATALOG.fullmatch(lake) is not None
    local = not in_catalog and "://" not in lake.replace("file:///", "/")
    folder = Path(lake.removeprefix("file://").removeprefix("file:")).absolute()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lakesift"
    scorers = Path(os.environ.get("LAKESIFT_SCORERS") or (folder if local else cache) / "_scorers")
    hosted = databricks or (declared or "").startswith("databricks")
    experiment = os.environ.get("MLFLOW_EXPERIMENT_NAME") or ("/Shared/lakesift" if hosted else "lakesift")
    prefix = f"{lake}." if in_catalog and hosted else ""
    if declared or databricks:
        return Store(declared, None, experiment, prefix, scorers)
    if local:
        home = folder / "_mlflow"
        return Store(f"sqlite:///{home / DATABASE}", home / "artifacts", experiment, prefix, scorers)
    return Store(None, None, experiment, prefix, scorers, f"no MLflow store is set for the lake {lake}")


def connect(store: Store) -> Any:
    """Import MLflow and make a client of a store; a local store is made first.

    Raises:
        SetupError: there is no store.
    """
    if store.problem:
        next_step = "set MLFLOW_TRACKING_URI (sqlite:////some/where.db, or a server), or pass --no-mlflow"
        raise SetupError(store.problem, next_step=next_step)
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    if store.artifacts is not None:
        store.artifacts.mkdir(parents=True, exist_ok=True)
        _make_database(store.artifacts.parent)
    from mlflow import MlflowClient

    return MlflowClient(store.uri, os.environ.get("MLFLOW_REGISTRY_URI") or store.uri)


def _make_database(home: Path) -> None:
    """Make a local store whole or not at all: MLflow cannot open a part of one."""
    if (home / DATABASE).exists():
        return
    from mlflow import MlflowClient

    for left in home.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left)
    # Each time another name: MLflow keeps its connection to a file by the file's name.
    with TemporaryDirectory(prefix=UNFINISHED, dir=home) as folder:
        MlflowClient(f"sqlite:///{folder}/{DATABASE}").search_experiments(max_results=1)
        Path(folder, DATABASE).rename(home / DATABASE)

"""The one connection to MLflow: a thread of its own, so that its slow import and its writes do not hold up a run."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from lakesift.errors import SetupError, first_line
from lakesift.lake.commits import known_cause

T = TypeVar("T")
CATALOG = re.compile(r"[\w-]+\.[\w-]+")
MLFLOW_FOLDER = "_mlflow"
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
# What MLflow imports and a run uses too. Imported before the thread starts: two threads that import the same package
# at once can see it half made.
SHARED_PACKAGES = ("numpy", "pandas", "pyarrow", "scipy.sparse", "pydantic", "yaml", "jinja2")


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
    """The store of a lake: MLFLOW_TRACKING_URI, else Databricks, else SQLite inside a local lake's folder."""
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
        home = folder / MLFLOW_FOLDER
        return Store(f"sqlite:///{home / DATABASE}", home / "artifacts", experiment, prefix, scorers)
    return Store(None, None, experiment, prefix, scorers, f"no MLflow store is set for the lake {lake}")


class MlflowThread:
    """Runs MLflow calls one after the other in a thread; the first one imports and connects.

    Args:
        store: where to.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._pool: ThreadPoolExecutor | None = None
        self._client: Any = None
        self._pending: list[Future[Any]] = []

    def later(self, work: Callable[[Any], T]) -> Future[T]:
        """Queue a call of `work(client)`; a failure of an earlier one is raised here.

        Raises:
            SetupError: MLflow cannot be reached or used.
        """
        self._raise_failures(wait=False)
        if self._pool is None:
            for package in SHARED_PACKAGES:
                importlib.import_module(package)
            self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mlflow")
        future = self._pool.submit(self._run, work)
        self._pending.append(future)
        return future

    def now(self, work: Callable[[Any], T]) -> T:
        """Call `work(client)` after everything queued and wait for what it gives.

        Raises:
            SetupError: MLflow cannot be reached or used.
        """
        future = self.later(work)
        self._raise_failures(wait=True)
        return future.result()

    def settle(self) -> None:
        """Wait for everything queued.

        Raises:
            SetupError: MLflow cannot be reached or used.
        """
        self._raise_failures(wait=True)

    def _raise_failures(self, wait: bool) -> None:
        while self._pending and (wait or self._pending[0].done()):
            future = self._pending.pop(0)
            failure = future.exception()
            if failure is not None:
                # What was queued behind it would fail in the same way, or work on half a run.
                for other in self._pending:
                    other.cancel()
                self._pending.clear()
                raise failure

    def _run(self, work: Callable[[Any], T]) -> T:
        where = self.store.uri or "its default store"
        try:
            if self._client is None:
                self._client = self._connect()
            return work(self._client)
        except (ImportError, OSError) as error:
            raise self._unusable(where, error) from error
        except Exception as error:
            if type(error).__module__.split(".")[0] in ("mlflow", "sqlalchemy", "alembic", "requests", "databricks"):
                raise self._unusable(where, error) from error
            raise

    def _connect(self) -> Any:
        if self.store.problem:
            raise SetupError(
                self.store.problem,
                next_step="set MLFLOW_TRACKING_URI (sqlite:////some/where.db, or a server), or pass --no-mlflow",
            )
        for name, value in QUIET.items():
            os.environ.setdefault(name, value)
        if self.store.artifacts is not None:
            self.store.artifacts.mkdir(parents=True, exist_ok=True)
            _make_database(self.store.artifacts.parent / DATABASE)
        from mlflow import MlflowClient

        registry = os.environ.get("MLFLOW_REGISTRY_URI") or self.store.uri
        return MlflowClient(tracking_uri=self.store.uri, registry_uri=registry)

    def _unusable(self, where: str, error: Exception) -> SetupError:
        check = "check MLFLOW_TRACKING_URI and that the server answers, or pass --no-mlflow"
        reason, next_step = known_cause(error) or (first_line(error), check)
        return SetupError(f"MLflow at {where} cannot be used: {reason}", next_step=next_step)


def _make_database(database: Path) -> None:
    """Make a local store whole or not at all: MLflow cannot open one whose making was cut off (a kill, a full disk)."""
    if database.exists():
        return
    from mlflow import MlflowClient

    for left in database.parent.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left)
    # Each time another name: MLflow keeps its connection to a file by the file's name.
    folder = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=database.parent))
    MlflowClient(tracking_uri=f"sqlite:///{folder / DATABASE}").search_experiments(max_results=1)
    (folder / DATABASE).rename(database)
    shutil.rmtree(folder)

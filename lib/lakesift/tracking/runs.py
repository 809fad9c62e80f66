"""Runs in MLflow as the rest of lakesift sees them: metrics, settings, tags, texts and data set versions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lakesift.clock import now
from lakesift.errors import SetupError
from lakesift.tracking.connection import MlflowThread
from lakesift.tracking.store import Store

# MLflow refuses other characters in the name of a parameter, metric or tag.
NOT_IN_NAMES = re.compile(r"[^\w./: -]")
LONGEST_VALUE = 500
LONGEST_DIGEST = 36
ITEMS_PER_CALL = 100
MOST_KILLED = 1_000
TABLE_NAME = re.compile(r"[\w-]+(\.[\w-]+){1,2}")


@dataclass(frozen=True)
class DataVersion:
    """A data set as it was at one time.

    Attributes:
        name: what people call it.
        location: folder or URL, or `catalog.schema.table`.
        version: Delta version; None where it is not a Delta table.
        digest: of its content, where there is no version.
    """

    name: str
    location: str
    version: int | None = None
    digest: str | None = None


class LoggedRun:
    """A run in MLflow, or nothing when tracking is off; writes are queued and do not wait for the server."""

    def __init__(self, thread: MlflowThread | None, created: Future[str] | None) -> None:
        self._thread, self._created = thread, created

    @property
    def run_id(self) -> str | None:
        """MLflow's id of the run; None when tracking is off. Waits for MLflow."""
        return self._created.result() if self._created is not None else None

    def metrics(self, values: Mapping[str, float | int | None]) -> None:
        """Log numbers; None values are left out."""
        found = {_name(key): float(value) for key, value in values.items() if value is not None}
        stamp = int(now().timestamp() * 1000)
        self._later(lambda client, run_id: _log_batch(client, run_id, "metrics", found, stamp, 0))

    def tags(self, values: Mapping[str, Any]) -> None:
        """Log texts such as a fingerprint."""
        found = {_name(key): _short(value) for key, value in values.items()}
        self._later(lambda client, run_id: _log_batch(client, run_id, "tags", found))

    def params(self, values: Mapping[str, Any]) -> None:
        """Log settings: nested ones under dotted names, long values cut."""
        found = flattened(values)
        self._later(lambda client, run_id: _log_batch(client, run_id, "params", found))

    def text(self, file: str, content: str) -> None:
        """Keep a text as a file of the run."""
        self._later(lambda client, run_id: client.log_text(run_id, content, file))

    def data(self, data: DataVersion, context: str) -> None:
        """Name a data set version as input of the run."""
        self._later(lambda client, run_id: log_data(client, run_id, data, context))

    def _later(self, work: Callable[[Any, str], None]) -> None:
        if self._thread is not None:
            self._thread.later(lambda client: work(client, str(self.run_id)))


class RecipeRun(LoggedRun):
    """The run of a recipe; its stages are runs inside it."""

    @contextmanager
    def stage(self, name: str, settings: Mapping[str, Any]) -> Iterator[LoggedRun]:
        """A run inside this one for one stage; it ends as failed when the block raises."""
        if self._thread is None:
            yield LoggedRun(None, None)
            return
        with started_run(self._thread, name, self) as run:
            run.params(settings)
            yield run


def flattened(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested settings as dotted names with short texts; lists as JSON, None as an empty text."""
    flat: dict[str, str] = {}
    for key, value in values.items():
        name = f"{prefix}{_name(str(key))}"
        flat.update(flattened(value, f"{name}.") if isinstance(value, Mapping) else {name: _short(value)})
    return flat


@contextmanager
def started_run(thread: MlflowThread, name: str, parent: LoggedRun | None) -> Iterator[RecipeRun]:
    """An MLflow run around a block: FINISHED, or FAILED with the error when the block raises.

    Args:
        thread: where to.
        name: of the run.
        parent: the run that it is inside of.
    """
    created = thread.later(lambda client: _create(client, thread.store, name, parent))
    run, status = RecipeRun(thread, created), "FINISHED"
    try:
        yield run
    except BaseException as error:
        status = "FAILED"
        run.tags({"lakesift.error": str(error) or type(error).__name__})
        raise
    finally:
        thread.later(lambda client: client.set_terminated(run.run_id, status))


@contextmanager
def settled(thread: MlflowThread) -> Iterator[None]:
    """Wait at the end of a block for everything it queued; a failure of the block itself comes first.

    Raises:
        SetupError: MLflow could not be reached or used.
    """
    try:
        yield
    except BaseException as error:
        try:
            thread.settle()
        except SetupError as second:
            if second is not error:
                error.add_note(str(second))
        raise
    thread.settle()


def log_data(client: Any, run_id: str, data: DataVersion, context: str) -> None:
    """Name a data set version as input of a run; neither reads the data nor asks anybody but the tracking server."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    if data.version is not None:
        key = "delta_table_name" if TABLE_NAME.fullmatch(data.location) else "path"
        kind, source = "delta_table", {key: data.location, "delta_table_version": data.version}
    else:
        scheme, found, _ = data.location.partition("://")
        kind, source = (scheme if found else "local"), {"uri": data.location}
    digest = data.digest or hashlib.sha256(json.dumps(source, sort_keys=True).encode()).hexdigest()
    entity = Dataset(data.name, digest[:LONGEST_DIGEST], kind, json.dumps(source))
    client.log_inputs(run_id, [DatasetInput(entity, [InputTag("mlflow.data.context", context)])])


def _create(client: Any, store: Store, name: str, parent: LoggedRun | None) -> str:
    tags = {"mlflow.source.name": "lakesift", "mlflow.source.type": "JOB"}
    if parent is not None:
        tags["mlflow.parentRunId"] = str(parent.run_id)
    experiment = client.get_experiment_by_name(store.experiment)
    place = None if store.artifacts is None else store.artifacts.as_uri()
    if experiment is not None and place is not None and experiment.artifact_location != place:
        # The lake was moved. MLflow cannot move an experiment's artifacts: new runs get an experiment that lies here.
        client.rename_experiment(experiment.experiment_id, f"{store.experiment}, was {experiment.artifact_location}")
        experiment = None
    known = None if experiment is None else experiment.experiment_id
    experiment_id = known or client.create_experiment(store.experiment, artifact_location=place)
    return str(client.create_run(experiment_id, run_name=name, tags=tags).info.run_id)


def end_killed(client: Any, store: Store, lake: str) -> None:
    """End as KILLED the runs of recipes, and their stages, that a kill has left RUNNING in a lake's own store.

    Args:
        client: of MLflow.
        store: one that several lakes share is left alone: their runs may be alive.
        lake: location; who asks holds it, so that no run of it is alive.
    """
    experiment = client.get_experiment_by_name(store.experiment) if store.artifacts is not None else None
    if experiment is None:
        return
    running = client.search_runs([experiment.experiment_id], "attributes.status = 'RUNNING'", max_results=MOST_KILLED)
    killed = {run.info.run_id for run in running if run.data.params.get("lake") == lake}
    for run in running:
        if run.info.run_id in killed or run.data.tags.get("mlflow.parentRunId") in killed:
            client.set_terminated(run.info.run_id, "KILLED")


def _log_batch(client: Any, run_id: str, kind: str, values: Mapping[str, Any], *stamp: int) -> None:
    from mlflow.entities import Metric, Param, RunTag

    entity = {"metrics": Metric, "params": Param, "tags": RunTag}[kind]
    items = [entity(key, value, *stamp) for key, value in values.items()]
    for start in range(0, len(items), ITEMS_PER_CALL):
        client.log_batch(run_id, **{kind: items[start : start + ITEMS_PER_CALL]})


def _name(key: str) -> str:
    return NOT_IN_NAMES.sub("_", key)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"

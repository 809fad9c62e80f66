"""MLflow: one run per recipe run with one inside it per stage, data set versions, and the registry of scorers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lakesift.errors import ScorerError
from lakesift.tracking import registry as scorer_registry
from lakesift.tracking.connection import MlflowThread
from lakesift.tracking.runs import DataVersion, LoggedRun, RecipeRun, end_killed, log_data, settled, started_run
from lakesift.tracking.store import Store, store_of

__all__ = ["DataVersion", "LoggedRun", "RecipeRun", "Tracker"]


class Tracker:
    """MLflow for one lake.

    Args:
        store: where to; None: no MLflow at all.
    """

    def __init__(self, store: Store | None) -> None:
        self._store = store
        self._thread = MlflowThread(store) if store is not None else None

    @classmethod
    def for_lake(cls, location: str) -> Tracker:
        """The tracker of a lake: MLFLOW_TRACKING_URI, else Databricks, else SQLite in a local lake's folder."""
        return cls(store_of(location))

    @classmethod
    def disabled(cls) -> Tracker:
        """Writes nothing; scorers cannot be trained or found."""
        return cls(None)

    @contextmanager
    def recipe_run(
        self, name: str, params: Mapping[str, Any], texts: Mapping[str, str] | None = None
    ) -> Iterator[RecipeRun]:
        """One MLflow run around a block; FAILED when the block raises. MLflow starts while the block works.

        Args:
            name: of the run.
            params: settings, nested or flat.
            texts: files to keep with the run, content by file name (the recipe).

        Raises:
            SetupError: MLflow cannot be reached or used; at the next call or, at the latest, when the block ends.
        """
        if self._thread is None:
            yield RecipeRun(None, None)
            return
        thread, lake = self._thread, str(params.get("lake"))
        thread.later(lambda client: end_killed(client, thread.store, lake))
        with settled(thread), started_run(thread, name, None) as run:
            run.params(params)
            for file, content in (texts or {}).items():
                run.text(file, content)
            yield run

    def log_dataset(self, name: str, version: int, location: str, delta_version: int, run_id: str | None) -> None:
        """Name a published data set version in the run that published it.

        Args:
            name: of the data set; `name@version` is its name in MLflow.
            version: its version in `datasets`.
            location: its table: folder, URL or `catalog.schema.table`.
            delta_version: Delta version that holds it.
            run_id: MLflow run; None: nothing is logged.
        """
        if self._thread is not None and run_id is not None:
            data = DataVersion(f"{name}@{version}", location, delta_version)
            self._thread.later(lambda client: log_data(client, run_id, data, "published"))

    def log_scorer(
        self,
        name: str,
        folder: Path,
        *,
        params: Mapping[str, Any],
        metrics: Mapping[str, float],
        data: DataVersion,
        alias: str,
        extra: str = "",
    ) -> str:
        """Log a trained scorer with its settings, figures and training data; register it and give it an alias.

        Args:
            name: of the scorer.
            folder: its model folder.
            params: what it was trained with.
            metrics: what it achieved.
            data: the labelled documents.
            alias: moved to the new version.
            extra: extra of lakesift that the model needs (`[spark-nlp]`).

        Returns:
            The new version.

        Raises:
            ScorerError: tracking is off.
            SetupError: MLflow cannot be reached or used.
        """
        thread, store = self._registry()
        tags = {"lakesift.training_data": f"{data.location}@{data.digest if data.version is None else data.version}"}
        with settled(thread), started_run(thread, f"train {name}", None) as run:
            run.params(params)
            run.metrics(metrics)
            run.data(data, "training")
            run_id = str(run.run_id)
            number = thread.now(
                lambda client: scorer_registry.register(client, store, name, run_id, folder, extra, tags)
            )
        self.set_alias(name, alias, number)
        return number

    def has_scorer(self, name: str, alias_or_version: str = "champion") -> bool:
        """Whether `resolve_version` would find a scorer."""
        try:
            self.resolve_version(name, alias_or_version)
        except ScorerError:
            return False
        return True

    def set_alias(self, name: str, alias: str, version: str) -> None:
        """Move an alias of a scorer to a version.

        Raises:
            ScorerError: tracking is off, or there is no such scorer or version.
        """
        thread, store = self._registry()
        thread.now(lambda client: scorer_registry.resolve(client, store, name, version))
        thread.now(lambda client: client.set_registered_model_alias(store.prefix + name, alias, version))

    def resolve_version(self, name: str, alias_or_version: str) -> str:
        """The version that an alias stands for.

        Raises:
            ScorerError: tracking is off, or there is no such scorer, alias or version.
        """
        thread, store = self._registry()
        if store.artifacts is not None and not store.artifacts.parent.is_dir():
            # Asking MLflow would make the store, and `lakesift plan` writes nothing.
            raise scorer_registry.unknown(name, alias_or_version, "a scorer that was trained for this lake")
        return thread.now(lambda client: scorer_registry.resolve(client, store, name, alias_or_version))

    def scorer_folder(self, name: str, version: str) -> Path:
        """The model folder of a scorer version, where workers read it.

        In a local lake it lies inside the lake. A remote store's files are downloaded once into LAKESIFT_SCORERS, else
        `_scorers` in the lake's folder; on a cluster this must be a folder that all machines see at the same path.

        Raises:
            ScorerError: tracking is off, or the files are gone.
        """
        thread, store = self._registry()
        return thread.now(lambda client: scorer_registry.folder_of(client, store, name, version))

    def _registry(self) -> tuple[MlflowThread, Store]:
        if self._thread is None or self._store is None:
            raise ScorerError("scorers live in MLflow, and MLflow is off", next_step="leave out --no-mlflow")
        return self._thread, self._store

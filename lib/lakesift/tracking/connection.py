"""Call MLflow in a thread: neither its slow import nor its writes hold up a run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from importlib import import_module
from typing import Any, TypeVar

from lakesift.errors import SetupError, first_line
from lakesift.lake.commits import known_cause
from lakesift.tracking.store import Store, connect

T = TypeVar("T")
# What MLflow imports and a run uses too. Imported before the thread starts: two threads that import the same package
# at once can see it half made.
SHARED_PACKAGES = ("numpy", "pandas", "pyarrow", "scipy.sparse", "pydantic", "yaml", "jinja2")
# Whose errors say that the store cannot be used; those of requests and of Databricks' SDK are OSErrors.
OF_MLFLOW = ("mlflow", "sqlalchemy", "alembic")


class MlflowThread:
    """Runs MLflow calls one after the other in a thread; the first one imports and connects.

    Args:
        store: where to.

    Raises:
        SetupError: from each method, the first one after MLflow could not be reached or used.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mlflow")
        self._client: Any = None
        self._last: Future[Any] | None = None
        self._failure: Exception | None = None

    def later(self, work: Callable[[Any], T]) -> Future[T]:
        """Queue a call of `work(client)`; a failure of an earlier one is raised here."""
        if self._failure is not None:
            self.settle()
        for package in SHARED_PACKAGES:
            import_module(package)
        future = self._last = self._pool.submit(self._call, work)
        return future

    def now(self, work: Callable[[Any], T]) -> T:
        """Call `work(client)` after everything queued and wait for what it gives."""
        future = self.later(work)
        self.settle()
        return future.result()

    def settle(self) -> None:
        """Wait for everything queued; the first failure is raised, once."""
        if self._last is not None:
            wait([self._last])
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _call(self, work: Callable[[Any], T]) -> T:
        # What was queued behind a failure would fail in the same way, or work on half a run.
        if self._failure is not None:
            raise self._failure
        try:
            return self._reach(work)
        except Exception as error:
            self._failure = error
            raise

    def _reach(self, work: Callable[[Any], T]) -> T:
        try:
            self._client = self._client or connect(self.store)
            return work(self._client)
        except Exception as error:
            if not isinstance(error, ImportError | OSError) and not type(error).__module__.startswith(OF_MLFLOW):
                raise
            check = "check MLFLOW_TRACKING_URI and that the server answers, or pass --no-mlflow"
            reason, next_step = known_cause(error) or (first_line(error), check)
            where = self.store.uri or "its default store"
            raise SetupError(f"MLflow at {where} cannot be used: {reason}", next_step=next_step) from error

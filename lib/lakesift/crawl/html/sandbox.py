"""A child process for work that hostile input can hang or kill.

It has limits on time and memory; after its death a new one starts.
"""

from __future__ import annotations

import importlib
import logging
import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, Final, Generic, Self, TypeVar

from lakesift.crawl.pages.rejection import RecordRejected
from lakesift.errors import SetupError

# Time is counted on the child's own CPU, so that a busy machine decides as an idle one does. This many times as long on
# the clock stops a child that sleeps or swaps.
WALL_CLOCK_FACTOR: Final = 10.0
_PIPE_BYTES: Final = 1 << 20  # Linux' default of 64 KiB is one switch between the processes per page
_READY: Final = "ready"
_END_OF_STREAM: Final = (EOFError, BrokenPipeError, pickle.UnpicklingError)
_OUT_OF_MEMORY: Final = 117
_TIMEOUT_SIGNALS: Final = frozenset({-signal.SIGPROF, -signal.SIGALRM})

Result = TypeVar("Result")


class Sandbox(Generic[Result]):
    """Calls one function on many inputs in a child process, until an input kills it.

    A child and not a thread, because C code can neither be interrupted nor survived; a new interpreter and not a fork,
    because Spark's workers have threads and sockets that a fork would copy. The child does not outlive its parent by
    more than one input: it reads end of file. It protects against accidents, it is no defence against code execution.

    Args:
        factory: `module:function` that makes the handler from `setup` in the child.
        setup: the factory's argument; must pickle.
        cpu_seconds: CPU time that one input may take; ten times as long on the clock.
        memory_bytes: address space of the child, where the system limits it (Linux).
    """

    def __init__(self, factory: str, setup: object, *, cpu_seconds: float, memory_bytes: int) -> None:
        self._greeting = (factory, setup, cpu_seconds, memory_bytes)
        self._cpu_seconds = cpu_seconds
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Return the sandbox; its child starts with the first input."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the child."""
        self.close()

    def close(self) -> None:
        """End the child and wait for it; the next call starts another."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def map(self, calls: Sequence[tuple[Any, ...]]) -> list[Result | RecordRejected]:
        """Call the handler with each tuple of arguments.

        All of them are sent at once, so bound their bytes.

        Args:
            calls: arguments of the handler, in order; must pickle.

        Returns:
            The result or the rejection of every call, in order. `extraction_failed` when the handler raised,
            `extraction_timeout` and `extraction_crashed` when the child died of this very input. A crash counts when it
            happens twice, the second time in a new child with nothing else in it.
        """
        results: list[Result | RecordRejected] = []
        while len(results) < len(calls):
            results += self._map_until_death(calls[len(results) :])
            if len(results) < len(calls):
                results.append(self._post_mortem(calls[len(results)]))
        return results

    def _post_mortem(self, call: tuple[Any, ...]) -> Result | RecordRejected:
        status = self._reap()
        if status not in _TIMEOUT_SIGNALS:
            again = self._map_until_death([call])
            if again:
                return again[0]
            status = self._reap()
        if status in _TIMEOUT_SIGNALS:
            return RecordRejected("extraction_timeout", f"more than {self._cpu_seconds:g} s of CPU time")
        cause = "out of memory" if status == _OUT_OF_MEMORY else f"exit status {status}"
        return RecordRejected("extraction_crashed", cause)

    def _reap(self) -> int:
        child, self._child = self._child, None
        if child is None:
            return 0
        child.communicate()
        return child.returncode

    def _map_until_death(self, calls: Sequence[tuple[Any, ...]]) -> list[Result | RecordRejected]:
        child = self._child = self._child or self._start()
        stdin, stdout = child.stdin, child.stdout
        if stdin is None or stdout is None:
            raise SetupError("the extractor's process has no pipes")
        results: list[Result | RecordRejected] = []
        try:
            _send(stdin, calls)
            while len(results) < len(calls):
                results.append(pickle.load(stdout))
        except _END_OF_STREAM:
            pass  # the caller sees that results are missing, and why from the exit status
        except BaseException:
            self.close()  # nobody reads the answers that are still to come
            raise
        return results

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            return self._started()
        except SetupError:
            # One that was killed while it started (out of memory, once) is no reason to fail a run.
            return self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        # Spark puts archives of code on sys.path only (--py-files), so the child would not find this package by itself.
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
        child = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            pipesize=_PIPE_BYTES,
        )
        if child.stdin is None or child.stdout is None:
            raise SetupError("the extractor's process has no pipes")
        try:
            _send(child.stdin, self._greeting)
            pickle.load(child.stdout)
        except _END_OF_STREAM as error:
            child.kill()
            child.communicate()
            hint = "see its message on the error output"
            raise SetupError("the extractor's process did not start", next_step=hint) from error
        return child


def _send(stream: IO[bytes], message: object) -> None:
    pickle.dump(message, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()


def main() -> None:
    """Serve as the child: read the greeting, then answer each list of calls.

    Each call is answered with one message.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; the child sees end of file
    # A library's output must not reach the parent as a message.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    logging.disable(logging.CRITICAL)
    try:
        factory, setup, cpu_seconds, memory_bytes = pickle.load(sys.stdin.buffer)
        module, function = factory.split(":")
        handler = getattr(importlib.import_module(module), function)(setup)
        _limit_memory(memory_bytes)
        _send(answers, _READY)
        while True:
            for call in pickle.load(sys.stdin.buffer):
                signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
                signal.setitimer(signal.ITIMER_REAL, cpu_seconds * WALL_CLOCK_FACTOR)
                answer = _answer(handler, call)
                signal.setitimer(signal.ITIMER_PROF, 0)
                signal.setitimer(signal.ITIMER_REAL, 0)
                answers.write(answer)
                answers.flush()
    except _END_OF_STREAM:
        return  # the parent has closed the pipes, or is gone


def _answer(handler: Callable[..., object], call: tuple[Any, ...]) -> bytes:
    try:
        try:
            result = handler(*call)
        except RecordRejected as rejection:
            result = rejection
        except MemoryError:
            raise
        except Exception as error:
            result = RecordRejected("extraction_failed", f"{type(error).__name__}: {error}")
        return pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        # The state of C libraries after this is unknown, so the process ends.
        os._exit(_OUT_OF_MEMORY)


def _limit_memory(memory_bytes: int) -> None:
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


if __name__ == "__main__":
    main()

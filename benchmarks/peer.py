"""A peer's side: a process of the peers' Python that measures on request."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
from pyarrow import feather

from benchmarks.timing import Timed

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".bench" / "peers" / "bin" / "python"


def environment() -> dict[str, str]:
    """What a peer's process needs to find its side of the benchmark, and not to use the network."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "PYTHONUNBUFFERED": "1"}


class Peer:
    """A module of benchmarks/peers behind `serve.py`; a context manager.

    Args:
        module: name of the file.
        texts: what it measures on.
        folder: for the texts and for what the peer logs.
    """

    def __init__(self, module: str, texts: list[str], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        given, self._log = folder / f"{module}.arrow", folder / f"{module}.log"
        feather.write_feather(pa.table({"text": texts}), str(given))
        command = [str(PYTHON), "-m", "benchmarks.peers.serve", module, str(given)]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment(),
                cwd=folder,
            )

    def __enter__(self) -> Self:
        """The process is already running."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self._process.communicate()

    def measure(self, name: str) -> Timed:
        """One measurement of a pass.

        Raises:
            RuntimeError: the peer failed; with the end of its log.
        """
        request, answer = self._process.stdin, self._process.stdout
        assert request is not None
        assert answer is not None
        try:
            request.write(json.dumps({"pass": name}) + "\n")
            request.flush()
            line = answer.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise RuntimeError(f"the peer ended at {name}: {self._log.read_text(encoding='utf-8')[-2000:]}")
        found = json.loads(line)
        return Timed(found["seconds"], found["result"])


def versions(names: tuple[str, ...]) -> dict[str, str]:
    """Versions of packages in the peers' environment."""
    program = "import json, sys; from importlib.metadata import version as v; print(json.dumps({n: v(n) for n in sys.argv[1:]}))"
    ended = subprocess.run([str(PYTHON), "-c", program, *names], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(ended.stdout)
    return found

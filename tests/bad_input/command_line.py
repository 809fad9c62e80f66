"""lakesift as a user calls it: in this process, on the session that runs, or in a process of its own."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from crawl.made_archives import COMPRESS, http, warc
from lakesift.cli.main import cli

INGEST = "name: small\nstages:\n  - ingest: {}\n"
WHOLE = (
    INGEST
    + """  - documents:
      steps:
        - signals: [gopher_quality@datatrove]
        - minhash: {}
  - verdicts:
      rules: [gopher_quality@datatrove]
  - near_duplicates: {}
  - publish: {dataset: small}
"""
)
PROGRESS = re.compile(r"\[\d/\d\] ")
# What may differ after a run that failed: the lock, the rows of `runs` that tell of it, and MLflow's folder.
MAY_CHANGE = ("_lakesift.lock", "runs", "_mlflow")


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code, standard output, standard error."""

    code: int
    output: str
    errors: str


def lakesift(*arguments: str | Path) -> Ended:
    """The command line in this process."""
    ended = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    return Ended(ended.exit_code, ended.stdout, ended.stderr)


def process(
    *arguments: str | Path, environment: Mapping[str, str] | None = None, before: Sequence[str] = ()
) -> subprocess.Popen[str]:
    """The command in a process of its own, started.

    Args:
        arguments: after `lakesift`.
        environment: added to this process's.
        before: a program that starts it.
    """
    command = [*before, sys.executable, "-m", "lakesift", *map(str, arguments)]
    return subprocess.Popen(
        command, env={**os.environ, **(environment or {})}, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def ended(started: subprocess.Popen[str]) -> Ended:
    """Wait for a process."""
    output, errors = started.communicate(timeout=600)
    return Ended(started.returncode, output, errors)


def one_sentence(what: Ended, code: int = 1) -> str:
    """The one sentence of a command that failed, checked for its form: nothing else but the progress, and a next step."""
    lines = [line for line in what.errors.splitlines() if not PROGRESS.match(line)]
    assert what.code == code, what
    assert len(lines) == 1, what.errors
    assert lines[0].startswith("lakesift: "), what.errors
    assert "; next: " in lines[0], what.errors
    return lines[0]


def written(folder: Path) -> Path:
    """Write `ingest.yml`, `whole.yml` and the archive `good.warc.gz` of five pages into a folder."""
    (folder / "ingest.yml").write_text(INGEST)
    (folder / "whole.yml").write_text(WHOLE)
    pages = [warc(http(f"<p>The words of page {number}.".encode()), number=number) for number in range(5)]
    (folder / "good.warc.gz").write_bytes(b"".join(map(COMPRESS["gzip"], pages)))
    return folder


def content(folder: Path) -> dict[str, str]:
    """Digest of each file of a lake that a failed run must not touch, by path."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.relative_to(folder).parts[0] not in MAY_CHANGE
    }

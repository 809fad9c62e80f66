"""The same input gives the same tables: whatever the partitions, and wherever a run was killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from end_to_end.conftest import Whole
from lakesift.lake import Lake

pytestmark = [pytest.mark.spark, pytest.mark.slow]
POLL_SECONDS = 0.05
SEVEN_PARTITIONS = {
    "spark.sql.shuffle.partitions": "7",
    "spark.sql.files.maxPartitionBytes": "20k",
    "spark.sql.files.openCostInBytes": "1",
    "spark.sql.leafNodeDefaultParallelism": "7",
}


class Killed(BaseException):
    """Ends a run at once: nothing in lakesift catches it."""


def test_an_undisturbed_run_fills_every_table(whole: Whole) -> None:
    assert {table for table, rows in whole.contents(whole.undisturbed).items() if not rows} == set()


def kill_a_process_that_writes_documents(whole: Whole, lake: Lake, override: str) -> None:
    """Start a run in a process of its own, and kill it with SIGKILL once there is something of `documents`."""
    elsewhere = whole.folder / "elsewhere"
    elsewhere.mkdir()
    command = [sys.executable, "-m", "lakesift", "run", "sample", "--lake", lake.location, "--source", whole.source]
    command += ["--set", override, "--conf", "spark.driver.memory=2g"]
    environment = {**os.environ, **whole.store}
    with subprocess.Popen(command, cwd=elsewhere, env=environment, start_new_session=True) as process:
        while process.poll() is None and not Path(lake.location, "documents").exists():
            time.sleep(POLL_SECONDS)
        os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert list(elsewhere.iterdir()) == []


def test_a_lake_whose_runs_were_killed_after_each_tables_commit_and_while_documents_were_written_is_the_same(
    whole: Whole, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One partition made the undisturbed lake; seven make this one, of smaller ranges of the archives."""
    settings(SEVEN_PARTITIONS)
    lake, ranges = whole.lake("killed"), "ingest.range_bytes=65536"
    write, killed = Lake.write, list[str]()

    def write_and_die_once(self: Lake, table: str, *arguments: Any, **options: Any) -> int:
        version = write(self, table, *arguments, **options)
        if table in killed:
            return version
        killed.append(table)
        raise Killed(table)

    def finished() -> bool:
        with contextlib.suppress(Killed):
            whole.run(whole.lake("killed"), ranges)
            return True
        return False

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "write", write_and_die_once)
        while "sources" not in killed:
            assert not finished()
        assert not lake.exists("documents")
        kill_a_process_that_writes_documents(whole, lake, ranges)
        while not finished():
            pass
    assert set(killed) == set(whole.undisturbed.tables())
    assert len(lake.read("draws").inputFiles()) > len(whole.undisturbed.read("draws").inputFiles())
    assert whole.contents(whole.lake("killed")) == whole.contents(whole.undisturbed)

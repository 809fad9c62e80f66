"""The same input gives the same tables: whatever the partitions, and wherever a run was killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from end_to_end.conftest import Whole
from lakesift.lake.lake import Lake
from lakesift.operators.table import Table

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


def test_a_run_killed_after_each_tables_commit_gives_the_same_tables_in_one_partition(
    whole: Whole, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings({"spark.sql.shuffle.partitions": "1"})
    write, killed, finished = Lake.write, list[str](), False

    def write_and_die_once(self: Lake, table: Table, *arguments: Any, **options: Any) -> int:
        version = write(self, table, *arguments, **options)
        if table.name in killed:
            return version
        killed.append(table.name)
        raise Killed(table.name)

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "write", write_and_die_once)
        # Or each of the many runs would count what those before it had counted.
        patch.setattr("lakesift.engine.runner.RECORD_EVERY_SECONDS", 0.0)
        while not finished:
            with contextlib.suppress(Killed):
                whole.run(whole.lake("killed"))
                finished = True
    assert set(killed) == set(whole.undisturbed.tables())
    assert whole.contents(whole.lake("killed")) == whole.contents(whole.undisturbed)


def test_a_process_killed_while_it_writes_documents_and_completed_in_seven_partitions_gives_the_same_tables(
    whole: Whole, settings: Any
) -> None:
    lake, ranges = whole.lake("process_killed"), "ingest.range_bytes=65536"
    command = [sys.executable, "-m", "lakesift", "run", "sample", "--lake", lake.location, "--source", whole.source]
    command += ["--set", ranges, "--conf", "spark.driver.memory=2g"]
    environment = {**os.environ, **whole.store}
    with subprocess.Popen(command, cwd=whole.folder, env=environment, start_new_session=True) as process:
        while process.poll() is None and not (whole.folder / "process_killed" / "documents").exists():
            time.sleep(POLL_SECONDS)
        os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    settings(SEVEN_PARTITIONS)
    whole.run(lake, ranges)
    assert len(lake.read("draws").inputFiles()) > len(whole.undisturbed.read("draws").inputFiles())
    assert whole.contents(lake) == whole.contents(whole.undisturbed)

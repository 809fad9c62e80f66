from __future__ import annotations

import gc
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from lakesift.errors import UsageError
from lakesift.spark import session
from lakesift.spark.class_sharing import sharing_options
from lakesift.spark.jars import local_class_path
from lakesift.spark.java import java_home
from lakesift.spark.session import CLASS_SHARING, WORKER_DAEMON, open_session

FOUND = {"loaded": pa.bool_(), "kept": pa.bool_()}

# Prints the options of the session's Java, and whether its Python workers were begun by lakesift's daemon.
JOB = """
import gc, sys
import pyarrow as pa
from lakesift.spark.session import open_session

def of_worker(batches):
    for batch in batches:
        yield pa.RecordBatch.from_pydict({"frozen": [gc.get_freeze_count() > 0] * len(batch)})

session = open_session({sys.argv[1]: "false"})
session.range(3).mapInArrow(of_worker, "frozen BOOLEAN").write.format("delta").save(sys.argv[2])
print(session.conf.get("spark.driver.extraJavaOptions"))
print(session.read.format("delta").load(sys.argv[2]).groupBy("frozen").count().collect())
session.stop()
"""

pytestmark = pytest.mark.spark


@pytest.mark.parametrize(
    ("setting", "shares", "workers"),
    [
        (CLASS_SHARING, False, "[Row(frozen=True, count=3)]"),
        (WORKER_DAEMON, True, "[Row(frozen=False, count=3)]"),
    ],
)
def test_a_job_runs_without_each_speed_up(setting: str, shares: bool, workers: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", JOB, setting, str(tmp_path / "table")]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    options, rows = ended.stdout.splitlines()
    # Nothing to share where lakesift doctor did not run.
    assert ("SharedArchiveFile" in options) == (shares and bool(sharing_options(java_home(), local_class_path())))
    assert rows == workers


def test_each_speed_up_is_on_unless_its_setting_is_false(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SparkSession, "getActiveSession", lambda: None)
    monkeypatch.setattr(session, "sharing_options", lambda java, class_path: "-XX:SharedArchiveFile=kept")
    monkeypatch.setattr(session, "_start", lambda builder, settings: settings)

    def found(conf: dict[str, str]) -> tuple[bool, bool]:
        settings: Any = open_session(conf)
        return "kept" in settings["spark.driver.extraJavaOptions"], "spark.python.daemon.module" in settings

    assert found({}) == found({CLASS_SHARING: "true"}) == (True, True)
    assert found({CLASS_SHARING: "false"}) == (False, True)
    assert found({WORKER_DAEMON: "false"}) == (True, False)
    with pytest.raises(UsageError, match=r"spark\.lakesift\.workerDaemon is true or false, not no"):
        open_session({WORKER_DAEMON: "no"})


def test_workers_begin_with_what_nearly_every_task_needs(spark: SparkSession) -> None:
    def of_worker(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            archives = [path for path in sys.path_importer_cache if path.endswith("pyspark.zip")]
            found = {"loaded": ["numba" in sys.modules], "kept": [gc.get_freeze_count() > 0], "archives": [archives]}
            yield pa.RecordBatch.from_pydict(found, pa.schema({**FOUND, "archives": pa.list_(pa.string())}))

    rows = spark.range(1).mapInArrow(of_worker, "loaded BOOLEAN, kept BOOLEAN, archives ARRAY<STRING>").collect()
    assert [tuple(row) for row in rows] == [(True, True, [])]


def test_band_keys_are_written_without_a_dictionary(spark: SparkSession, tmp_path: Path) -> None:
    rows = spark.range(3_000).selectExpr("array(id % 3) AS minhash", "array(id % 3) AS others")
    rows.coalesce(1).write.parquet(str(tmp_path / "rows"))
    [file] = (tmp_path / "rows").glob("*.parquet")
    group = pq.ParquetFile(file).metadata.row_group(0)
    columns = [group.column(place) for place in range(group.num_columns)]
    with_dictionary = [any("DICTIONARY" in name for name in column.encodings) for column in columns]
    assert [column.path_in_schema for column in columns] == ["minhash.list.element", "others.list.element"]
    assert with_dictionary == [False, True]


@pytest.mark.spark
def test_ctrl_c_interrupts_and_calls_nothing(spark: SparkSession) -> None:
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

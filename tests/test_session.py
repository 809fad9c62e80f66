from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

FOUND = {"loaded": pa.bool_(), "kept": pa.bool_()}

pytestmark = pytest.mark.spark


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

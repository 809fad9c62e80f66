"""Stage tables in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

Stage = Callable[[DataFrame, str], DataFrame]


@pytest.fixture
def stage(spark: SparkSession, tmp_path: Path) -> Stage:
    """Writes a frame as Parquet and reads it back; a name used twice is an error."""

    def write(frame: DataFrame, name: str) -> DataFrame:
        folder = str(tmp_path / name)
        frame.write.parquet(folder)
        return spark.read.parquet(folder)

    return write

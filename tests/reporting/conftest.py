"""The invented lake: its rows, and the same as DataFrames, made once."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from lakesift.reporting.frames import LakeTables
from reporting.invented import invented_rows, invented_tables, with_stages
from reporting.invented_ledger import Rows


@pytest.fixture(scope="session")
def rows() -> Rows:
    return invented_rows()


@pytest.fixture(scope="session")
def tables(spark: SparkSession, rows: Rows) -> LakeTables:
    return with_stages({name: frame.cache() for name, frame in invented_tables(spark, rows).items()})

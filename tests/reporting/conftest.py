"""The invented lake: its rows, and the same as DataFrames, made once."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from lakesift.reporting.frames import LakeTables
from reporting.invented import invented_rows, invented_tables, with_stages
from reporting.invented_ledger import Rows
from reporting.left_out import published_tables


@pytest.fixture(scope="session")
def rows() -> Rows:
    return invented_rows()


@pytest.fixture(scope="session")
def tables(spark: SparkSession, rows: Rows) -> LakeTables:
    return with_stages({name: frame.cache() for name, frame in invented_tables(spark, rows).items()})


@pytest.fixture(scope="session")
def last(spark: SparkSession, tables: LakeTables, rows: Rows) -> LakeTables:
    """The same as a version was published from them, with documents that the last stages left out."""
    return published_tables(spark, tables, rows)

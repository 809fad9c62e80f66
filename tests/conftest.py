"""Shared fixtures: the one Spark session of the run, and the folder of real data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakesift.demo import run_demo
from lakesift.session import open_session

SHARED_DATA = (Path(__file__).resolve().parents[2] / "shared" / "data").resolve()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real pages, archives and labels; tests that need it skip where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"needs the real data in {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """One session for all Spark tests, started by the first that asks: tiny data, so two shuffle partitions and no AQE."""
    folder = tmp_path_factory.mktemp("spark")
    session = open_session(
        {
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.adaptive.enabled": "false",
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.driver.memory": "3g",
        }
    )
    yield session
    session.stop()


@pytest.fixture(scope="session")
def demo_lake(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake of a small demo, made once for all tests that only read; crawl/ and report.html lie beside it."""
    folder = tmp_path_factory.mktemp("demo")
    run_demo(folder, 200)
    return folder / "lake"

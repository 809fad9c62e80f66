"""Shared fixtures: the one Spark session of the run, and the folder of real data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from pyspark.sql import DataFrame, SparkSession

from lakesift.cli.demo import run_demo
from lakesift.spark.session import open_session

# How long an example takes is no promise: machines are shared, and the first one may wait for a kernel's compiler.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SHARED_DATA = (Path(__file__).resolve().parents[2] / "shared" / "data").resolve()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first: two processes share the run file by file (`make test`).

    (xdist's groups, `--dist loadgroup`, have no effect with pytest 9.2: each process made every fixture.)
    """
    order: dict[str, int] = {}
    for item in items:
        names, file = getattr(item, "fixturenames", ()), str(item.path)
        order[file] = min(order.get(file, 2), 0 if "demo_lake" in names else 1 if "spark" in names else 2)
    items.sort(key=lambda item: order[str(item.path)])


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real pages, archives and labels; tests that need it skip where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"needs the real data in {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """One session for all Spark tests of a process, started by the first that asks.

    For tiny data: two shuffle partitions, no AQE, and no compiling of expressions, which takes longer than they run.
    (Tests that start lakesift in a process of its own run compiled.)
    """
    folder = tmp_path_factory.mktemp("spark")
    session = open_session(
        {
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.adaptive.enabled": "false",
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.driver.memory": "3g",
        }
    )
    yield session
    session.stop()


@pytest.fixture
def stage(spark: SparkSession, tmp_path: Path) -> Callable[[DataFrame, str], DataFrame]:
    """Writes a frame as a stage table, in Parquet, and reads it back; a name used twice is an error."""

    def write(frame: DataFrame, name: str) -> DataFrame:
        folder = str(tmp_path / name)
        frame.write.parquet(folder)
        return spark.read.parquet(folder)

    return write


@pytest.fixture(scope="session")
def demo_lake(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake of a small demo, made once for all tests that only read; crawl/ and report.html lie beside it."""
    folder = tmp_path_factory.mktemp("demo")
    run_demo(folder, 200)
    return folder / "lake"

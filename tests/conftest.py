"""Shared fixtures: the one Spark session of the run, and the folder of real data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakesift.demo import run_demo
from lakesift.session import open_session

SHARED_DATA = (Path(__file__).resolve().parents[2] / "shared" / "data").resolve()

# `make test` runs two processes. Each starts Spark once, which takes longer than most tests: so all tests with Spark are
# two groups that take about as long as each other, and the tests without Spark fill up by file.
WHOLE_RECIPES = ("end_to_end/", "test_notebook.py", "test_ingestion.py", "test_jobs.py", "test_lake.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups for pytest-xdist, the longest first; without it only their order changes."""
    groups = [_group(item) for item in items]
    for item, group in zip(items, groups, strict=True):
        item.add_marker(pytest.mark.xdist_group(group))
    first = {group: number for number, group in enumerate(dict.fromkeys(("recipes", "spark", *groups)))}
    items[:] = [item for _, item in sorted(zip(groups, items, strict=True), key=lambda pair: first[pair[0]])]


def _group(item: pytest.Item) -> str:
    file = item.path.relative_to(Path(__file__).parent).as_posix()
    if file.startswith(WHOLE_RECIPES):
        return "recipes"
    return "spark" if "spark" in getattr(item, "fixturenames", ()) else file


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

"""One sample crawl for all tests of the package."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lakesift.sample import write_sample
from sample.sampled import Row


@pytest.fixture(scope="session")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, 600, 11)
    return folder


@pytest.fixture(scope="session")
def rows(crawl: Path) -> list[Row]:
    return pq.read_table(crawl / "truth.parquet").to_pylist()

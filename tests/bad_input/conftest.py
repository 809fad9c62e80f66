from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from bad_input.command_line import lakesift, written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with `ingest.yml`, `whole.yml` and the archive `good.warc.gz` of five pages; the lake goes to `lake`."""
    return written(tmp_path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture(scope="session")
def made(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small lake; tests work on copies of the lake."""
    folder = written(tmp_path_factory.mktemp("made"))
    ended = lakesift(
        "run", folder / "ingest.yml", "--source", folder / "good.warc.gz", "--lake", folder / "lake", "--no-mlflow"
    )
    assert ended.code == 0, ended.errors
    return folder


@pytest.fixture
def lake(made: Path, folder: Path) -> Path:
    """A copy of the small lake, and at the source's name the file that it was made from."""
    shutil.copytree(made / "lake", folder / "lake")
    (folder / "good.warc.gz").unlink()
    (folder / "good.warc.gz").symlink_to(made / "good.warc.gz")
    return folder / "lake"

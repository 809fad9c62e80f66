"""Lakes that are not ours, damaged, held, forbidden or on a full disk: what a run says, and what it leaves alone."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import time
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from bad_input.command_line import Ended, content, ended, lakesift, one_sentence, process
from lakesift.lake.folder import LOCK_FILE
from lakesift.lake.lake import Lake
from lakesift.operators.table import FORMAT_PROPERTY

# root may read and write everything; without these two rights it is bound by permissions like anybody else.
AS_ANYBODY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")


def arguments(folder: Path, recipe: str = "ingest.yml", lake: str = "lake") -> tuple[str | Path, ...]:
    source = folder / "good.warc.gz"
    return ("run", folder / recipe, "--source", source, "--lake", folder / lake, "--no-mlflow")


def run(folder: Path, recipe: str = "ingest.yml") -> Ended:
    return lakesift(*arguments(folder, recipe))


def rows(spark: SparkSession, lake: Path, table: str) -> list[str]:
    """A table without what differs from place to place."""
    return sorted(str(row) for row in Lake(str(lake), spark).read(table).drop("doc_id", "source_path").collect())


@pytest.fixture
def anybody() -> tuple[str, ...]:
    """How a program is started that permissions bind."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("root ignores permissions, and there is no setpriv to give that right up")
    return AS_ANYBODY


def test_a_folder_that_may_not_be_written_is_refused_before_spark(folder: Path, anybody: tuple[str, ...]) -> None:
    locked = folder / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    environment = {"JAVA_HOME": str(folder / "no-java")}
    said = ended(process(*arguments(folder, lake="locked/lake"), environment=environment, before=anybody))
    assert f"cannot use {locked}/lake: Permission denied; next: choose another --lake" in one_sentence(said)
    said = ended(process(*arguments(folder, lake="locked"), environment=environment, before=anybody))
    assert f"cannot use {locked}: Permission denied; next: choose another --lake" in one_sentence(said)
    assert list(locked.iterdir()) == []


@pytest.mark.parametrize("place", ["ingest.yml", "ingest.yml/lake"])
def test_a_file_is_no_lake(folder: Path, place: str) -> None:
    said = one_sentence(lakesift(*arguments(folder, lake=place)))
    assert "is a file" in said or "Not a directory" in said


def test_a_folder_with_other_files_is_left_alone(folder: Path) -> None:
    (folder / "lake").mkdir()
    (folder / "lake" / "thesis.doc").write_text("mine")
    assert "lake is not empty and is no lake; next: choose an empty folder with --lake" in one_sentence(run(folder))
    assert [path.name for path in (folder / "lake").iterdir()] == ["thesis.doc"]


@pytest.mark.spark
def test_a_second_run_is_refused_at_once_and_the_first_goes_on_past_a_file_that_it_may_not_read(
    spark: SparkSession, folder: Path, anybody: tuple[str, ...]
) -> None:
    (folder / "forbidden.warc.gz").write_bytes((folder / "good.warc.gz").read_bytes())
    (folder / "forbidden.warc.gz").chmod(0)
    first = process(*arguments(folder), "--source", folder / "forbidden.warc.gz", "--strict", before=anybody)
    while not is_held(folder / "lake" / LOCK_FILE):
        assert first.poll() is None, first.communicate()
        time.sleep(0.05)
    said = one_sentence(run(folder))
    assert first.poll() is None
    assert said == f"lakesift: another run works on {folder}/lake; next: wait for it, then run again"
    outcome = ended(first)
    progress, failures = outcome.errors.splitlines()
    assert outcome.code == 1
    assert "5 rows in, 5 out" in progress
    assert failures.startswith("sources that could not be taken in: 1 ")
    sources = {
        Path(row["source_path"]).name: row for row in Lake(str(folder / "lake"), spark).read("sources").collect()
    }
    assert sources["good.warc.gz"]["pages"] == 5
    assert sources["forbidden.warc.gz"]["reason"].startswith("unreadable_file: PermissionError")


def is_held(lock: Path) -> bool:
    if not lock.exists():
        return False
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.mark.spark
def test_a_table_of_another_program_is_told_before_the_first_stage(
    spark: SparkSession, folder: Path, lake: Path
) -> None:
    spark.range(3).write.format("delta").save(f"{lake}/dataset_small")
    before = content(lake)
    said = one_sentence(run(folder, "whole.yml"))
    assert f"dataset_small in {lake} was written by another program; next: choose another --lake" in said
    assert content(lake) == before


@pytest.mark.spark
def test_a_lake_of_a_newer_lakesift_is_told(spark: SparkSession, folder: Path, lake: Path) -> None:
    spark.sql(f"ALTER TABLE delta.`{lake}/links` SET TBLPROPERTIES ('{FORMAT_PROPERTY}' = '2')")
    before = content(lake)
    said = one_sentence(run(folder))
    assert f"links in {lake} has format 2, from a newer lakesift" in said
    assert "next: pip install --upgrade lakesift" in said
    assert content(lake) == before


@pytest.mark.spark
def test_a_table_that_lost_a_file_is_told_with_the_file(spark: SparkSession, folder: Path, lake: Path) -> None:
    lost = next((lake / "pages").glob("*.parquet"))
    lost.unlink()
    before = content(lake)
    said = one_sentence(run(folder, "whole.yml"))
    assert f"stage documents failed: a file is gone or damaged (file:{lost}); next: restore it from a copy" in said
    assert {path: digest for path, digest in content(lake).items() if not path.startswith("documents/")} == before


@pytest.mark.spark
def test_a_folder_of_files_at_the_place_of_a_table_is_left_alone(spark: SparkSession, folder: Path, lake: Path) -> None:
    spark.range(3).write.parquet(f"{lake}/documents")
    before = content(lake)
    said = one_sentence(run(folder, "whole.yml"))
    assert f"{lake}/documents holds files of another program; next: choose an empty folder with --lake" in said
    assert content(lake) == before


@pytest.mark.spark
@pytest.mark.parametrize("damage", ['{"add": {"path": broken', ""], ids=["broken", "empty"])
def test_a_table_whose_log_is_damaged_is_told(spark: SparkSession, folder: Path, lake: Path, damage: str) -> None:
    newest = max((lake / "pages" / "_delta_log").glob("*.json"))
    newest.write_text(damage)
    (lake / "pages" / "_delta_log" / f".{newest.name}.crc").unlink()
    before = content(lake)
    said = one_sentence(run(folder))
    assert re.search(
        rf"cannot read pages in {lake}: (the table's log is damaged|{newest} is empty); next: restore it from a copy",
        said,
    )
    assert content(lake) == before


@pytest.mark.spark
def test_a_run_on_a_full_disk_is_told_and_completes_once_there_is_space(
    spark: SparkSession, folder: Path, made: Path, small_disk: Path
) -> None:
    (folder / "lake").symlink_to(small_disk / "lake")
    ballast = small_disk / "ballast"
    with ballast.open("wb") as file:
        file.write(bytes((2 << 20) - (100 << 10)))
    failed = run(folder)
    said = [line for line in failed.errors.splitlines() if line.startswith("lakesift: ")]
    assert (failed.code, len(said)) == (1, 1), failed.errors
    assert re.search(r"cannot write \w+ in \S+/lake: the disk is full; next: free some space", said[0])
    ballast.unlink()
    completed = run(folder)
    assert completed.code == 0, completed.errors
    for table in ("pages", "links", "quarantine"):
        assert rows(spark, folder / "lake", table) == rows(spark, made / "lake", table)

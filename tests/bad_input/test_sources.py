"""Sources that cannot be read, are empty or hostile: what `lakesift run` says, and what it leaves behind."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from bad_input.command_line import content, lakesift, one_sentence
from crawl.made_archives import count_records
from lakesift.lake.lake import Lake

# Stretches that no record owns, see crawl/test_counting.py; the empty file and the text hold no records at all.
STRETCHES = {"example-trunc.warc": 1}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nowhere/x.warc.gz", "no such file or folder"),
        ("hollow", "no files are there"),
        ("*.zip", "no files are there"),
        ("blank.paths", "the listing is empty"),
        ("torn.paths.gz", "is no listing of paths"),
    ],
)
def test_a_source_that_cannot_be_listed_is_told_before_anything_is_made(
    folder: Path, monkeypatch: pytest.MonkeyPatch, source: str, message: str
) -> None:
    # A Java that is not there: a run that started Spark would fail for that.
    monkeypatch.setenv("JAVA_HOME", str(folder / "no-java"))
    (folder / "hollow").mkdir()
    (folder / "blank.paths").write_text("\n")
    (folder / "torn.paths.gz").write_bytes(b"\x1f\x8b\x08torn")
    said = lakesift("run", folder / "ingest.yml", "--source", folder / source, "--lake", folder / "lake")
    assert f"{folder / source}: {message}" in one_sentence(said)
    assert not (folder / "lake").exists()


def test_a_recipe_without_a_source_is_wrong_usage(folder: Path) -> None:
    said = lakesift("run", folder / "ingest.yml", "--lake", folder / "lake")
    assert one_sentence(said, code=2).endswith("recipe small has no source; next: give it one with --source PATH")


@pytest.mark.spark
def test_a_source_of_which_nothing_can_be_taken_in_fails_and_leaves_the_lake_as_it_was(
    spark: SparkSession, folder: Path, lake: Path
) -> None:
    bad = folder / "bad"
    run = ("run", folder / "ingest.yml", "--lake", lake, "--no-mlflow", "--source")
    before = content(lake)
    bad.mkdir()
    (bad / "empty.warc.gz").touch()
    (bad / "gone.paths.gz").write_bytes(gzip.compress(f"{bad}/a.warc.gz\n{bad}/b.warc.gz\n".encode()))
    (bad / "texts").mkdir()
    (bad / "texts" / "a.txt").write_text("words")
    (bad / "texts" / "b.json").write_text("{}")
    messages = {
        "empty.warc.gz": f"{bad}/empty.warc.gz: nothing of the source can be taken in: unknown_format: the file is empty",
        "gone.paths.gz": f"{bad}/a.warc.gz: nothing of the source can be taken in: unreadable_file: FileNotFoundError",
        "texts": f"{bad}/texts/a.txt: nothing of the source can be taken in: unknown_format: begins with b'words'",
    }
    for source, message in messages.items():
        assert message in one_sentence(lakesift(*run, bad / source))
        assert content(lake) == before
    failed = Lake(str(lake), spark).read("runs").where("status = 'failed'")
    assert [row["stage"] for row in failed.collect()] == ["ingest"] * len(messages)


@pytest.mark.spark
def test_a_run_over_hostile_archives_succeeds_adds_up_and_strict_tells_of_the_files_that_failed(
    spark: SparkSession, folder: Path, shared_data: Path
) -> None:
    archives = [*sorted((shared_data / "archives" / "odd").iterdir()), shared_data / "archives" / "clipped.warc.gz"]
    (folder / "empty.warc.gz").touch()
    (folder / "all.paths").write_text(
        "\n".join(map(str, [*archives, folder / "gone.warc.gz", folder / "empty.warc.gz"]))
    )
    arguments = (
        "run",
        folder / "whole.yml",
        "--source",
        folder / "all.paths",
        "--lake",
        folder / "lake",
        "--set",
        f"ingest.listing_prefix={shared_data / 'archives'}",
        "--no-mlflow",
    )
    said = lakesift(*arguments)
    assert said.code == 0, said.errors
    assert "published small@1" in said.output
    assert "sources that could not be taken in: 2 (table sources, status = 'failed'); next: " in said.errors
    lake = Lake(str(folder / "lake"), spark)
    sources = {Path(row["source_path"]).name: row for row in lake.read("sources").collect()}
    assert {name for name, row in sources.items() if row["status"] == "failed"} == {"gone.warc.gz", "empty.warc.gz"}
    for archive in archives:
        expected = count_records(archive.read_bytes()) + STRETCHES.get(archive.name, 0)
        row = sources[archive.name]
        assert row["records"] == expected == row["pages"] + row["quarantined"] + sum(row["counted"].values()), row
    assert lake.read("pages").count() == sum(row["pages"] for row in sources.values())
    assert lake.read("quarantine").count() == sum(row["quarantined"] for row in sources.values())
    for row in lake.read("runs").collect():
        assert row["rows_in"] == row["rows_out"] + sum(row["rejected"].values()), row
    before = content(folder / "lake")
    again = lakesift(*arguments, "--strict")
    assert (again.code, again.errors.count("up to date")) == (1, 5), again.errors
    assert content(folder / "lake") == before

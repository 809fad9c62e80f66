"""What a source becomes in a lake: only what is new, once, and every record accounted for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from crawl.made_archives import COMPRESS, count_records, http, warc
from lakesift.crawl.sources.sources import UNIT_SCHEMA, Unit
from lakesift.engine.ingestion import Taken, ingest, spread
from lakesift.errors import SourceError, StageError, UsageError
from lakesift.lake.lake import Lake
from lakesift.operators.table import Table
from lakesift.recipe.recipe import Recipe

pytestmark = pytest.mark.spark
OUTPUTS = ("pages", "links", "quarantine")
TABLES = (*OUTPUTS, "sources")
# Stretches that no record owns, because a length before them is too short; see crawl/test_counting.py.
STRETCHES = {"example-trunc.warc": 1, "sample.warc.txt": 3}
PAGES = 3


@pytest.fixture
def lake(spark: SparkSession, tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"), spark)


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """A folder of two archives; each has three pages with an image, one record that is refused and one that is counted."""
    folder = tmp_path / "crawl"
    folder.mkdir()
    for name in ("a", "b"):
        archive(folder, name)
    return folder


def archive(folder: Path, name: str) -> None:
    records = [http(f'<p>Page {n} of {name}.<img src="/{n}.png" alt="Picture">'.encode()) for n in range(PAGES)]
    others = [warc(b"junk", Content_Type="application/http"), warc(b"", "request")]
    parts = [*(warc(record, number=100 * ord(name[0]) + n) for n, record in enumerate(records)), *others]
    (folder / f"{name}.warc.gz").write_bytes(b"".join(map(COMPRESS["gzip"], parts)))


def take_in(lake: Lake, source: dict[str, Any], may_run: bool = True, **settings: Any) -> Taken:
    recipe = Recipe.load(written(Path(lake.location).with_name("recipe.yml"), source, settings))
    return ingest(recipe, recipe.stage("ingest"), lake, may_run, "run")


def written(file: Path, source: dict[str, Any], settings: dict[str, Any]) -> Path:
    # JSON is YAML.
    file.write_text(json.dumps({"name": "small", "source": source, "stages": [{"ingest": settings}]}))
    return file


def rows(lake: Lake, table: str) -> list[str]:
    """A table without what tells when it was written."""
    return sorted(map(str, lake.read(table).drop("committed_version").collect()))


@dataclass(frozen=True)
class Step:
    """What one run did, and the tables after it."""

    taken: Taken
    tables: dict[str, list[str]]


@pytest.fixture(scope="module")
def story(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Step]:
    """Runs on one lake, one after the other: each costs seconds. The source: two archives, one not there yet, and a text."""
    folder = tmp_path_factory.mktemp("story")
    lake, listing = Lake(str(folder / "lake"), spark), folder / "some.paths"
    (folder / "README").write_text("words")
    listing.write_text("".join(f"{folder}/{name}\n" for name in ("a.warc.gz", "b.warc.gz", "late.warc.gz", "README")))
    archive(folder, "a")
    archive(folder, "b")
    steps: dict[str, Step] = {}

    def step(name: str, *more: Path, **how: Any) -> None:
        taken = take_in(lake, {"archives": [str(listing), *map(str, more)]}, **how)
        steps[name] = Step(taken, {table: rows(lake, table) for table in TABLES})

    step("first")
    step("again")
    step("later stages only", folder / "a.warc.gz", may_run=False)
    taken = take_in(lake, {})
    steps["without a source"] = Step(taken, {table: rows(lake, table) for table in TABLES})
    archive(folder, "c")
    archive(folder, "late")
    step("more", folder / "c.warc.gz")
    step("changed setting", folder / "c.warc.gz", accepted_status=[200, 204])
    step("changed back", folder / "c.warc.gz")
    return steps


def test_a_source_is_taken_in_with_all_its_records(story: dict[str, Step]) -> None:
    taken = story["first"].taken
    assert taken.account == (4, 10, 6, {"bad_http": 2, "request": 2})
    assert taken.failures == 2
    assert [len(rows) for rows in story["first"].tables.values()] == [6, 6, 2, 4]


@pytest.mark.parametrize("name", ["again", "later stages only", "without a source"])
def test_a_source_is_committed_once_and_what_still_cannot_be_read_changes_nothing(
    story: dict[str, Step], name: str
) -> None:
    first, again = story["first"], story[name]
    assert (again.taken.failures, again.taken.versions) == (2, first.taken.versions)
    assert again.tables == first.tables


def test_a_later_run_takes_in_only_what_is_new_and_what_can_be_read_by_now(story: dict[str, Step]) -> None:
    before, after = story["first"], story["more"]
    assert after.taken.failures == 1
    assert set(before.tables["pages"]) < set(after.tables["pages"])
    assert [len(rows) for rows in after.tables.values()] == [12, 12, 4, 5]


def test_what_another_setting_takes_in_stands_beside_what_was_there(story: dict[str, Step]) -> None:
    before, after, back = story["more"], story["changed setting"], story["changed back"]
    assert (after.taken.account.archives, after.taken.account.pages) == (5, 12)
    assert after.taken.fingerprint != before.taken.fingerprint
    assert all(set(before.tables[table]) < set(after.tables[table]) for table in TABLES)
    assert [len(rows) for rows in after.tables.values()] == [24, 24, 8, 10]
    assert (back.taken.versions["pages"], back.tables) == (before.taken.versions["pages"], after.tables)


def test_what_is_new_is_not_taken_in_when_the_stage_may_not_run(lake: Lake, crawl: Path) -> None:
    with pytest.raises(StageError, match="2 sources are not taken in yet; next: add --from ingest"):
        take_in(lake, {"archives": [str(crawl)]}, may_run=False)


def test_a_run_killed_before_its_sources_are_committed_is_taken_up_without_doubled_rows(
    lake: Lake, crawl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = {"archives": [str(crawl)]}
    write = Lake.write

    def cut_off(self: Lake, table: Table, *rest: Any, **how: Any) -> int:
        if table.name == "sources":
            raise KeyboardInterrupt
        return write(self, table, *rest, **how)

    with monkeypatch.context() as patched:
        patched.setattr(Lake, "write", cut_off)
        with pytest.raises(KeyboardInterrupt):
            take_in(lake, source)
    killed = {table: rows(lake, table) for table in OUTPUTS}
    assert [len(rows) for rows in killed.values()] == [6, 6, 2]
    assert not lake.exists("sources")
    assert take_in(lake, source).account.archives == 2
    assert {table: rows(lake, table) for table in OUTPUTS} == killed
    assert lake.read("sources").count() == 2


def test_a_source_of_which_nothing_can_be_taken_in_and_a_recipe_without_one_are_errors(lake: Lake, crawl: Path) -> None:
    (crawl / "README").write_text("words")
    with pytest.raises(SourceError, match=r"README: nothing of the source can be taken in: unknown_format"):
        take_in(lake, {"archives": [str(crawl / "README")]})
    with pytest.raises(UsageError, match="recipe small has no source; next: give it one with --source PATH"):
        take_in(lake, {})
    assert not Path(lake.location).exists()


def test_every_record_of_every_real_archive_is_in_a_table_or_counted(
    spark: SparkSession, tmp_path: Path, shared_data: Path
) -> None:
    lake = Lake(str(tmp_path / "lake"), spark)
    folders = [shared_data / "archives", shared_data / "web"]
    archives = [file for file in sorted((shared_data / "archives").rglob("*")) if file.is_file()]
    archives += sorted((shared_data / "web").glob("*.warc.gz"))
    taken = take_in(lake, {"archives": [str(folder) for folder in folders]}, range_bytes=1 << 20)
    sources = {Path(row["source_path"]): row for row in lake.read("sources").collect()}
    found = {table: of_each_source(lake.read(table)) for table in OUTPUTS}
    assert set(archives) <= set(sources)
    for path, row in sources.items():
        counted, only_links = sum(row["counted"].values()), row["links"] if row["kind"] == "wat" else 0
        assert row["records"] == row["pages"] + only_links + row["quarantined"] + counted, row
        columns = {"pages": "pages", "links": "links", "quarantine": "quarantined"}
        assert {column: found[table].get(path, 0) for table, column in columns.items()} == {
            column: row[column] for column in columns.values()
        }
        if path in archives:
            assert row["records"] == count_records(path.read_bytes()) + STRETCHES.get(path.name, 0), row
            assert row["status"] == "done", row
        else:
            assert (row["status"], row["records"]) == ("failed", 0), row
    assert sum(found["pages"].get(file, 0) for file in archives if file.parent.name == "web") == 559
    assert taken.account.records == taken.account.pages + sum(taken.account.rejected.values())


def of_each_source(table: DataFrame) -> dict[Path, int]:
    return {Path(row["source_path"]): row["count"] for row in table.groupBy("source_path").count().collect()}


@pytest.mark.parametrize("number", [0, 1, 2, 37])
def test_each_unit_is_alone_in_its_task(spark: SparkSession, number: int) -> None:
    units = [Unit(f"{place}.warc", "one", "warc", "gzip", "records", 10, place, place + 1) for place in range(number)]
    frame = spread(spark, units, UNIT_SCHEMA)
    rows = frame.select("*", F.spark_partition_id().alias("task")).collect()
    assert sorted(Unit(*row[:-1]) for row in rows) == sorted(units)
    assert len({row["task"] for row in rows}) == number


def test_going_on_without_a_source_is_refused_where_more_than_the_name_of_the_crawl_differs(
    lake: Lake, crawl: Path
) -> None:
    take_in(lake, {"archives": [str(crawl)]}, crawl="JANUARY")
    assert take_in(lake, {}, crawl="FEBRUARY").view.crawls == {"JANUARY": 2}
    with pytest.raises(UsageError, match=r"--set ingest.accepted_status=\[200\] to go on with what is there"):
        take_in(lake, {}, crawl="JANUARY", accepted_status=[200, 203])

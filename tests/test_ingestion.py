"""What a source becomes in a lake: only what is new, once, and every record accounted for."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from crawl.made_archives import COMPRESS, count_records, http, warc
from lakesift.crawl.ingest import IngestSettings
from lakesift.errors import SourceError, StageError, UsageError
from lakesift.ingestion import OUTPUTS, Taken, ingest
from lakesift.lake import Lake
from lakesift.recipe import Recipe

pytestmark = pytest.mark.spark
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
    parts = [*(warc(record, number=100 * ord(name) + n) for n, record in enumerate(records)), *others]
    (folder / f"{name}.warc.gz").write_bytes(b"".join(map(COMPRESS["gzip"], parts)))


def take_in(lake: Lake, source: dict[str, Any], may_run: bool = True, **settings: Any) -> Taken:
    recipe = Recipe.load(written(Path(lake.location).with_name("recipe.yml"), source, settings))
    chosen = recipe.stage("ingest").settings
    assert isinstance(chosen, IngestSettings)
    return ingest(recipe, chosen, lake, may_run, "run")


def written(file: Path, source: dict[str, Any], settings: dict[str, Any]) -> Path:
    # JSON is YAML.
    file.write_text(json.dumps({"name": "small", "source": source, "stages": [{"ingest": settings}]}))
    return file


def rows(lake: Lake, table: str) -> list[str]:
    """A table without what tells when it was written."""
    return sorted(map(str, lake.read(table).drop("committed_version").collect()))


def test_a_second_run_takes_in_only_what_is_new_and_a_source_is_committed_once(lake: Lake, crawl: Path) -> None:
    first = take_in(lake, {"archives": [str(crawl)]})
    assert (first.sources, first.records, first.pages) == (2, 10, 6)
    assert first.rejected == {"bad_http": 2, "request": 2}
    before = rows(lake, "pages")
    archive(crawl, "c")
    second = take_in(lake, {"archives": [str(crawl)]})
    assert (second.sources, second.records, second.pages) == (1, 5, 3)
    assert lake.read("pages").count() == 9
    assert set(before) < set(rows(lake, "pages"))
    assert {row["source_path"][-9:]: row["pages"] for row in lake.read("sources").collect()} == {
        f"{name}.warc.gz": PAGES for name in "abc"
    }
    third = take_in(lake, {"archives": [str(crawl / "*.gz"), str(crawl / "a.warc.gz")]}, may_run=False)
    assert (third.sources, third.versions) == (0, second.versions)


def test_what_is_new_is_not_taken_in_when_the_stage_may_not_run(lake: Lake, crawl: Path) -> None:
    with pytest.raises(StageError, match="2 sources are not taken in yet; next: add --from ingest"):
        take_in(lake, {"archives": [str(crawl)]}, may_run=False)


def test_a_changed_setting_takes_a_source_in_again_in_place_of_what_it_gave(lake: Lake, crawl: Path) -> None:
    take_in(lake, {"archives": [str(crawl)]})
    before = rows(lake, "pages")
    again = take_in(lake, {"archives": [str(crawl)]}, keep_html=True)
    assert (again.sources, again.pages) == (2, 6)
    pages = lake.read("pages")
    assert sorted(map(str, pages.withColumn("html", F.lit(None)).collect())) == before
    assert pages.where("html IS NULL").count() == 0
    assert [lake.read(table).count() for table in TABLES] == [6, 6, 2, 2]


def test_a_run_killed_within_a_commit_is_taken_up_without_doubled_rows(
    lake: Lake, crawl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A commit for each archive: one run ends within the first, the next within the second.
    source, settings = {"archives": [str(crawl)]}, {"commit_bytes": 1}
    undisturbed = Lake(str(tmp_path / "undisturbed"), lake.spark)
    take_in(undisturbed, source, **settings)
    for table, time, whole in (("links", 1, 0), ("sources", 2, 1)):
        with monkeypatch.context() as patched:
            patched.setattr(Lake, "write", cut_off(table, time))
            with pytest.raises(KeyboardInterrupt):
                take_in(lake, source, **settings)
        assert lake.read("pages").count() == (whole + 1) * PAGES
        assert lake.exists("sources") is bool(whole)
    assert lake.read("sources").count() == 1
    assert take_in(lake, source, **settings).sources == 1
    for table in TABLES:
        assert rows(lake, table) == rows(undisturbed, table)


def cut_off(table: str, time: int) -> Callable[..., int]:
    """`Lake.write`, ended by Ctrl-C when it comes to a table for the so-many-th time."""
    write, written_to = Lake.write, list[str]()

    def write_or_end(self: Lake, name: str, *rest: Any, **how: Any) -> int:
        written_to.append(name)
        if written_to.count(table) == time:
            raise KeyboardInterrupt
        return write(self, name, *rest, **how)

    return write_or_end


def test_a_file_that_could_not_be_read_is_tried_again_and_changes_nothing_while_it_still_cannot(
    lake: Lake, crawl: Path
) -> None:
    listing = crawl.with_name("some.paths")
    (crawl / "README").write_text("words")
    listing.write_text(f"{crawl}/a.warc.gz\n{crawl}/late.warc.gz\n{crawl}/README\n")
    source = {"archives": [str(listing)]}
    first = take_in(lake, source)
    assert (first.sources, first.failures, first.pages) == (3, 2, PAGES)
    for may_run in (True, False):
        again = take_in(lake, source, may_run=may_run)
        assert (again.sources, again.failures, again.versions) == (0, 2, first.versions)
    (crawl / "b.warc.gz").rename(crawl / "late.warc.gz")
    later = take_in(lake, source)
    assert (later.sources, later.failures, later.pages) == (1, 1, PAGES)
    assert lake.read("pages").count() == 2 * PAGES


def test_a_source_of_which_nothing_can_be_taken_in_and_a_recipe_without_one_are_errors(lake: Lake, crawl: Path) -> None:
    (crawl / "README").write_text("words")
    with pytest.raises(SourceError, match=r"README: nothing of the source can be taken in: unknown_format"):
        take_in(lake, {"archives": [str(crawl / "README")]})
    with pytest.raises(UsageError, match="recipe small has no source; next: give it one with --source PATH"):
        take_in(lake, {})
    assert not Path(lake.location).exists()


def test_documents_that_changed_are_taken_in_again_in_place_of_what_they_gave(lake: Lake, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl.gz"
    source = {"documents": str(texts)}

    def write(*words: str) -> None:
        lines = (json.dumps({"id": n, "text": word}) for n, word in enumerate(words))
        texts.write_bytes(gzip.compress("\n".join(lines).encode()))

    write("one", "two", "")
    first = take_in(lake, source)
    assert (first.records, first.pages, first.rejected) == (3, 2, {"no_text": 1})
    assert take_in(lake, source).sources == 0
    write("one", "two and a half", "three")
    assert take_in(lake, source).pages == 3
    assert sorted(row["text"] for row in lake.read("pages").collect()) == ["one", "three", "two and a half"]
    assert lake.read("quarantine").count() == 0


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
    assert taken.records == taken.pages + sum(taken.rejected.values())


def of_each_source(table: DataFrame) -> dict[Path, int]:
    return {Path(row["source_path"]): row["count"] for row in table.groupBy("source_path").count().collect()}

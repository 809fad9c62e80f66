"""A lake holds several truths side by side; inputs are what they are; `name@version` means one thing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from crawl.made_archives import COMPRESS, http, warc
from lakesift.clock import now
from lakesift.engine import accounting, runner
from lakesift.engine.ingestion import ingest
from lakesift.engine.progress import Progress
from lakesift.engine.runner import Run, run_recipe
from lakesift.errors import LakesiftError, StageError, UsageError
from lakesift.lake.lake import Lake
from lakesift.lake.runs import recipe_that_ran
from lakesift.operators.table import RETENTION, Table
from lakesift.recipe.recipe import Recipe
from lakesift.tracking.tracker import Tracker

pytestmark = pytest.mark.spark
STATUS = (200, 203)


def archive(file: Path, *pages: str, first: int = 0) -> None:
    """Write pages, each a paragraph, and a record that is no page."""
    records = [http(f"<p>{page}</p><img src='/{n}.png' alt='Picture'>".encode()) for n, page in enumerate(pages)]
    parts = [warc(record, number=first + n) for n, record in enumerate(records)]
    parts.append(warc(b"junk", Content_Type="application/http"))
    file.write_bytes(b"".join(map(COMPRESS["gzip"], parts)))


class Story:
    """One lake and its crawl of two archives, `a` of two pages and `b` of one."""

    def __init__(self, spark: SparkSession, folder: Path) -> None:
        self.folder, self.crawl, self.lake = folder, folder / "crawl", Lake(str(folder / "lake"), spark)
        self.crawl.mkdir(parents=True)
        archive(self.crawl / "a.warc.gz", "first of a", "second of a", first=100)
        archive(self.crawl / "b.warc.gz", "only one of b", first=200)
        self.said = ""

    def recipe(self, name: str, source: Sequence[str] = (), **ingest: Any) -> Recipe:
        stages = [{"ingest": ingest}, {"documents": {"steps": []}}, {"publish": {"dataset": name}}]
        file = self.folder / f"{name}.yml"
        file.write_text(json.dumps({"name": name, "stages": stages}))  # JSON is YAML
        return Recipe.load(file, (), source)

    def run(self, name: str, *source: Path | str, again: bool = False, **settings: Any) -> Run:
        out = StringIO()
        settings = {"accepted_status": list(STATUS), **settings} if name == "other" else settings
        recipe = self.recipe(name, [str(each) for each in source], **settings)
        try:
            return run_recipe(recipe, self.lake, tracker=Tracker.disabled(), progress=Progress(out), again=again)
        finally:
            self.said = out.getvalue()

    def texts(self, dataset: str) -> list[str]:
        return sorted(row["text"] for row in self.lake.dataset(dataset).collect())


def done(run: Run) -> set[str]:
    return {stage.stage for stage in run.stages if stage.status == "done"}


@pytest.fixture(scope="module")
def story(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A lake on which two recipes with other settings of ingest have run, `one` first."""
    told = Story(spark, tmp_path_factory.mktemp("story"))
    told.run("one", told.crawl)
    told.run("other", told.crawl)
    return told


def test_a_recipe_without_a_source_goes_on_with_its_own_extraction(story: Story) -> None:
    before = {table: story.lake.version(table) for table in ("pages", "sources", "documents")}
    again = story.run("one")
    assert (done(again), again.published, again.unchanged) == (set(), ["one@1"], {"one@1"})
    assert before == {table: story.lake.version(table) for table in before}
    assert "reads what the lake has taken in: 2 of local" in story.said
    pages = story.lake.read("pages")
    assert {row["count"] for row in pages.groupBy("extraction").count().collect()} == {3}
    assert [row["crawls"] for row in story.lake.read("datasets").collect()] == [{"local": 2}] * 2
    with pytest.raises(UsageError, match="nothing in the lake was taken in with its settings"):
        story.run("third", keep_html=True)


def test_a_run_that_settles_on_older_content_makes_it_the_newest_version(story: Story) -> None:
    one, name = str(story.crawl / "a.warc.gz"), "one"
    assert story.run(name, one).published == ["one@2"]
    assert "left out, as the source does not name them: 1 of local" in story.said
    assert story.texts("one") == ["first of a", "second of a"]
    [archives] = [
        row["archives"] for row in story.lake.read("datasets").where("name = 'one' AND version = 2").collect()
    ]
    assert archives == [one]
    back = story.run(name)
    assert (done(back), back.published, back.unchanged) == (set(), ["one@3"], set())
    assert story.texts("one") == story.texts("one@3") == story.texts("one@1") != story.texts("one@2")
    head = story.lake.read("dataset_one")
    assert sorted(row["text"] for row in head.collect()) == story.texts("one")
    assert story.run(name).unchanged == {"one@3"}
    with pytest.raises(LakesiftError, match=r"Lake\.dataset reads name@version"):
        story.lake.read("one@1")
    with pytest.raises(UsageError, match="there is no data set one@9"):
        story.lake.dataset("one@9")


def test_a_further_crawl_is_asked_for_its_name_and_a_grown_one_is_told(story: Story, tmp_path: Path) -> None:
    archive(tmp_path / "else.warc.gz", "elsewhere", first=300)
    before = story.lake.version("pages")
    with pytest.raises(UsageError, match=r"crawl local has 2 archives \(3 pages\) already.*ingest.crawl=NAME"):
        story.run("one", tmp_path / "else.warc.gz")
    assert story.lake.version("pages") == before
    archive(story.crawl / "c.warc.gz", "of c", first=400)
    story.run("one", story.crawl)
    assert "crawl local has 2 archives (3 pages) already; 1 new ones are added to it" in story.said
    assert "of c" in story.texts("one")


def test_a_replaced_archive_is_taken_in_again_and_one_that_is_gone_is_said(story: Story) -> None:
    file, gone = story.crawl / "a.warc.gz", story.crawl / "gone.warc.gz"
    archive(gone, "soon gone", first=500)
    assert "soon gone" in texts_of(story, story.run("one", story.crawl))
    size = file.stat().st_size
    archive(file, "FIRST of a", "second of a", first=100)
    assert abs(file.stat().st_size - size) < 9
    gone.unlink()
    run = story.run("one", story.crawl)
    assert f"replaced since they were taken in, and to be taken in again: {file}" in story.said
    assert f"what is made now is without them: {gone}" in story.said
    assert {"FIRST of a", "second of a", "only one of b"} <= {*texts_of(story, run)}
    assert {"first of a", "soon gone"}.isdisjoint(texts_of(story, run))
    assert story.texts("one@1") == ["first of a", "only one of b", "second of a"]
    assert run.stages[0].rows_in == 3 == run.stages[0].rows_out + sum(run.stages[0].rejected.values())


def texts_of(story: Story, run: Run) -> list[str]:
    return story.texts(*run.published)


def test_an_empty_data_set_is_published_only_where_it_is_asked_for(story: Story) -> None:
    recipe = story.recipe("one", [str(story.crawl)])
    file = Path(recipe.path)
    file.write_text(file.read_text().replace('"dataset": "one"', '"dataset": "one", "min_score": 2'))
    recipe, before = Recipe.load(file, (), [str(story.crawl)]), story.lake.version("dataset_one")
    with pytest.raises(StageError, match=r"dataset_one would be empty: (\d) rows in, \1 no_score.*--allow-empty"):
        run_recipe(recipe, story.lake, tracker=Tracker.disabled())
    assert story.lake.version("dataset_one") == before
    allowed = run_recipe(recipe, story.lake, tracker=Tracker.disabled(), allow_empty=True)
    assert list(allowed.sizes.values()) == [0] == [story.lake.dataset("one").count()]


def test_the_last_run_is_known_though_the_clock_went_back(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (accounting, runner):
        monkeypatch.setattr(module, "now", lambda: now().replace(year=2001), raising=False)
    story.run("other")
    assert recipe_that_ran(story.lake, None) == "other"
    for table in ("pages", "dataset_one", "documents", "runs"):
        rows = story.lake.spark.sql(f"SHOW TBLPROPERTIES {story.lake.reference(table)}").collect()
        assert RETENTION.items() <= {row["key"]: row["value"] for row in rows}.items()


def test_the_counts_of_a_killed_ingest_stand_in_the_run_that_resumes_it(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, write = Story(spark, tmp_path / "killed"), Lake.write
    recipe = told.recipe("one", [str(told.crawl)], commit_bytes=1)

    def cut_off(self: Lake, table: Table, *rest: Any, **how: Any) -> int:
        if table.name == "pages" and self.exists("sources"):
            raise KeyboardInterrupt
        return write(self, table, *rest, **how)

    with monkeypatch.context() as patched:
        patched.setattr(Lake, "write", cut_off)
        with pytest.raises(KeyboardInterrupt):
            ingest(recipe, recipe.stage("ingest"), told.lake, True, "killed")
    assert told.lake.read("sources").count() == 1
    run = run_recipe(recipe, told.lake, tracker=Tracker.disabled())
    counts = (run.stages[0].rows_in, run.stages[0].rows_out, run.stages[0].rejected)
    assert counts == (5, 3, {"bad_http": 2})
    assert story_of_runs(told.lake) == [(5, 3)]
    lost(told.lake, "pages")
    with pytest.raises(StageError, match=r"pages ends with version .*commits are lost.*--again --source PATH"):
        told.run("one", told.crawl)
    told.run("one", told.crawl, again=True)
    assert told.texts("one") == ["first of a", "only one of b", "second of a"]
    # Later commits can hide that one is gone: then the numbers tell.
    told.lake.spark.sql(
        f"INSERT OVERWRITE {told.lake.reference('pages')} SELECT * FROM {told.lake.reference('pages')} LIMIT 1"
    )
    with pytest.raises(StageError, match=r"pages has 1 rows of 2 of local, of which sources says 3"):
        told.run("one", told.crawl)
    told.run("one", told.crawl, again=True)
    assert told.texts("one") == ["first of a", "only one of b", "second of a"]


def story_of_runs(lake: Lake) -> list[tuple[int, int]]:
    rows = lake.read("runs").where("stage = 'ingest' AND status = 'done'").collect()
    return [(row["rows_in"], row["rows_out"]) for row in rows]


def lost(lake: Lake, table: str) -> None:
    """Take the newest commit of a table away, as a copy that was restored lacks it."""
    log = Path(lake.location) / table / "_delta_log"
    newest = max(file.name for file in log.glob("*.json"))
    for file in (log / newest, log / f".{newest}.crc"):
        file.unlink(missing_ok=True)
    shutil.rmtree(log / "_staged_commits", ignore_errors=True)
    for file in log.glob("*.crc"):
        file.unlink()

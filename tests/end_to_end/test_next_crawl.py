"""A second crawl is deduplicated against what the first has published."""

from __future__ import annotations

import gzip
import json
import shutil
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pyspark.sql import SparkSession

from lakesift.commands.compare import diff
from lakesift.commands.explain import explain
from lakesift.commands.run import export, report
from lakesift.engine.runner import Run, run_recipe
from lakesift.errors import RecipeError, UsageError
from lakesift.lake.lake import Lake
from lakesift.recipe.recipe import Recipe
from lakesift.tracking.tracker import Tracker

pytestmark = [pytest.mark.spark, pytest.mark.slow]
RECIPE = """name: news
source: {{documents: {source}, url: url}}
stages:
  - ingest: {{crawl: {crawl}}}
  - documents: {{crawls: [{crawl}], steps: [minhash: {minhash}]}}
  - near_duplicates: {{against: {against}}}
  - publish: {{dataset: news, add_to: {base}, without_sites: {without}}}
  - index: {{dataset: news, add_to: {base}, without_sites: {without}}}
"""


def name_of(article: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, article))


def host_of(article: str) -> str:
    return f"{'www.old' if article[-1] in '01' else 'young'}.example"


class News:
    """The articles with planted near-duplicates, one of each pair in the first crawl and the other in the second."""

    def __init__(self, spark: SparkSession, given: Path, folder: Path) -> None:
        with gzip.open(given / "articles_1000.train.gz", "rt", encoding="utf-8") as lines:
            self.texts = dict(line.rstrip("\n").split(" ", 1) for line in lines)
        with gzip.open(given / "articles_1000.truth.gz", "rt", encoding="utf-8") as lines:
            self.planted = [tuple(line.split()) for line in lines]
        self.late = {pair[1] for pair in self.planted} | set(list(self.texts)[900:]) - {
            pair[0] for pair in self.planted
        }
        self.folder, self.lake = folder, Lake(str(folder / "lake"), spark)

    def run(self, crawl: str, *, base: int | None = None, minhash: str = "{}", without: str = "") -> Run:
        source = self.folder / f"{crawl}.jsonl"
        rows = [
            {"id": name_of(name), "text": self.texts[name], "url": f"https://{host_of(name)}/{name}"}
            for name in self.texts
            if (name in self.late) == (crawl == "b")
        ]
        source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        recipe = self.folder / "news.yml"
        against = f"[news@{base}]" if base else "[]"
        filled = {"source": source, "crawl": crawl, "minhash": minhash, "against": against, "base": base or "null"}
        filled["without"] = f"[{without}]"
        recipe.write_text(RECIPE.format(**filled), encoding="utf-8")
        return run_recipe(Recipe.load(recipe), self.lake, tracker=Tracker.disabled())

    def published(self, run: Run) -> set[str]:
        return {row["doc_id"] for row in self.lake.read("dataset_news", run.versions["dataset_news"]).collect()}


@pytest.fixture(scope="module")
def news(spark: SparkSession, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[News, Run, Run]:
    found = News(spark, shared_data / "near_duplicates", tmp_path_factory.mktemp("news"))
    return found, found.run("a"), found.run("b", base=1)


def test_published_documents_stay_and_each_new_twin_is_dropped_with_the_one_it_matched(
    news: tuple[News, Run, Run],
) -> None:
    known, first, second = news
    expected = {name_of(late): name_of(early) for early, late in known.planted}
    assert second.published == ["news@2"]
    assert {name_of(name) for name in known.texts if name not in known.late} == known.published(first)
    assert known.published(second) == {name_of(name) for name in known.texts} - set(expected)
    twins = known.lake.read("duplicates", second.versions["duplicates"]).where("doc_id <> keeper_id").collect()
    assert {row["doc_id"]: row["keeper_id"] for row in twins} == expected
    assert all(row["similarity"] > 0.5 for row in twins)
    stages = {stage.stage: (stage.rows_in, stage.rows_out, stage.rejected) for stage in second.stages}
    assert stages["publish"] == (len(known.late), len(known.late) - len(expected), {"near_duplicate": len(expected)})


def test_the_new_version_and_its_index_are_added_and_nothing_published_is_written_again(
    news: tuple[News, Run, Run],
) -> None:
    known, _, second = news
    for table in ("dataset_news", "index_news"):
        history = known.lake.spark.sql(f"DESCRIBE HISTORY {known.lake.reference(table)} LIMIT 1").collect()
        assert history[0]["version"] == second.versions[table]
        assert history[0]["operationParameters"]["mode"] == "Append"
    documents = known.lake.read("index_news").where("key IS NULL").select("doc_id").distinct()
    assert {row["doc_id"] for row in documents.collect()} == known.published(second)


def test_diff_finds_what_was_published_before_in_both_versions(news: tuple[News, Run, Run]) -> None:
    known, first, second = news
    old, new = known.published(first), known.published(second)
    found = diff("news@1", "news@2", known.lake.location)
    assert {place: documents for place, (documents, _) in found.totals.items()} == {
        "both": len(old),
        "only_a": 0,
        "only_b": len(new - old),
        "neither": len(known.texts) - len(new),
    }


def test_the_data_card_tells_the_settings_of_the_version_and_how_its_archives_were_taken_in(
    news: tuple[News, Run, Run], tmp_path: Path
) -> None:
    known, first, second = news
    export("news@2", str(tmp_path / "out"), known.lake.location)
    rows = [line.strip("| ").split(" | ") for line in (tmp_path / "out" / "README.md").read_text().splitlines()]
    told = {(row[0], row[1]): row[2] for row in rows if len(row) == 3}
    card, old = (tmp_path / "out" / "README.md").read_text(), len(known.published(first))
    assert (
        f"| documents | {len(known.published(second))}, {old} of them from the version that it was added to |" in card
    )
    assert f"the {old} documents from the version before it" in card
    assert told["publish", "add_to"] == "1"
    assert told["near_duplicates", "against"] == '\\["news@1"\\]'
    assert told["ingest", "crawl"] == '"b"'
    assert told["ingest, earlier", "crawl"] == '"a"'


def test_explain_tells_a_document_of_an_earlier_crawl_as_the_run_that_measured_it_left_it(
    news: tuple[News, Run, Run],
) -> None:
    known, _, _ = news
    early, late = map(name_of, known.planted[0])
    told = {doc_id: explain(doc_id, known.lake.location) for doc_id in (early, late)}
    assert "words after edits" in told[early]
    assert "measured     by an earlier run of the recipe" in told[early]
    assert told[early].endswith("outcome      in data set news@2")
    assert "earlier run" not in told[late]
    assert f"outcome      left out: a duplicate of {early} by minhash" in told[late]


def test_the_report_tells_how_many_documents_the_version_that_was_added_to_had(
    news: tuple[News, Run, Run], tmp_path: Path
) -> None:
    known, first, _ = news
    page = Path(report(known.lake.location, output=tmp_path / "report.html", dataset="news@2")).read_text()
    assert f"; {len(known.published(first))} of them from the version that it was added to" in page


def test_explain_says_that_an_earlier_run_cannot_be_read_any_more(news: tuple[News, Run, Run], tmp_path: Path) -> None:
    known, first, second = news
    copy = Path(shutil.copytree(known.folder / "lake", tmp_path / "lake"))
    old, new = (known.lake.read("documents", run.versions["documents"]).inputFiles() for run in (first, second))
    for file in {*old} - {*new}:
        (copy / Path(urlsplit(file).path).relative_to(known.folder / "lake")).unlink()
    told = explain(name_of(known.planted[0][0]), str(copy))
    assert "outcome      in data set news@2\n\nan earlier run's tables cannot be read (removed by VACUUM?): " in told


def test_a_second_run_does_nothing(news: tuple[News, Run, Run]) -> None:
    again = news[0].run("b", base=1)
    assert {stage.status for stage in again.stages} == {"skipped"}
    assert again.published == ["news@2"]


def test_an_index_of_other_signatures_is_refused_before_anything_runs(news: tuple[News, Run, Run]) -> None:
    versions = {table: news[0].lake.version(table) for table in ("documents", "duplicates", "dataset_news")}
    with pytest.raises(
        UsageError, match=r"the index of news@1 holds signatures of other settings.*bands: 14.*bands: 20"
    ):
        news[0].run("b", base=1, minhash="{bands: 20, rows: 5}")
    assert versions == {table: news[0].lake.version(table) for table in versions}


def test_a_version_that_was_not_published_is_told(news: tuple[News, Run, Run]) -> None:
    with pytest.raises(UsageError, match=r"there is no data set news@9 .*expected news@1, news@2"):
        news[0].run("b", base=9)


def test_a_site_is_taken_out_of_what_was_published_before_and_of_its_index(news: tuple[News, Run, Run]) -> None:
    known, _, second = news
    before = known.published(second)
    third = known.run("b", base=2, without="Old.example")
    gone = {name_of(name) for name in known.texts if host_of(name) == "www.old.example"}
    assert third.published == ["news@3"]
    assert known.published(third) == before - gone
    assert known.published(second) == before
    indexed = known.lake.read("index_news", third.versions["index_news"])
    assert {row["doc_id"] for row in indexed.where("key IS NULL").select("doc_id").collect()} == before - gone
    nodes = {
        key: {row["node"] for row in indexed.where(f"(key IS NULL) = {key}").collect()} for key in ("true", "false")
    }
    assert nodes["true"] == nodes["false"]
    publish = next(stage for stage in third.stages if stage.stage == "publish")
    late = {name_of(name) for name in known.late}
    assert publish.rejected == {
        "near_duplicate": len(late - before),
        "site_taken_out": len(late & before & gone),
        "already_published": len(late & before - gone),
    }
    assert (publish.rows_in, publish.rows_out) == (len(late), 0)
    assert publish.counts == {"taken_out_of_version old.example": len(before & gone)}
    told = explain(min(before & gone - late), known.lake.location)
    assert told.endswith("outcome      left out: the data set is without old.example (without_sites)")


def test_an_index_of_other_sites_than_the_data_set_is_refused(tmp_path: Path) -> None:
    filled = {"source": "x", "crawl": "c", "minhash": "{}", "against": "[]", "base": 2, "without": "[old.example]"}
    recipe = RECIPE.format(**filled).replace("[old.example]", "[]", 1)
    (tmp_path / "news.yml").write_text(recipe, encoding="utf-8")
    with pytest.raises(RecipeError, match=r"--set 'index.without_sites=\[\]', or --set 'publish.without_sites=\[\"old"):
        Recipe.load(tmp_path / "news.yml")

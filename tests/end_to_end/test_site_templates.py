"""A recipe with site templates: the first crawl's blocks are cut from the second's pages, and no page is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakesift.commands.explain import explain
from lakesift.engine.runner import Run, run_recipe
from lakesift.lake.lake import Lake
from lakesift.recipe.recipe import Recipe
from lakesift.tracking.tracker import Tracker

pytestmark = [pytest.mark.spark, pytest.mark.slow]
RECIPE = """name: sites
source: {{documents: {source}, url: url}}
stages:
  - ingest: {{crawl: {crawl}}}
  {stage}
  - documents: {{crawls: [{crawl}], steps: [signals: [gopher_quality@datatrove]]}}
  - verdicts: {{rules: [gopher_quality@datatrove]}}
  - publish: {{dataset: sites_{crawl}}}
"""
# A recipe reads the crawls that it names beside its own source.
BOTH = "- site_templates: {crawls: [one, two]}"
MENU, BANNER = "Home and garden", "We use cookies to show you again what you have seen already."


def article(number: int) -> str:
    words = " ".join(f"and the word{number}x{place} with it" for place in range(30))
    return f"This is what there is to be said about {number}, {words}."


class Sites:
    def __init__(self, spark: SparkSession, folder: Path) -> None:
        self.folder, self.lake = folder, Lake(str(folder / "lake"), spark)

    def run(self, crawl: str, texts: dict[str, str], stage: str = "- site_templates: {}") -> Run:
        source = self.folder / f"{crawl}.jsonl"
        rows = [{"id": f"{crawl}/{path}", "url": f"https://a.example/{path}", "text": texts[path]} for path in texts]
        source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        recipe = self.folder / "sites.yml"
        recipe.write_text(RECIPE.format(source=source, crawl=crawl, stage=stage), encoding="utf-8")
        return run_recipe(Recipe.load(recipe), self.lake, tracker=Tracker.disabled())

    def documents(self, run: Run) -> dict[str, tuple[str, int, int]]:
        rows = self.lake.read("documents", run.versions["documents"]).collect()
        path = "https://a.example/"
        return {row["url"].removeprefix(path): (row["text"], *row["site_templates"]) for row in rows}


@pytest.fixture(scope="module")
def sites(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Sites, Run, Run]:
    found = Sites(spark, tmp_path_factory.mktemp("sites"))
    first = {f"story/{number}": f"{MENU}\n\n{article(number)}\n\n{BANNER}" for number in range(6)}
    # The site and one of its stories are crawled again; two pages are new.
    second = {"story/0": first["story/0"], "new": f"{MENU}\n{article(9)}\n{BANNER}", "login": f"{MENU}\n\n{BANNER}"}
    return found, found.run("one", first), found.run("two", second, BOTH)


def test_a_later_crawl_of_three_pages_is_cut_by_what_the_earlier_one_knew(sites: tuple[Sites, Run, Run]) -> None:
    found, first, second = sites
    cut = 2, len(MENU) + len(BANNER)
    assert found.documents(first) == {f"story/{number}": (article(number), *cut) for number in range(6)}
    assert found.documents(second) == {"story/0": (article(0), *cut), "new": (article(9), *cut), "login": ("", *cut)}
    templates = found.lake.read("site_templates", second.versions["site_templates"]).collect()
    # Six stories, one of them crawled twice, the new one, and the login page, which is nothing but templates.
    assert {(row["example"], row["pages"], row["host_pages"]) for row in templates} == {(MENU, 8, 8), (BANNER, 8, 8)}


def test_a_page_that_is_nothing_but_templates_is_dropped_by_a_rule_and_counted(sites: tuple[Sites, Run, Run]) -> None:
    stages = {stage.stage: (stage.rows_in, stage.rows_out) for stage in sites[2].stages}
    assert stages["documents"] == (3, 3)
    verdicts = sites[0].lake.read("verdicts", sites[2].versions["verdicts"]).where("NOT kept").collect()
    assert [row["failed"][0] for row in verdicts] == ["gopher_quality@datatrove.short_doc"]
    assert {stage.stage: stage.rejected for stage in sites[2].stages}["publish"] == {
        "gopher_quality@datatrove.short_doc": 1
    }


def test_what_was_cut_is_explained(sites: tuple[Sites, Run, Run]) -> None:
    told = explain("https://a.example/login", sites[0].lake.location)
    assert f"2 lines of the site's templates, {len(MENU) + len(BANNER)} characters" in told
    assert f'"{BANNER}"' in told


def test_the_same_crawl_again_does_nothing_and_without_the_stage_nothing_is_cut(
    sites: tuple[Sites, Run, Run],
) -> None:
    found = sites[0]
    texts = {
        "story/0": f"{MENU}\n\n{article(0)}\n\n{BANNER}",
        "new": f"{MENU}\n{article(9)}\n{BANNER}",
        "login": f"{MENU}\n\n{BANNER}",
    }
    again = found.run("two", texts, BOTH)
    assert {stage.status for stage in again.stages} == {"skipped"}
    without = found.run("two", texts, stage="")
    rows = found.lake.read("documents", without.versions["documents"])
    assert "site_templates" not in rows.columns
    assert {row["text"] for row in rows.select("text").collect()} == set(texts.values())

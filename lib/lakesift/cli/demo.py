"""The demo: a sample crawl, the main job on it, a scorer trained on a part of its truth, and the result against the truth."""

from __future__ import annotations

from pathlib import Path

from pyspark.sql import functions as F

from lakesift.commands.run import report
from lakesift.commands.scorer_training import train_scorer
from lakesift.engine.runner import run_recipe
from lakesift.lake.lake import Lake
from lakesift.recipe.recipe import Recipe
from lakesift.recipe.stage_range import Selection
from lakesift.sample import write_sample
from lakesift.sample.planted import TRUTH_FILE
from lakesift.sample.truth import compare, lines
from lakesift.scorers.training.settings import ScorerTraining
from lakesift.spark.session import open_session
from lakesift.tracking.tracker import Tracker

RECIPE = "sample"
SEED = 1
SCORER = "sample_quality"
LABELLED_SHARE = 30
"""Percent of the pages whose truth the scorer is trained on; a person would have labelled so many."""


def run_demo(directory: Path, pages: int) -> list[str]:
    """Run the demo into a folder; what is there already is not done again.

    Args:
        directory: gets crawl/, lake/ and report.html.
        pages: size of the sample crawl.

    Returns:
        The lines that say what happened and where everything is.
    """
    crawl, place = directory / "crawl", directory / "lake"
    if not (crawl / TRUTH_FILE).exists():
        write_sample(crawl, pages, SEED)
    lake = Lake(str(place), open_session())
    tracker = Tracker.for_lake(lake.location)
    recipe = Recipe.load(RECIPE, source=[str(crawl / "*.warc.gz")])
    if not tracker.has_scorer(SCORER):
        run_recipe(recipe, lake, selection=Selection(last="documents"), tracker=tracker)
        _train(lake, crawl, tracker)
    result = run_recipe(recipe, lake, tracker=tracker)
    report(str(place), output=directory / "report.html", dataset=None)
    truth = lake.spark.read.parquet(str(crawl / TRUTH_FILE))
    tables = {
        name: lake.read(name, result.versions.get(name))
        for name in ("pages", "documents", "verdicts", "duplicates", "quarantine")
    }
    return [
        *lines(compare(truth, **tables)),
        f"data sets: {', '.join(result.published)}; tables: {place}; report: {directory / 'report.html'}",
    ]


def _train(lake: Lake, crawl: Path, tracker: Tracker) -> None:
    truth = lake.spark.read.parquet(str(crawl / TRUTH_FILE)).select(
        "doc_id", (~F.col("junk")).cast("int").alias("label")
    )
    part = F.pmod(F.xxhash64(F.lit(SEED), "doc_id"), F.lit(100)) < LABELLED_SHARE
    labelled = lake.read("documents").select("doc_id", "text").join(truth, "doc_id").where(part)
    data = (f"{lake.location}/documents", lake.version("documents"))
    train_scorer(labelled, ScorerTraining(name=SCORER), tracker, data)

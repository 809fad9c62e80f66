"""A run does what is not done yet, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from declared import declared
from end_to_end.conftest import Whole
from lakesift.engine.runner import Run, run_recipe
from lakesift.lake.lake import Lake
from lakesift.recipe.recipe import Recipe
from lakesift.shipped import conf_folder
from lakesift.tracking.tracker import Tracker

pytestmark = [pytest.mark.spark, pytest.mark.slow]
THRESHOLD = "verdicts.thresholds.fineweb_quality@datatrove.line_punct_ratio.min_line_punct_ratio"
OF_DOCUMENTS = {"verdicts", "score", "near_duplicates", "publish"}
REAL_PAGES = 559


def done(run: Run) -> set[str]:
    return {stage.stage for stage in run.stages if stage.status == "done"}


def versions(lake: Lake) -> dict[str, int]:
    return {table: lake.version(table) for table in lake.tables() if table not in ("runs", "funnel", "datasets")}


def test_a_second_run_does_nothing(whole: Whole) -> None:
    before = versions(whole.undisturbed)
    again = whole.run(whole.undisturbed)
    assert done(again) == set()
    assert again.published == ["sample@1", "pairs_sample@1"]
    assert versions(whole.undisturbed) == before


def test_a_changed_threshold_runs_only_what_depends_on_it_and_the_old_one_is_still_there(whole: Whole) -> None:
    lake = whole.lake("changed")
    shutil.copytree(whole.undisturbed.location, lake.location)
    changed = whole.run(lake, f"{THRESHOLD}=0.9")
    assert done(changed) == OF_DOCUMENTS
    assert changed.published == ["sample@2", "pairs_sample@1"]
    back = whole.run(lake)
    assert done(back) == set()
    assert back.published == ["sample@3", "pairs_sample@1"]
    assert back.unchanged == {"pairs_sample@1"}
    ids = [
        lake.dataset(name).select("doc_id").exceptAll(lake.dataset("sample@1").select("doc_id"))
        for name in ("sample@3", "sample")
    ]
    assert [rows.count() for rows in ids] == [0, 0]


def test_the_counts_of_every_stage_add_up(whole: Whole) -> None:
    counted = whole.undisturbed.read("runs").where("status = 'done'").collect()
    assert {row["stage"] for row in counted} == {stage.name for stage in whole.recipe().stages}
    for row in counted:
        assert row["rows_in"] == row["rows_out"] + sum(row["rejected"].values()), row["stage"]
    (verdicts, publish) = (row for name in ("verdicts", "publish") for row in counted if row["stage"] == name)
    of_rules = {reason: rows for reason, rows in publish["rejected"].items() if reason in verdicts["rejected"]}
    assert of_rules == verdicts["rejected"] != {}


def test_fineweb_takes_in_every_real_page_and_a_second_run_does_nothing(
    spark: SparkSession, shared_data: Path, tmp_path: Path
) -> None:
    source = [str(shared_data / "web" / "*.warc.gz")]
    recipe = Recipe.load(conf_folder() / "fineweb.yml", ["ingest.extract.extractor=resiliparse"], source)
    lake = Lake(str(tmp_path / "lake"), spark)
    first, second = (run_recipe(recipe, lake, tracker=Tracker.disabled()) for _ in range(2))
    assert lake.read("pages").count() == lake.read("documents").count() == REAL_PAGES
    assert done(first) == {"ingest", "documents", "verdicts", "near_duplicates", "publish"}
    assert done(second) == set()
    assert first.published == second.published == ["fineweb@1"]
    assert set(lake.tables()) >= {"pages", "runs", "funnel"} <= set(declared())

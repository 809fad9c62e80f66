"""What a run finds out before it begins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakesift.engine.runner import run_recipe
from lakesift.errors import ScorerError
from lakesift.lake.lake import Lake
from lakesift.recipe.recipe import Recipe
from lakesift.recipe.stage_range import Selection
from lakesift.tracking.tracker import Tracker

pytestmark = pytest.mark.spark


def test_a_scorer_that_is_not_there_is_told_before_anything_is_taken_in(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "texts.jsonl").write_text(json.dumps({"id": "a", "text": "One text."}) + "\n", encoding="utf-8")
    stages = [{"ingest": {}}, {"documents": {}}, {"score": {"scorer": "quality"}}]
    recipe = {"name": "small", "source": {"documents": str(tmp_path / "texts.jsonl")}, "stages": stages}
    (tmp_path / "small.yml").write_text(json.dumps(recipe), encoding="utf-8")
    lake, loaded = Lake(str(tmp_path / "lake"), spark), Recipe.load(tmp_path / "small.yml")
    with pytest.raises(ScorerError):
        run_recipe(loaded, lake, tracker=Tracker.disabled())
    assert lake.tables() == []
    # The stages before it need none.
    run = run_recipe(loaded, lake, selection=Selection(last="documents"), tracker=Tracker.disabled())
    assert [stage.status for stage in run.stages] == ["done", "done"]

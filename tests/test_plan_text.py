"""Promises of what `lakesift plan` prints."""

from __future__ import annotations

import json
from pathlib import Path

from lakesift.engine.plan_text import LONG, plan_text
from lakesift.recipe.recipe import Recipe
from lakesift.sample import write_sample


def test_rules_stand_under_the_stage_that_decides_by_them(tmp_path: Path) -> None:
    write_sample(tmp_path, 20, 1)
    told = plan_text(Recipe.load("dedup_next_crawl", source=[str(tmp_path / "*.warc.gz")]), None).splitlines()
    stage = max(place for place, line in enumerate(told) if line.startswith("[") and "verdicts" in line)
    drops = [place for place, line in enumerate(told) if line.startswith("      drop ")]
    (behind,) = (place for place, line in enumerate(told) if line.startswith("[") and "near_duplicates" in line)
    assert drops
    assert all(stage < place < behind for place in drops)


def test_no_setting_is_cut_short_and_long_ones_are_told_an_entry_a_line(tmp_path: Path) -> None:
    write_sample(tmp_path, 20, 1)
    recipe = Recipe.load("fineweb", source=[str(tmp_path / "*.warc.gz")])
    told = [line.strip() for line in plan_text(recipe, None).splitlines()]
    for stage in recipe.stages:
        for key, value in stage.settings.model_dump(mode="json").items():
            text = json.dumps(value)
            if len(text) <= LONG:
                assert f"{key}: {text}" in told
            else:
                start = told.index(f"{key}:") + 1
                entries = value.items() if isinstance(value, dict) else (("-", entry) for entry in value)
                expected = [f"{name}{':' if name != '-' else ''} {json.dumps(entry)}" for name, entry in entries]
                assert told[start : start + len(value)] == expected

"""Promises of what a data card says of the recipe that its data set was made by."""

from __future__ import annotations

import pytest

from lakesift.commands.run import has_settings
from lakesift.recipe.recipe import Recipe

FINEWEB = Recipe.load("fineweb")
IN_FORCE = {stage.name: stage.settings.model_dump(mode="json") for stage in FINEWEB.stages}


@pytest.mark.parametrize("last", [2, len(IN_FORCE)])
def test_a_recipe_is_shown_when_all_its_stages_up_to_the_last_had_its_settings(last: int) -> None:
    assert has_settings(FINEWEB, dict(list(IN_FORCE.items())[:last]))


def test_ingest_may_tell_only_what_decides() -> None:
    assert has_settings(FINEWEB, {**IN_FORCE, "ingest": {"crawl": IN_FORCE["ingest"]["crawl"]}})


@pytest.mark.parametrize(
    "stages",
    [
        {},
        {**IN_FORCE, "near_duplicates": {**IN_FORCE["near_duplicates"], "min_similarity": 0.9}},
        {name: settings for name, settings in IN_FORCE.items() if name != "near_duplicates"},
        {**IN_FORCE, "ingest, earlier": IN_FORCE["ingest"]},
        {**IN_FORCE, "exact_duplicates": {}},
    ],
)
def test_a_recipe_is_not_shown_where_other_settings_or_stages_made_the_data_set(
    stages: dict[str, dict[str, object]],
) -> None:
    assert not has_settings(FINEWEB, stages)

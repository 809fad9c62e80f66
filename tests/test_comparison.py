"""What a lake has to have measured before a recipe's rules can be asked of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakesift.commands.compare import diff, lacking
from lakesift.documents.measuring.settings import DocumentsSettings
from lakesift.errors import UsageError
from lakesift.recipe.recipe import Recipe


def measured_by(recipe: str) -> DocumentsSettings:
    settings = Recipe.load(recipe).stage("documents").settings
    assert isinstance(settings, DocumentsSettings)
    return settings


@pytest.mark.parametrize("name", ["fineweb", "refinedweb", "dclm", "c4", "dolma", "redpajama2", "nemotron_cc"])
def test_one_pass_can_answer_for_seven_recipes(name: str) -> None:
    assert lacking(Recipe.load(name), measured_by("compare")) == []


def test_everything_that_is_missing_is_named_with_the_text_it_belongs_to() -> None:
    first, second = "remove_urls@dclm", "collapse_newlines@dclm"
    assert lacking(Recipe.load("refinedweb"), measured_by("fineweb")) == [
        f"gopher_quality@dclm is missing (the text after {first}, {second})",
        f"gopher_repetition@dclm is missing (the text after {first}, {second})",
        f"refinedweb_lines@dclm is missing (the text after {first}, {second})",
    ]


def test_a_signal_of_another_text_does_not_answer() -> None:
    steps = [{"signals": ["fineweb_quality@datatrove", "gopher_repetition@datatrove", "gopher_quality@datatrove"]}]
    measured = DocumentsSettings.model_validate({"steps": [*steps, {"edit": "c4_lines@datatrove"}]})
    [problem] = lacking(Recipe.load("fineweb"), measured)
    assert problem == (
        "fineweb_quality@datatrove was measured on the text as it was taken in, "
        "fineweb needs it on the text after c4_lines@datatrove"
    )


def test_what_a_rule_set_names_and_no_step_measures_is_lacking(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(
        "name: own@test\nsource: this test\nsignals: [gopher_quality@dolma]\nrules:\n  few: {drop_when: 'words < :least', thresholds: {least: 3}}\n"
    )
    recipe = Recipe.load("fineweb", [f"verdicts.rules=[{rules}]"])
    assert lacking(recipe, measured_by("compare")) == [
        "gopher_quality@dolma is not measured by any step of fineweb itself"
    ]


def test_a_changed_setting_that_no_rule_decides_by_is_refused_before_anything_is_read() -> None:
    with pytest.raises(
        UsageError, match=r"--set-b near_duplicates\.min_similarity=0\.6: .* lakesift diff NAME@1 NAME@2"
    ):
        diff("fineweb", "fineweb", "nowhere", overrides_b=["near_duplicates.min_similarity=0.6"])

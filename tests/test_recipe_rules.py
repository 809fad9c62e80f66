"""Thresholds by language: what a recipe says over a language's file, over what is published; and files beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakesift.errors import RecipeError
from lakesift.recipe import Recipe
from lakesift.text.measure import DocumentsSettings

RECIPE = """name: small
source: {archives: [crawl/*.warc.gz]}
stages:
  - ingest: {}
  - documents:
      steps:
        - signals: [gopher_quality@datatrove]
  - verdicts:
      rules: [gopher_quality@datatrove]
      languages: [de.yml]
"""
GERMAN = """language: de
source: invented
thresholds:
  gopher_quality@datatrove:
    short_doc: {min_doc_words: 40}
  unused@anywhere:
    any: {most: 1}
"""
SHORT = "verdicts.thresholds.gopher_quality@datatrove.short_doc.min_doc_words"


def load(folder: Path, german: str, *overrides: str, recipe: str = RECIPE) -> Recipe:
    (folder / "de.yml").write_text(german, encoding="utf-8")
    (folder / "recipe.yml").write_text(recipe, encoding="utf-8")
    return Recipe.load(folder / "recipe.yml", overrides)


def problem(folder: Path, german: str, *overrides: str, recipe: str = RECIPE) -> str:
    with pytest.raises(RecipeError) as caught:
        load(folder, german, *overrides, recipe=recipe)
    return str(caught.value).replace(f"{folder}/", "")


def least(recipe: Recipe) -> object:
    return recipe.rule_sets[0].rules["short_doc"].thresholds["min_doc_words"]


def test_a_languages_file_holds_for_that_language(tmp_path: Path) -> None:
    recipe = load(tmp_path, GERMAN)
    assert least(recipe) == {"default": 50, "de": 40}
    assert "< CASE language WHEN 'de' THEN 40 ELSE 50 END" in recipe.rule_sets[0].predicates()[0][1]


def test_a_map_in_the_recipe_goes_over_the_languages_file_and_a_value_over_all(tmp_path: Path) -> None:
    assert least(load(tmp_path, GERMAN, f"{SHORT}={{fr: 30, de: 20}}")) == {"default": 50, "de": 20, "fr": 30}
    assert least(load(tmp_path, GERMAN, f"{SHORT}={{default: 30}}")) == {"default": 30, "de": 40}
    assert least(load(tmp_path, GERMAN, f"{SHORT}=10")) == 10


def test_what_is_wrong_in_a_languages_file_is_said(tmp_path: Path) -> None:
    assert problem(tmp_path, GERMAN.replace("short_doc", "shrt_doc")) == (
        "recipe.yml:10: verdicts.languages.shrt_doc: de: gopher_quality@datatrove has no rule shrt_doc (nearest: short_doc)"
    )
    assert "de: short_doc has no threshold min_words (nearest: min_doc_words)" in problem(
        tmp_path, GERMAN.replace("min_doc_words", "min_words")
    )
    assert "de: {'de': 'few'} does not fit; expected such as 50" in problem(tmp_path, GERMAN.replace("40", "few"))
    assert "de.yml:1: language: " in problem(tmp_path, GERMAN.replace("language: de", "language: German"))
    assert "de.yml is not YAML" in problem(tmp_path, "a: [")


def test_a_languages_file_that_is_not_there_or_stands_twice_is_said(tmp_path: Path) -> None:
    assert "there is no thresholds of a language fr.yml; expected a path" in problem(
        tmp_path, GERMAN, recipe=RECIPE.replace("[de.yml]", "[fr.yml]")
    )
    assert "language de stands twice" in problem(
        tmp_path, GERMAN, recipe=RECIPE.replace("[de.yml]", "[de.yml, de.yml]")
    )


def test_resources_are_looked_for_beside_the_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = RECIPE.replace("      steps:", "      resources: {stop_words: words, bad_words: nowhere}\n      steps:")
    (tmp_path / "words").mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    def resources() -> tuple[Path | None, Path | None]:
        settings = load(tmp_path, GERMAN, recipe=recipe).stage("documents").settings
        assert isinstance(settings, DocumentsSettings)
        return settings.resources.stop_words, settings.resources.bad_words

    assert resources() == (tmp_path / "words", Path("nowhere"))
    (elsewhere / "words").mkdir()
    assert resources() == (Path("words"), Path("nowhere"))

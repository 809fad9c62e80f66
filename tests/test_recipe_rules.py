"""Thresholds by language: what a recipe says over a language's file, over what is published; and files beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakesift.documents.measuring.settings import DocumentsSettings
from lakesift.errors import RecipeError
from lakesift.recipe.recipe import Recipe

CONF = Path(__file__).parents[1] / "conf"
# RedPajama-V2's rules, for the five languages that its language rule keeps, and those for every language.
FOR_ALL = {
    *("language@fineweb2", "gopher_repetition@fineweb2", "fineweb_quality@fineweb2", "gopher_quality@fineweb2"),
    *("language@redpajama2", "gopher_quality@rpv2", "gopher_repetition@rpv2"),
}
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
    assert "< 40" in recipe.rule_sets[0].predicates("de")[0][1]
    assert "< 50" in recipe.rule_sets[0].predicates("fr")[0][1]


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
    assert "there is no language file xx.yml; expected a path" in problem(
        tmp_path, GERMAN, recipe=RECIPE.replace("[de.yml]", "[xx.yml]")
    )
    assert "language de stands twice" in problem(
        tmp_path, GERMAN, recipe=RECIPE.replace("[de.yml]", "[de.yml, de.yml]")
    )


def test_a_shipped_languages_file_without_thresholds_changes_nothing(tmp_path: Path) -> None:
    assert least(load(tmp_path, GERMAN, recipe=RECIPE.replace("[de.yml]", "[fr]"))) == 50


def test_an_identifier_that_nobody_asks_is_said_where_a_rule_names_it(tmp_path: Path) -> None:
    own = """name: agreed@test
source: invented
rules:
  other: {drop_when: languages.py3langid.language <> language}
"""
    (tmp_path / "agreed.yml").write_text(own, encoding="utf-8")
    recipe = RECIPE.replace("rules: [gopher_quality@datatrove]", "rules: [agreed.yml]")
    assert "reads languages.py3langid.language" in problem(tmp_path, GERMAN, recipe=recipe)
    assert "documents.language.also with its identifier" in problem(tmp_path, GERMAN, recipe=recipe)
    found = load(tmp_path, GERMAN, "documents.language={also: [py3langid]}", recipe=recipe)
    assert found.rule_sets[0].name == "agreed@test"


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


NEEDS = {
    "gneissweb": ["documents.resources.tokenizer=tokenizer.json", "repeated_substrings.tokenizer=tokenizer.json"],
    "dedup_decontaminate": ["contamination.files=benchmark.jsonl"],
}


def test_rules_for_english_stand_behind_a_language_rule_in_every_shipped_recipe() -> None:
    """Words, stop words and phrases of English decide in these sets: a recipe that has one keeps nothing but English."""
    for file in sorted(CONF.glob("*.yml")):
        recipe = Recipe.load(file, NEEDS.get(file.stem, ()))
        for_english = [rules.name for rules in recipe.rule_sets if rules.name not in FOR_ALL and not rules.languages]
        gates = [
            rules.rules["other_language"].thresholds.get("language")
            for rules in recipe.rule_sets
            if rules.name.startswith("language@") and "other_language" in rules.rules
        ]
        assert not for_english or gates == ["en"], f"{file.name}: {for_english}"


def test_signals_that_nothing_measures_are_told_with_the_nearest(tmp_path: Path) -> None:
    text = "name: own@test\nsource: invented\nsignals: [gopher_quality@datatrov]\nrules:\n  few: {drop_when: 'words < 3'}\n"
    (tmp_path / "own.yml").write_text(text, encoding="utf-8")
    recipe = RECIPE.replace("rules: [gopher_quality@datatrove]", "rules: [own.yml]")
    found = problem(tmp_path, GERMAN, recipe=recipe)
    assert "own.yml: unknown signals gopher_quality@datatrov (nearest: gopher_quality@datatrove)" in found

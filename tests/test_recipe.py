from __future__ import annotations

import re
from pathlib import Path

import pytest

from lakesift.errors import RecipeError, UsageError
from lakesift.recipe.recipe import Recipe
from lakesift.shipped import conf_folder

GOOD = """name: small
source: {archives: [crawl/*.warc.gz]}
stages:
  - ingest: {}
  - documents:
      steps:
        - signals: [gopher_quality@datatrove]
        - minhash: {}
  - verdicts:
      rules: [gopher_quality@datatrove]
  - near_duplicates: {}
  - publish: {dataset: small}
"""


def load(tmp_path: Path, text: str, *overrides: str) -> Recipe:
    file = tmp_path / "recipe.yml"
    file.write_text(text, encoding="utf-8")
    return Recipe.load(file, overrides)


def problems(tmp_path: Path, text: str, *overrides: str) -> list[str]:
    with pytest.raises(RecipeError) as caught:
        load(tmp_path, text, *overrides)
    return str(caught.value).replace(str(tmp_path / "recipe.yml"), "recipe.yml").splitlines()


def test_a_good_recipe_loads(tmp_path: Path) -> None:
    recipe = load(tmp_path, GOOD)
    assert [stage.name for stage in recipe.stages] == ["ingest", "documents", "verdicts", "near_duplicates", "publish"]
    assert [rule_set.name for rule_set in recipe.rule_sets] == ["gopher_quality@datatrove"]


@pytest.mark.parametrize("file", sorted(conf_folder().glob("*.yml")), ids=lambda file: file.stem)
def test_every_shipped_recipe_loads_or_names_the_file_that_it_needs(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    needed = re.findall(r"--set ((?:documents\.resources|contamination|repeated_substrings)\.\w+)=PATH", text)
    assert Recipe.load(file, [f"{key}=some.file" for key in needed]).name == file.stem
    if needed:
        with pytest.raises(RecipeError, match=f"needs a path in {needed[0]}"):
            Recipe.load(file)


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_one(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, GOOD.replace("near_duplicates: {}", "near_duplicates: {kep: [length]}"))
    assert found.startswith("recipe.yml:11: near_duplicates.kep: unknown key kep (nearest: keep); expected one of ")


def test_an_unknown_stage_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, GOOD.replace("- publish:", "- publsh:"))
    assert "recipe.yml:12: publsh: unknown stage publsh (nearest: publish)" in found


def test_a_wrong_type_says_what_was_given_and_expected(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, GOOD.replace("near_duplicates: {}", "near_duplicates: {max_rounds: many}"))
    assert (
        found
        == "recipe.yml:11: near_duplicates.max_rounds: 'many' does not fit; expected a valid integer, unable to parse string as an integer"
    )


def test_an_unknown_rule_set_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, GOOD.replace("rules: [gopher_quality@datatrove]", "rules: [gopher_qualty@datatrove]"))
    assert "recipe.yml:10: " in found
    assert "no rule set gopher_qualty@datatrove (nearest: gopher_quality@datatrove)" in found


def test_an_unknown_signal_family_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    found = problems(
        tmp_path, GOOD.replace("signals: [gopher_quality@datatrove]", "signals: [gopher_qality@datatrove]")
    )
    assert any("gopher_qality@datatrove" in line and "gopher_quality@datatrove" in line for line in found)


def test_a_rule_over_a_signal_that_is_not_measured_is_an_error(tmp_path: Path) -> None:
    text = GOOD.replace(
        "rules: [gopher_quality@datatrove]", "rules: [gopher_quality@datatrove, fineweb_quality@datatrove]"
    )
    found = problems(tmp_path, text)
    assert any("fineweb_quality_datatrove" in line and "signals: [fineweb_quality@datatrove]" in line for line in found)


def test_everything_wrong_is_reported_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = GOOD.replace("ingest: {}", "ingest: {extrct: 1}").replace(
        "publish: {dataset: small}", "publish: {dataset: BAD!}"
    )
    found = problems(tmp_path, text.replace("name: small", "nme: small"))
    lines = [int(line.split(":")[1]) for line in found]
    assert len(found) == 4
    assert lines == sorted(lines)


def test_near_duplicates_without_minhash_is_an_error(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD.replace("        - minhash: {}\n", ""))
    assert found == [
        "recipe.yml:10: near_duplicates: needs MinHash bands; expected a step `- minhash: {}` in documents"
    ]


def test_a_stage_before_what_it_reads_is_an_error(tmp_path: Path) -> None:
    ingest, documents, verdicts, *others = GOOD.split("  - ", 1)[1].split("\n  - ")
    shuffled = [ingest, verdicts, documents, *others]
    found = problems(tmp_path, GOOD.split("  - ", 1)[0] + "".join(f"  - {stage}\n" for stage in shuffled))
    assert any("verdicts: reads documents" in line for line in found)


def test_a_threshold_is_set_by_its_path(tmp_path: Path) -> None:
    key = "verdicts.thresholds.gopher_quality@datatrove.short_doc.min_doc_words"
    rules = load(tmp_path, GOOD, f"{key}=10").rule_sets[0].rules
    assert rules["short_doc"].thresholds["min_doc_words"] == 10


def test_an_unknown_threshold_is_an_error(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD, "verdicts.thresholds.gopher_quality@datatrove.short_doc.min_words=10")
    assert any("short_doc has no threshold min_words (nearest: min_doc_words)" in line for line in found)


def test_set_without_a_value_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not key=value"):
        load(tmp_path, GOOD, "publish.dataset")


def test_text_that_is_not_yaml_is_one_error(tmp_path: Path) -> None:
    assert "not YAML" in problems(tmp_path, "name: [")[0]


def test_an_unknown_recipe_names_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no recipe finewb \(nearest: fineweb\)"):
        Recipe.load("finewb")


SCORED = GOOD.replace(
    "  - near_duplicates: {}\n",
    "  - near_duplicates: {}\n  - score: {scorer: quality, also: [topic]}\n  - score_verdicts: {rules: [both@test.yml]}\n",
)
RULES = (
    "name: both@test\nsource: invented\nrules:\n  poor: {drop_when: 'scores.quality < 0.5 AND scores.topic < 0.5'}\n"
)


def test_rules_over_scores_are_those_of_their_stage(tmp_path: Path) -> None:
    (tmp_path / "both@test.yml").write_text(RULES, encoding="utf-8")
    recipe = load(tmp_path, SCORED)
    assert [rule_set.name for rule_set in recipe.rule_sets] == ["gopher_quality@datatrove"]
    assert [rule_set.name for rule_set in recipe.rule_sets_of("score_verdicts")] == ["both@test"]
    in_order = [rule_set.name for stage in recipe.stages for rule_set in recipe.rule_sets_of(stage.name)]
    assert in_order == ["gopher_quality@datatrove", "both@test"]


def test_a_score_that_no_scorer_gives_is_named(tmp_path: Path) -> None:
    (tmp_path / "both@test.yml").write_text(RULES, encoding="utf-8")
    (found,) = problems(tmp_path, SCORED.replace(", also: [topic]", ""))
    assert "both@test.poor reads scores.topic, which nothing before it measures" in found
    assert "its scorer in score.scorer or score.also" in found
    early = GOOD.replace("rules: [gopher_quality@datatrove]", "rules: [both@test.yml]")
    assert "the rule set in a stage score_verdicts" in problems(tmp_path, early)[0]


@pytest.mark.parametrize(
    ("misspelt", "told"),
    [
        ("wrds", r"\(nearest: words\); expected language, .*, or a signal as `family.name`"),
        (
            "gopher_quality_datatrove.hash",
            r"\(nearest: gopher_\S+hash_ratio\); expected one of gopher_quality_datatrove: al",
        ),
        (
            "c4_lines_datatrove.sentences",
            r"expected a step `- signals: \[c4_lines@datatrove\]` \(or `- edit:`\) in documents",
        ),
    ],
)
def test_a_misspelt_column_is_told_with_the_nearest_and_what_there_is(tmp_path: Path, misspelt: str, told: str) -> None:
    mine = f"name: mine@test\nsource: invented\nsignals: [c4_lines@datatrove]\nrules:\n  few: {{drop_when: '{misspelt} < 5'}}\n"
    (tmp_path / "mine@test.yml").write_text(mine, encoding="utf-8")
    (found,) = problems(tmp_path, GOOD.replace("rules: [gopher_quality@datatrove]", "rules: [mine@test.yml]"))
    assert re.search(told, found), found


def test_scores_are_decided_over_after_they_are_given(tmp_path: Path) -> None:
    (tmp_path / "both@test.yml").write_text(RULES, encoding="utf-8")
    (found,) = problems(
        tmp_path,
        SCORED.replace("  - score: {scorer: quality, also: [topic]}\n", "").replace(
            "both@test.yml", "gopher_quality@datatrove"
        ),
    )
    assert "reads scores, which no stage before it makes; expected a stage score before it" in found


def test_a_scorer_stands_once(tmp_path: Path) -> None:
    (tmp_path / "both@test.yml").write_text(RULES, encoding="utf-8")
    assert "a scorer stands twice: quality, quality" in problems(tmp_path, SCORED.replace("[topic]", "[quality]"))[0]


def test_what_an_override_gets_wrong_is_told_with_the_override(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, GOOD, "publish.min_score=much")
    assert found.startswith("--set publish.min_score=much: 'much' does not fit; expected a valid number")
    (found,) = problems(tmp_path, GOOD, "documents.steps.0.signal=[a]", "publish.min_score=0.5")
    assert found.startswith("recipe.yml:7: documents.steps (with --set documents.steps.0.signal=[a]): a step is a map")


def test_a_step_that_is_missing_is_told_once_for_a_rule_set(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD.replace("        - signals: [gopher_quality@datatrove]\n", ""))
    assert [line.partition(": ")[0] for line in found] == ["recipe.yml:9"]
    assert "expected a step `- signals: [gopher_quality@datatrove]`" in found[0]


def test_what_is_no_list_and_what_is_empty_is_told_in_plain_words(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD, "documents.crawls=one") == [
        "--set documents.crawls=one: 'one' is no list; expected one, such as [a, b]"
    ]
    assert problems(tmp_path, GOOD, "verdicts.rules=[]") == [
        "--set verdicts.rules=[]: is empty; expected at least one entry, or to leave out what holds it"
    ]


def test_a_list_with_nothing_but_wrong_entries_is_not_called_empty(tmp_path: Path) -> None:
    exact = GOOD.replace(
        "  - near_duplicates: {}\n", "  - exact_duplicates: {by: [contents]}\n  - near_duplicates: {}\n"
    )
    (found,) = problems(tmp_path, exact)
    assert "'contents' does not fit; expected 'content', 'url' or 'payload'" in found

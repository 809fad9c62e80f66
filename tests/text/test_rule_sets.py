"""The rule sets of conf/rules: their columns exist, and known texts fail as in the implementations that they name."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest
import yaml

from lakesift.documents.measuring.settings import column_name
from lakesift.documents.rules.rules import RuleSet
from lakesift.errors import SetupError
from lakesift.text.edits import EDITS
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import FAMILIES, measure
from lakesift.text.signals.resources import Resources

RULES = Path(__file__).parents[2] / "conf" / "rules"
LISTS = Path(__file__).parent / "lists"
RESOURCES = Resources(
    url_lists=LISTS / "urls",
    bad_words=LISTS / "bad_words",
    stop_words=RULES.parent / "languages" / "stop_words",
    languages=RULES.parent / "languages",
    tokenizer=LISTS / "tokenizer.json",
)
NAMES = sorted(path.stem for path in RULES.glob("*.yml") if not path.stem.startswith("language@"))
SCORES_OF = {
    "gneissweb_ensemble@dpk": [
        f"scores.gneissweb_{scorer}" for scorer in ("dclm", "cosmo", "medical", "education", "technology", "science")
    ]
}
PROSE = (
    "The committee met on Tuesday to look at the plans for a new bridge, and it heard that the old one would be closed "
    "for most of the winter. Several people who live near the river said that they have waited for years. The engineer "
    "answered each of them with patience. Nobody was surprised that money was short! Would the work begin at all?"
)


def rule_set(name: str) -> RuleSet:
    return RuleSet.model_validate(yaml.safe_load((RULES / f"{name}.yml").read_text(encoding="utf-8")))


def failed(name: str, text: str, url: str = "", language: str = "en") -> list[str]:
    rules = rule_set(name)
    buffers = buffers_of(pa.array([text], pa.string()))
    about = pa.array([url]), pa.array([language]), RESOURCES
    try:
        structs = {
            column_name(each): measure(buffers, [each], *about)[each]
            if each in FAMILIES
            else EDITS[each].apply(buffers)[1]
            for each in rules.signals
        }
    except SetupError as error:
        pytest.skip(f"{name} needs an extra: {error}")
    row = {column: SimpleNamespace(**struct.to_pylist()[0]) for column, struct in structs.items()}
    failures = []
    for full_name, predicate in rules.predicates():
        python = re.sub(r"(?<![<>!=])=(?!=)", "==", predicate).replace(" AND ", " and ").replace(" OR ", " or ")
        if eval(python, {}, row):
            failures.append(full_name.removeprefix(f"{name}."))
    return failures


@pytest.mark.parametrize("name", NAMES)
def test_predicates_read_columns_that_are_measured(name: str) -> None:
    rules = rule_set(name)
    assert rules.name == name
    known = set(SCORES_OF.get(name, ())) | {
        f"{column_name(each)}.{column}"
        for each in rules.signals
        for column in (FAMILIES[each] if each in FAMILIES else EDITS[each]).columns
    }
    for rule in rules.rules.values():
        assert rule.columns() <= known
        assert rule.placeholders() == set(rule.thresholds)


@pytest.mark.parametrize(
    ("name", "text", "first"),
    [
        ("gopher_repetition@datatrove", "", "empty"),
        ("gopher_repetition@datatrove", "One and the same.\n\n" * 4, "dup_para_frac"),
        ("gopher_repetition@datatrove", "I am your father.\n" * 4, "dup_line_frac"),
        ("gopher_repetition@datatrove", "I am Frank, I am Frank, I am Frank", "top_2_gram"),
        ("gopher_quality@datatrove", "Too short.", "short_doc"),
        ("gopher_quality@datatrove", "word " * 100_001, "long_doc"),
        ("gopher_quality@datatrove", "a b c d " * 20, "below_avg_threshold"),
        ("gopher_quality@datatrove", "unfathomableness " * 60, "above_avg_threshold"),
        ("gopher_quality@datatrove", PROSE + " # #  # # # # # # # #", "too_many_hashes"),
        ("gopher_quality@datatrove", PROSE + " ..." * 10, "too_many_ellipsis"),
        ("gopher_quality@datatrove", "\n".join("- " + part for part in PROSE.split(",")), "too_many_bullets"),
        ("gopher_quality@datatrove", PROSE + "...\nand more...", "too_many_end_ellipsis"),
        ("gopher_quality@datatrove", "10.00 " * 30 + "seven words " * 25, "below_alpha_threshold"),
        ("gopher_quality@datatrove", "seven words " * 30, "enough_stop_words"),
        ("c4@fineweb", PROSE + "\nLorem ipsum dolor sit", "lorem_ipsum"),
        ("c4@fineweb", PROSE + "\nif (true) { go }", "curly_bracket"),
        ("c4@fineweb", "Three words here. Four words are here", "too_few_sentences"),
        ("c4@datatrove", PROSE + " or so", "too_few_sentences"),
        ("fineweb_quality@datatrove", " \n\n", "empty"),
        (
            "fineweb_quality@datatrove",
            "no stop at the end of this line, which is longer than thirty",
            "line_punct_ratio",
        ),
        ("fineweb_quality@datatrove", "Short.\nLines.\nOnly.", "short_line_ratio"),
        ("fineweb_quality@datatrove", f"{PROSE}\n{PROSE}", "char_dup_ratio"),
        (
            "fineweb_quality@datatrove",
            "Antidisestablishmentarianisms are.\n\n\n\nSo are electroencephalographs.",
            "list_ratio",
        ),
    ],
)
def test_known_texts_fail_first_for_the_reason_that_datatrove_gives(name: str, text: str, first: str) -> None:
    assert failed(name, text)[0] == first


@pytest.mark.parametrize(
    ("name", "url", "first"),
    [
        ("url@datatrove", "https://blocked.example.com/", "subdomain"),
        ("url@datatrove", "https://sub.darn.org/", "domain"),
        ("url@datatrove", "https://example.com/listed", "url"),
        ("url@datatrove", "https://example.com/heck", "hard_blacklisted"),
        ("url@datatrove", "https://example.com/drat/bother", "soft_blacklisted"),
        ("url@datatrove", "https://example.com/dang-nabbit", "blacklisted_subword"),
        ("url@dclm", "https://darn.org/", "domain"),
        ("url@dclm", "https://example.com/dang-nabbit", "strict_words"),
        ("url@dclm", "https://example.com/heck", "hard_words"),
        ("url@dclm", "https://example.com/Drat/bother", "soft_words"),
    ],
)
def test_listed_urls_fail_for_the_reason_that_the_source_gives(name: str, url: str, first: str) -> None:
    assert failed(name, PROSE, url)[0] == first
    assert failed(name, PROSE, "https://example.com/drat") == []


@pytest.mark.parametrize("name", [name for name in NAMES if name not in SCORES_OF])
def test_prose_passes(name: str) -> None:
    assert failed(name, PROSE) == []


def test_fineweb_code_and_paper_differ_on_a_little_repetition() -> None:
    lines = [f"Sentence number {n} of this page says what it has to say and ends well." for n in range(12)]
    text = "\n".join([*lines, lines[0]])
    assert failed("fineweb_quality@datatrove", text) == ["char_dup_ratio"]
    assert failed("fineweb_quality@paper", text) == []

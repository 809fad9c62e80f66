"""Each rule of DCLM, Dolma, RedPajama-V2, MADLAD-400, Nemotron-CC and FineWeb2 drops a text that is nothing but a case of it."""

from __future__ import annotations

import pytest

from text.test_rule_sets import PROSE, failed, rule_set

BULLETS = "\n".join("- " + part for part in PROSE.split(","))
LINES = "\n".join(PROSE.split(". "))
HEADINGS = "The First Rule Of All Good Headings Is To Write Each Word With Capitals. "
CASES = [
    ("gopher_quality@dclm", "too_short", "Too short."),
    ("gopher_quality@dclm", "too_long", "the word " * 50_001),
    ("gopher_quality@dclm", "short_words", "a be to c " * 20),
    ("gopher_quality@dclm", "long_words", "the unfathomableness incomprehensibility " * 20),
    ("gopher_quality@dclm", "symbol_ratio", PROSE + " # . . . ... … # #" * 2),
    ("gopher_quality@dclm", "bullet_lines", BULLETS),
    ("gopher_quality@dclm", "ellipsis_lines", LINES + "...\nand more…\nof it..."),
    ("gopher_quality@dclm", "non_alphabetic_words", PROSE + " 10.00" * 30),
    ("gopher_quality@dclm", "stop_words", "seven words " * 30),
    ("gopher_quality@dolma", "too_short", "Too short."),
    ("gopher_quality@dolma", "too_long", "the word " * 50_001),
    ("gopher_quality@dolma", "short_words", "a be to the incomprehensible " * 20),
    ("gopher_quality@dolma", "long_words", "the unfathomableness incomprehensibility " * 20),
    ("gopher_quality@dolma", "symbol_to_word_ratio", PROSE + " # # … it… # # # #"),
    ("gopher_quality@dolma", "words_with_alpha_character", PROSE + " 10.00" * 30),
    ("gopher_quality@dolma", "required_words", "seven words " * 30),
    ("gopher_quality@dolma", "lines_starting_with_bullet_point", BULLETS),
    ("gopher_quality@dolma", "lines_ending_with_ellipsis", LINES + "…\nand more…\nof it…"),
    ("pii_counts@dolma", "too_many_addresses", PROSE + " me@example.com or" * 6),
    ("gopher_quality@rpv2", "too_few_words", "Too short."),
    ("gopher_quality@rpv2", "too_many_words", "the word " * 50_001),
    ("gopher_quality@rpv2", "short_words", "a be to c " * 20),
    ("gopher_quality@rpv2", "long_words", "the unfathomableness incomprehensibility " * 20),
    ("gopher_quality@rpv2", "symbol_to_word_ratio", PROSE + " # # … it... " * 4),
    ("gopher_quality@rpv2", "bulletpoint_lines", BULLETS.replace("- ", "• ")),
    ("madlad400@datamap_rs", "too_short", "One. Two. Three. Four."),
    ("madlad400@datamap_rs", "questionable_sentences", PROSE.replace("short!", "short! " + HEADINGS * 2)),
    ("madlad400@paper", "too_short", "One. Two. Three. Four."),
    ("madlad400@paper", "questionable_sentences", PROSE + " Too short. 12345 (6789) 12345 and 6."),
    ("nemotron_cc@nemo", "alpha_numeric", PROSE + " &%$" * 20),
    ("nemotron_cc@nemo", "symbol_to_word", PROSE.replace(" ", "") + ". ... # #"),
    ("nemotron_cc@nemo", "numbers_ratio", PROSE + " 1234567890" * 10),
    ("nemotron_cc@nemo", "urls_ratio", PROSE + " https://example.com/" + "page" * 30),
    ("nemotron_cc@nemo", "white_space", PROSE + "\n" * 100),
    ("nemotron_cc@nemo", "parentheses_ratio", PROSE + "()" * 30),
    ("nemotron_cc@nemo", "boilerplate_string_ratio", PROSE + "\n\nThis site uses cookies."),
    ("nemotron_cc@nemo", "too_few_words", "Too few words."),
    ("nemotron_cc@nemo", "too_many_words", "the word. " * 50_001),
    ("nemotron_cc@nemo", "punctuation", PROSE.replace("?", "")),
    ("nemotron_cc@nemo", "words_without_alphabets", PROSE + " 1,a" + " 1." * 30 + " And so it ended."),
    ("nemotron_cc@nemo", "common_english_words", "several words. " * 30),
    ("nemotron_cc@nemo", "long_words", "the unfathomableness of incomprehensibility. " * 20),
    ("nemotron_cc@nemo", "short_words", "a be to c. " * 20),
    ("nemotron_cc@nemo", "longest_word", PROSE.replace("bridge", "bridge" * 200)),
    ("nemotron_cc@nemo", "ellipsis", PROSE + "\nThe rest you can read more"),
    ("nemotron_cc@nemo", "bullet_ratio", "• " + PROSE),
    ("gopher_quality@fineweb2", "short_doc", "Too short."),
    ("gopher_quality@fineweb2", "long_doc", "the of " * 50_001),
    ("gopher_quality@fineweb2", "below_avg_threshold", "a be to c " * 20),
    ("gopher_quality@fineweb2", "above_avg_threshold", "unfathomableness of incomprehensibility " * 20),
    ("gopher_quality@fineweb2", "too_many_hashes", PROSE + " #" * 10),
    ("gopher_quality@fineweb2", "too_many_ellipsis", PROSE + " …" * 10),
    ("gopher_quality@fineweb2", "too_many_bullets", BULLETS),
    ("gopher_quality@fineweb2", "too_many_end_ellipsis", LINES + "...\nand more…\nof it..."),
    ("gopher_quality@fineweb2", "below_alpha_threshold", PROSE + " 10.00" * 30),
    ("gopher_quality@fineweb2", "enough_stop_words", "seven words " * 30),
    ("gopher_repetition@fineweb2", "empty", ""),
    ("gopher_repetition@fineweb2", "dup_line_frac", "I am your father.\n" * 4),
    *(("gopher_repetition@fineweb2", f"top_{n}_gram", "I am Frank, I am Frank, I am Frank") for n in (2, 3, 4)),
    *(("gopher_repetition@fineweb2", f"duplicated_{n}_n_grams", "I am your father now. " * 8) for n in range(5, 11)),
    ("fineweb_quality@fineweb2", "empty", " \n\n"),
    ("fineweb_quality@fineweb2", "line_punct_ratio", "no stop at the end of this line, which is longer than thirty"),
    ("fineweb_quality@fineweb2", "char_dup_ratio", f"{PROSE}\n{PROSE}"),
    ("fineweb_quality@fineweb2", "list_ratio", "Antidisestablishmentarianisms are.\n\n\n\nSo are others."),
]


@pytest.mark.parametrize(("name", "rule", "text"), CASES)
def test_a_rule_drops_its_case(name: str, rule: str, text: str) -> None:
    assert rule in failed(name, text)


@pytest.mark.parametrize("name", sorted({name for name, _, _ in CASES}))
def test_every_rule_has_a_case(name: str) -> None:
    assert {rule for each, rule, _ in CASES if each == name} == set(rule_set(name).rules)


def test_sentences_at_the_threshold_are_dropped_by_the_code_and_kept_by_the_paper() -> None:
    text = PROSE.replace("Several people", "See Facebook, where several people")
    assert failed("madlad400@datamap_rs", text) == ["questionable_sentences"]
    assert failed("madlad400@paper", text) == []


def test_a_language_without_stop_words_needs_none() -> None:
    assert failed("gopher_quality@fineweb2", "seven words " * 30) == ["enough_stop_words"]
    assert failed("gopher_quality@fineweb2", "seven words " * 30, language="sw") == []

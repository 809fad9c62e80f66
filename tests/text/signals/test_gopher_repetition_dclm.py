"""Gopher's repetition signals as DCLM counts them: its tests' values, a plain implementation, hostile texts."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings

from lakesift.text.signals import FAMILIES
from text.signals.repetition import FATHER, FOX, WORLD, all_texts, check_hostile, ngrams, signals
from text.test_rule_sets import failed
from text.words.plain_segments import segments_of

NAME = "gopher_repetition@dclm"


def plain(text: str) -> dict[str, float]:
    values = dict.fromkeys(FAMILIES[NAME].columns, 0.0)
    for name, separator in (("line", "\n"), ("para", "\n\n")):
        segments = [segment.strip() for segment in text.split(separator) if segment.strip()]
        if name == "line":
            values["lines"] = len(segments)
        often = Counter(segments)
        again = [segment for segment in segments if often[segment] > 1]
        if len(segments) > 1:
            values[f"dup_{name}_frac"] = len(again) / len(segments)
            values[f"dup_{name}_char_frac"] = sum(map(len, again)) / sum(map(len, segments))
    words = [segment for segment in segments_of(text) if segment[0].isalnum()]
    for n in range(2, 11):
        grams = ngrams(words, n)
        counts = Counter(grams)
        most = max(counts.values(), default=0)
        if most < 2:
            continue
        if n < 5:
            longest = max(len("".join(gram)) for gram, count in counts.items() if count == most)
            values[f"top_{n}_gram"] = longest * most / len("".join(words))
        else:
            covered = {at + k for at, gram in enumerate(grams) if counts[gram] > 1 for k in range(n)}
            values[f"duplicated_{n}_n_grams"] = sum(len(words[at]) for at in covered) / len("".join(words))
    return values


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("Hello, World.", "dup_line_frac", 0),
        ("Hello\nHello\n\n\n\nHello", "dup_line_frac", 1),
        ("Hello\nHello\n\n\n\nHello", "dup_line_char_frac", 1),
        ("Hello, World.\nHello, World.\n\nHello", "dup_line_frac", 2 / 3),
        ("Hello, World.\nHello, World.\n\nHello", "dup_line_char_frac", 26 / 31),
        ("Hello, World.\n\nHello, World.\n\nHello, World.\nHello", "dup_para_frac", 2 / 3),
        ("Hello, World.\n\nHello, World.\n\nHello, World.\nHello", "dup_para_char_frac", 26 / 45),
        ("hello", "top_2_gram", 0),
        ("hello      world hello apple.... world hello\n world hello", "top_2_gram", 30 / 40),
        ("hello      world hello apple.... world hello\n world hello", "top_3_gram", 30 / 40),
        ("hello      world hello apple.... world hello\n world hello", "top_4_gram", 0),
        ("a b a b a b ab cd ab cd ab cd abc def abc def", "top_2_gram", 12 / 30),
        ("a b a b a b abc def abc def ab cd ab cd ab cd", "top_2_gram", 12 / 30),
        (WORLD, "duplicated_5_n_grams", 60 / 65),
        (FATHER, "dup_line_frac", 1),
        (FATHER, "dup_line_char_frac", 1),
    ],
)
def test_values_of_dclms_own_tests(text: str, column: str, value: float) -> None:
    assert signals(NAME, text)[0][column] == pytest.approx(value)


def test_rules_drop_what_its_own_tests_drop() -> None:
    assert failed(NAME, "This is a complex sentence with unique words.\n Here is another one.") == []
    assert "top_2_gram" in failed(NAME, "Repeat repeat repeat repeat.")
    assert failed(NAME, "")[0] == failed(NAME, " \n\n")[0] == "empty"


def test_values_that_set_implementations_apart() -> None:
    world, fox = signals(NAME, WORLD, FOX)
    assert (world["top_2_gram"], world["duplicated_5_n_grams"]) == pytest.approx((0.769, 0.923), abs=5e-4)
    assert (fox["top_2_gram"], fox["duplicated_5_n_grams"]) == pytest.approx((0.204, 0.653), abs=5e-4)


@settings(max_examples=300)
@given(all_texts)
def test_kernel_equals_plain_counting(text: str) -> None:
    row = signals(NAME, text)[0]
    assert row == pytest.approx(plain(text), rel=1e-12)
    assert all(0 <= value <= 1 for column, value in row.items() if column.startswith("dup"))


def test_hostile_and_long_texts_equal_plain_counting() -> None:
    check_hostile(NAME, plain)

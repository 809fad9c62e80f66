"""Gopher's quality signals as datatrove counts them: figures by hand, a plain implementation, hostile texts."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest
from hypothesis import given, settings

from lakesift.text.kernels import characters as sets
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import FAMILIES, measure
from text.plain_english import tokens_of
from text.strange import HOSTILE, texts

NAME = "gopher_quality@datatrove"
STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"}
SYMBOLS = {
    chr(point)
    for ranges in (sets.SENTENCE_ENDS, sets.OTHER_TERMINALS, sets.OTHER_SYMBOLS)
    for point in sets.code_points(ranges)
}


def signals(text: str) -> dict[str, float]:
    row: dict[str, float] = measure(buffers_of(pa.array([text])), [NAME])[NAME].to_pylist()[0]
    return row


def plain(text: str) -> dict[str, float]:
    words, lines = tokens_of(text), text.splitlines()
    spoken = [word for word in words if not set(word) <= SYMBOLS]
    values = dict.fromkeys(FAMILIES[NAME].columns, 0.0)
    values |= {"words": len(words), "non_symbol_words": len(spoken), "stop_words": len(STOP_WORDS & set(words))}
    if spoken:
        values["mean_word_length"] = sum(map(len, spoken)) / len(spoken)
    if words:
        values["hash_ratio"] = text.count("#") / len(words)
        values["ellipsis_ratio"] = (text.count("...") + text.count("…")) / len(words)
        values["alphabetic_word_ratio"] = sum(any(c.isalpha() for c in word) for word in words) / len(words)
    if lines:
        values["bullet_line_ratio"] = sum(line.lstrip().startswith(("•", "-")) for line in lines) / len(lines)
        values["ellipsis_line_ratio"] = sum(line.rstrip().endswith(("...", "…")) for line in lines) / len(lines)
    return values


def test_counts_of_a_small_text() -> None:
    assert signals("- The cat, and #1 of\r\n • it...\n\nthe end…") == {
        "words": 14,
        "non_symbol_words": 9,
        "mean_word_length": pytest.approx(21 / 9),
        "hash_ratio": pytest.approx(1 / 14),
        "ellipsis_ratio": pytest.approx(2 / 14),
        "bullet_line_ratio": 0.5,
        "ellipsis_line_ratio": 0.5,
        "alphabetic_word_ratio": 0.5,
        "stop_words": 3,
    }


def test_stop_words_are_different_ones_in_lower_case() -> None:
    assert signals("the the The be to of and that have with")["stop_words"] == 8
    assert signals("The BE tothe")["stop_words"] == 0


@settings(max_examples=300)
@given(texts)
def test_kernel_equals_plain_counting(text: str) -> None:
    assert signals(text) == pytest.approx(plain(text), rel=1e-12)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(name: str) -> None:
    row = signals(HOSTILE[name])
    assert all(math.isfinite(value) and value >= 0 for value in row.values())
    assert all(row[share] <= 1 for share in ("bullet_line_ratio", "ellipsis_line_ratio", "alphabetic_word_ratio"))

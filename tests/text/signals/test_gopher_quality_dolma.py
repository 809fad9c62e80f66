"""Gopher's quality signals as Dolma counts them: its tagger's values, a plain implementation, hostile texts."""

from __future__ import annotations

import math
from statistics import median

import pyarrow as pa
import pytest
from hypothesis import given, settings

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import FAMILIES, measure
from text.strange import HOSTILE, texts

NAME = "gopher_quality@dolma"
REQUIRED = {"the", "be", "to", "of", "and", "that", "have", "with"}


def signals(text: str) -> dict[str, float]:
    row: dict[str, float] = measure(buffers_of(pa.array([text])), [NAME])[NAME].to_pylist()[0]
    return row


def plain(text: str) -> dict[str, float]:
    words, lines = text.split(), text.split("\n")
    values = dict.fromkeys(FAMILIES[NAME].columns, 0.0) | {"character_count": len(text), "word_count": len(words)}
    if words:
        values["median_word_length"] = median(map(len, words))
        values["symbol_to_word_ratio"] = sum("#" in word or "…" in word for word in words) / len(words)
        values["fraction_of_words_with_alpha_character"] = sum(any(map(str.isalpha, w)) for w in words) / len(words)
        values["required_word_count"] = sum(word in REQUIRED for word in words)
    if text:
        bullets = sum(line.startswith(("*", "-")) for line in lines)
        values["fraction_of_lines_starting_with_bullet_point"] = bullets / len(lines)
        values["fraction_of_lines_ending_with_ellipsis"] = sum(line.endswith("…") for line in lines) / len(lines)
    return values


def test_values_of_the_tagger_itself() -> None:
    """What dolma 1.2.1 gives: `dolma.taggers.gopher.get_attributes`."""
    text = "- The cat and #1 of it… …\n*\n - the end…\nto be... with 42 #a#…\n"
    assert list(signals(text).values()) == pytest.approx([62, 17, 3.0, 5 / 17, 11 / 17, 5, 0.4, 0.6])


@settings(max_examples=200)
@given(texts)
def test_kernel_equals_plain_counting(text: str) -> None:
    assert signals(text) == pytest.approx(plain(text), rel=1e-12)


@pytest.mark.parametrize(
    "words", [["a" * 100, "b" * 200, "c"], ["a" * 100, "b" * 201, "c", "d" * 70], ["é" * 63, "é" * 64]]
)
def test_median_of_long_words(words: list[str]) -> None:
    assert signals(" ".join(words))["median_word_length"] == median(map(len, words))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(name: str) -> None:
    row = signals(HOSTILE[name])
    assert all(math.isfinite(value) and value >= 0 for value in row.values())
    assert all(value <= 1 for column, value in row.items() if column.startswith("fraction_"))

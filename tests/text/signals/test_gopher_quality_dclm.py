"""Gopher's quality signals as DCLM counts them: its own tests' shares, a plain implementation, hostile texts."""

from __future__ import annotations

import math
import re

import pyarrow as pa
import pytest
from hypothesis import given, settings

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import FAMILIES, measure
from text.strange import HOSTILE, texts

NAME = "gopher_quality@dclm"
STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"}
ELLIPSES = ("...", ". . .", "…")


def signals(text: str) -> dict[str, float]:
    row: dict[str, float] = measure(buffers_of(pa.array([text])), [NAME])[NAME].to_pylist()[0]
    return row


def plain(text: str) -> dict[str, float]:
    words = text.split()
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    values = dict.fromkeys(FAMILIES[NAME].columns, 0.0)
    tokens = filter(None, re.split("[ \n\r\t\v\f\0]", text))
    values |= {"words": sum(token[0].isalnum() for token in tokens)}
    values |= {"characters": len(text), "whitespace_words": len(words)}
    values["stop_words"] = sum(word.lower() in STOP_WORDS for word in words)
    if words:
        values["mean_word_length"] = sum(map(len, words)) / len(words)
        values["symbol_to_word_ratio"] = sum(text.count(symbol) for symbol in ("#", *ELLIPSES)) / len(words)
        values["non_alphabetic_word_ratio"] = sum(not any(map(str.isalpha, word)) for word in words) / len(words)
    if lines:
        values["bullet_line_ratio"] = sum(line.startswith(("●", "•", "*", "-")) for line in lines) / len(lines)
        values["ellipsis_line_ratio"] = sum(line.endswith(ELLIPSES) for line in lines) / len(lines)
    return values


@pytest.mark.parametrize("ellipsis", ELLIPSES)
def test_ellipsis_lines_as_published(ellipsis: str) -> None:
    """dclm `tests/baselines/mappers/filters/test_content_filters.py`, `test_ellipsis_count_filter`."""
    half = f"This text has one line that ends with an ellipsis{ellipsis}\n and one line that doesn't."
    inside = f"This text has one{ellipsis}line that ends with an ellipsis{ellipsis}and one line that doesn't."
    twice = f"This text has one{ellipsis}{ellipsis}\n{ellipsis}line that ends{ellipsis}\nand one line that doesn't."
    assert [signals(text)["ellipsis_line_ratio"] for text in (half, inside, twice)] == [0.5, 0, pytest.approx(2 / 3)]


@pytest.mark.parametrize("bullet", ["●", "•", "*", "-"])
def test_bullet_lines_as_published(bullet: str) -> None:
    text = f"{bullet} This text has two lines\n{bullet} that start with a bullet\n and one line that doesn't."
    assert signals(text)["bullet_line_ratio"] == pytest.approx(2 / 3)
    assert signals(f"This text has two lines{bullet} that start{bullet}\n and one.")["bullet_line_ratio"] == 0


def test_words_and_stop_words_as_published() -> None:
    assert signals("The best of the best")["stop_words"] == 3
    assert signals("the be to of and that have with")["stop_words"] == 8
    assert signals("Then Tom and Sally withheld bees")["stop_words"] == 1
    assert signals("The average word length is 4.33")["mean_word_length"] == pytest.approx(26 / 6)
    assert signals("The cat in the hat")["mean_word_length"] == pytest.approx(2.8)
    assert signals("#hashtags #on #every #word")["symbol_to_word_ratio"] == 1
    assert signals("Hello world! That should be easy, right? I think so...yeah...")["words"] == 10  # 11 with uniseg
    assert signals("Mr. Smith bought 2.5 kilograms of fruit.")["words"] == 7
    assert signals("Hello world. \n\n\n \n\n\n This is a test.")["characters"] == 36


@settings(max_examples=200)
@given(texts)
def test_kernel_equals_plain_counting(text: str) -> None:
    assert signals(text) == pytest.approx(plain(text), rel=1e-12)


def test_ellipses_do_not_overlap() -> None:
    for text in (". . . . . .", ".......", "... . . ...", ". . ... . .", "…… # ##"):
        assert signals(text)["symbol_to_word_ratio"] == plain(text)["symbol_to_word_ratio"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(name: str) -> None:
    row = signals(HOSTILE[name])
    assert all(math.isfinite(value) and value >= 0 for value in row.values())
    assert all(row[share] <= 1 for share in ("bullet_line_ratio", "ellipsis_line_ratio", "non_alphabetic_word_ratio"))

"""Gopher's repetition signals as datatrove counts them: published cases, a plain implementation, hostile texts."""

from __future__ import annotations

import math
import re
from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import FAMILIES, measure
from text.plain_english import tokens_of
from text.strange import HOSTILE, echoes, texts

NAME = "gopher_repetition@datatrove"


def signals(*each: str) -> list[dict[str, float]]:
    rows: list[dict[str, float]] = measure(buffers_of(pa.array(each, pa.string())), [NAME])[NAME].to_pylist()
    return rows


def repeats(segments: list[str]) -> tuple[float, int]:
    seen: set[str] = set()
    again = [segment for segment in segments if segment in seen or seen.add(segment)]  # type: ignore[func-returns-value]
    return len(again) / len(segments), sum(map(len, again))


def plain(text: str) -> dict[str, float]:
    if not text:
        return dict.fromkeys(FAMILIES[NAME].columns, 0.0)
    paragraphs, paragraph_characters = repeats(re.split(r"\n{2,}", text.strip()))
    lines, line_characters = repeats(re.split(r"\n+", text))
    values = {
        "characters": float(len(text)),
        "dup_para_frac": paragraphs,
        "dup_para_char_frac": paragraph_characters / len(text),
        "dup_line_frac": lines,
        "dup_line_char_frac": line_characters / len(text),
    }
    words = tokens_of(text)
    for n in (2, 3, 4):
        grams = Counter(" ".join(words[at : at + n]) for at in range(len(words) - n + 1))
        top, often = grams.most_common(1)[0] if grams else ("", 0)
        values[f"top_{n}_gram"] = len(top) * often / len(text)
    for n in range(5, 11):
        seen, again, at = set(), 0, 0
        while at + n <= len(words):
            gram = "".join(words[at : at + n])
            again += len(gram) if gram in seen else 0
            at += n if gram in seen else 1
            seen.add(gram)
        values[f"duplicated_{n}_n_grams"] = again / len(text)
    return values


def test_published_values() -> None:
    """What the sources' own definitions give for three texts (words without white space are the same in all)."""
    father, world, fox = signals(
        "I am your father.\n" * 4,
        "hello world hello\n world hello. apple world hello world hello world hello world",
        "The quick brown fox jumps over the lazy dog. The quick brown fox jumps over the lazy cat. "
        "Nothing else repeats in this line.",
    )
    assert father["dup_line_frac"] == pytest.approx(0.60)
    assert father["dup_line_char_frac"] == pytest.approx(0.708, abs=5e-4)
    assert (world["top_2_gram"], world["duplicated_5_n_grams"]) == pytest.approx((0.696, 25 / 79), abs=5e-4)
    assert (fox["top_2_gram"], fox["duplicated_5_n_grams"]) == pytest.approx((0.145, 0.169), abs=5e-4)


@settings(max_examples=300)
@given(st.one_of(texts, echoes))
def test_kernel_equals_plain_counting(text: str) -> None:
    assert signals(text)[0] == pytest.approx(plain(text), rel=1e-12)


def test_long_documents_equal_plain_counting() -> None:
    """Larger tables, more lines than the first room, and repeats that are far apart."""
    many = "\n".join(f"line {at % 1500} of {at % 7} and {at % 333} more, said {at % 11}" for at in range(4000))
    assert signals(many)[0] == pytest.approx(plain(many), rel=1e-12)


@settings(max_examples=50)
@given(texts)
def test_shares_are_not_negative_and_repeats_are_at_most_all(text: str) -> None:
    row = signals(text)[0]
    assert all(math.isfinite(value) and value >= 0 for value in row.values())
    bounded = [name for name in row if name.startswith(("dup_", "duplicated_"))]
    assert all(row[name] <= 1 for name in bounded)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_values(name: str) -> None:
    assert all(math.isfinite(value) for value in signals(HOSTILE[name])[0].values())


def test_documents_are_measured_apart() -> None:
    text = "I am Frank, I am Frank, I am Frank"
    assert signals("", text, "a", text) == [signals(each)[0] for each in ("", text, "a", text)]

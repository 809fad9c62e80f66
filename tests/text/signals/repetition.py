"""What the tests of Gopher's repetition signals have in common: texts and the form of a test."""

from __future__ import annotations

import math
from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import strategies as st

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.signals import measure
from text.strange import HOSTILE, echoes, texts

FATHER = "I am your father.\n" * 4
WORLD = "hello world hello\n world hello. apple world hello world hello world hello world"
FOX = (
    "The quick brown fox jumps over the lazy dog. The quick brown fox jumps over the lazy cat. "
    "Nothing else repeats in this line."
)
MANY = "\n".join(f"line {at % 1500} of {at % 7} and {at % 333} more, said {at % 11}" for at in range(3000))
few_words = st.lists(st.sampled_from(["a", "b", "Ab", "é,", "ab", "\n", "\n\n"]), max_size=60).map(" ".join)
all_texts = st.one_of(texts, echoes, few_words)


def signals(name: str, *each: str) -> list[dict[str, float]]:
    rows: list[dict[str, float]] = measure(buffers_of(pa.array(each, pa.string())), [name])[name].to_pylist()
    return rows


def check_hostile(name: str, plain: Callable[[str], dict[str, float]]) -> None:
    """Every hostile text, some documents at once and larger tables: as the plain implementation counts."""
    each = ["", *HOSTILE.values(), WORLD, "", MANY]
    for row, text in zip(signals(name, *each), each, strict=True):
        assert all(math.isfinite(value) for value in row.values())
        assert row == pytest.approx(plain(text), rel=1e-9)


def ngrams(words: list[str], n: int) -> list[tuple[str, ...]]:
    return list(zip(*(words[at:] for at in range(n)), strict=False))

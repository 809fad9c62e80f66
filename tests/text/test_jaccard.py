"""The exact similarity against Python's sets."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.kernels.jaccard import jaccard
from lakesift.text.kernels.minhash_settings import ShingleSettings

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "ee", "Ünder", "3,5", "日本", "don't"]), max_size=30).map(
    " ".join
)


def similarities(first: list[str], second: list[str], chosen: ShingleSettings) -> list[float]:
    left, right = (buffers_of(pa.array(texts, pa.string())) for texts in (first, second))
    return jaccard(left, right, chosen).tolist()


@settings(max_examples=200)
@given(
    st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5),
    st.sampled_from(["words", "characters"]),
    st.integers(1, 4),
)
def test_it_is_the_share_of_common_shingles(pairs: list[tuple[str, str]], shingle: str, size: int) -> None:
    def shingles(text: str) -> set[tuple[str, ...]]:
        simple = text.lower().replace("ü", "u").replace("3,5", "0").replace("'", " ").split()
        units = simple if shingle == "words" else list(" ".join(simple))
        return {tuple(units[at : at + size]) for at in range(len(units) - size + 1)}

    chosen = ShingleSettings(shingle=shingle, size=size)
    found = similarities([first for first, _ in pairs], [second for _, second in pairs], chosen)
    for (first, second), similarity in zip(pairs, found, strict=True):
        left, right = shingles(first), shingles(second)
        if left | right:
            assert similarity == len(left & right) / len(left | right)
        else:
            assert math.isnan(similarity)


@pytest.mark.parametrize("text", ["the of and a " * 2_500_000, "x" * 10_000_000], ids=["stop words", "no spaces"])
def test_a_large_text_of_few_shingles_is_like_itself(text: str) -> None:
    for chosen in (ShingleSettings(size=1), ShingleSettings(shingle="characters", size=24)):
        assert similarities([text], [text], chosen) == [1.0]

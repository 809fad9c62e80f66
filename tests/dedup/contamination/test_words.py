from __future__ import annotations

import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakesift.dedup.benchmarks.settings import Method
from lakesift.dedup.benchmarks.words import table_of_method, word_spans
from lakesift.text.kernels.simplified import MAX_GROWTH, simplify
from text.strange import texts

PLAIN = str.maketrans(string.ascii_uppercase, string.ascii_lowercase, string.punctuation)


def words_and_spans(text: str, method: Method) -> tuple[list[str], list[tuple[int, int, int]]]:
    data, table = np.frombuffer(text.encode(), np.uint8), table_of_method(method)
    simple, starts = np.empty(MAX_GROWTH * len(data) + 1, np.uint8), np.empty(len(data) + 3, np.int64)
    count = simplify(data, 0, len(data), table, simple, starts)
    # Room for more words than there can be shows a wrong number instead of writing over something else.
    spans = np.empty((len(data) + 1, 3), np.int64)
    assert word_spans(data, 0, len(data), table, spans) == count
    words = [simple[starts[word] : starts[word + 1] - 1].tobytes().decode() for word in range(count)]
    return words, [tuple(span) for span in spans[:count].tolist()]


@given(st.one_of(st.text(), texts))
def test_janitors_words_are_those_between_white_space_with_their_place_among_them(text: str) -> None:
    words, spans = words_and_spans(text, "gpt3")
    raw = text.split()
    assert words == text.translate(PLAIN).split()
    assert [text.encode()[start:end].decode() for start, end, _ in spans] == [raw[run] for _, _, run in spans]
    assert [raw[run].translate(PLAIN) for _, _, run in spans] == words


@pytest.mark.parametrize("method", ["gpt3", "datatrove"])
def test_every_character_begins_and_ends_words_where_it_does_in_the_normal_form(method: Method) -> None:
    points = [point for point in range(0x30000) if not 0xD800 <= point < 0xE000]
    for first in range(0, len(points), 4096):
        text = "".join(f"a{chr(point)}b {chr(point)} " for point in points[first : first + 4096])
        words, spans = words_and_spans(text, method)
        assert all(
            words_and_spans(text.encode()[s:e].decode(), method)[0] == [w]
            for w, (s, e, _) in zip(words[:50], spans, strict=False)
        )

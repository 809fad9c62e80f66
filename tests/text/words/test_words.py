"""Words by each definition: equal to the definition written in Python, on any text."""

from __future__ import annotations

import re
import string
import time
import unicodedata
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakesift.text.kernels.buffers import TextBuffers, array_of, buffers_of
from lakesift.text.kernels.bytes import hash_of
from lakesift.text.kernels.characters import PUNCTUATION
from lakesift.text.kernels.tokens import Tokens
from lakesift.text.words import (
    normalised_text,
    normalised_words,
    unicode_segments,
    unicode_tokens,
    unicode_words,
    whitespace_words,
    word_punct_tokens,
)
from text.strange import HOSTILE, texts
from text.words.plain_segments import segments_of

ODD = "ΣσςΑαΌάİıßẞéÉåÅÅñ각가가\u0301\u0327\u0345\u0653ﬁǅ²Ⅷⅷª𝔸𐐀ⓂⒶ٣१กำ क्षि\u200d\u200c\u00ad\u2028\u0085\u00a0\u3000א״ב'\"ー゠ア_"
strange = st.one_of(texts, st.text(st.sampled_from(ODD + " a.A1,"), max_size=60), st.text(max_size=60))
DEFINITIONS: list[tuple[Callable[[TextBuffers], Tokens], Callable[[str], list[str]]]] = [
    (whitespace_words, str.split),
    (word_punct_tokens, lambda text: re.findall(r"\w+|[^\w\s]+", text)),
    (normalised_words, lambda text: normalised(text).split()),
    (unicode_segments, segments_of),
    (unicode_tokens, lambda text: [segment for segment in segments_of(text) if not segment[0].isspace()]),
    (unicode_words, lambda text: [segment for segment in segments_of(text) if segment[0].isalnum()]),
]


def normalised(text: str) -> str:
    text = text.translate(str.maketrans("", "", string.punctuation)).lower()
    return unicodedata.normalize("NFD", re.sub(r"\s+", " ", text.strip()))


def pieces_of(find: Callable[[TextBuffers], Tokens], *each: str) -> list[list[str]]:
    words = find(buffers_of(pa.array(each, pa.string())))
    pieces = [words.text[word["start"] : word["stop"]].tobytes().decode() for word in words.found[: words.firsts[-1]]]
    return [pieces[first:last] for first, last in pairwise(words.firsts)]


@pytest.mark.parametrize(("find", "plain"), DEFINITIONS)
@settings(max_examples=300)
@given(text=strange)
def test_kernel_and_definition_find_the_same_words(
    find: Callable[[TextBuffers], Tokens], plain: Callable[[str], list[str]], text: str
) -> None:
    assert pieces_of(find, text) == [plain(text)]


@pytest.mark.parametrize(("find", "plain"), DEFINITIONS)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_words(
    find: Callable[[TextBuffers], Tokens], plain: Callable[[str], list[str]], name: str
) -> None:
    assert pieces_of(find, "a", HOSTILE[name], "") == [["a"], plain(HOSTILE[name]), []]


@pytest.mark.parametrize("find", [find for find, _ in DEFINITIONS])
@settings(max_examples=100)
@given(text=strange)
def test_a_word_carries_hash_size_and_flags(find: Callable[[TextBuffers], Tokens], text: str) -> None:
    words = find(buffers_of(pa.array([text])))
    for each in words.found[: words.firsts[-1]]:
        word = words.text[each["start"] : each["stop"]].tobytes().decode()
        assert int(each["hash"]) == hash_of(word)
        assert each["size"] == len(word)
        assert bool(each["flags"] & 1) == any(c.isalpha() for c in word)
        assert bool(each["flags"] & PUNCTUATION) == all(unicodedata.category(c)[0] == "P" for c in word)


@settings(max_examples=300)
@given(st.lists(strange, max_size=4))
def test_normalised_texts_are_redpajamas(each: list[str]) -> None:
    """Characters that depend on their neighbours, final sigmas and marks out of order, in some texts only."""
    found = array_of(normalised_text(buffers_of(pa.array(each, pa.string())))).to_pylist()
    assert found == [normalised(text) for text in each]


def test_every_assigned_code_point_is_normalised_alone() -> None:
    each = [chr(point) for point in range(0x110000) if unicodedata.category(chr(point)) not in ("Cn", "Co", "Cs")]
    found = array_of(normalised_text(buffers_of(pa.array(each, pa.string())))).to_pylist()
    assert found == [normalised(text) for text in each]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('The quick ("brown") fox can\'t jump 32.3 feet, right?', "The quick brown fox can't jump 32.3 feet right"),
        ("a.b a:b 1,000 1.a a_b __a x-y U.S.", "a.b a:b 1,000 1 a a_b x y U.S"),
        ("naïve 3a it's 'tis rock'n'roll", "naïve 3a it's tis rock'n'roll"),
    ],
)
def test_words_of_unicode_annex_29(text: str, expected: str) -> None:
    """The first text and its words are the annex's own example; the others follow from rules WB5 to WB13b."""
    assert pieces_of(unicode_words, text) == [expected.split()]


@pytest.mark.parametrize("piece", ["a'\u0301\u0301", "1,", "\U0001f1e6", "a\u200d", "Σ", "\u0301\u0327"])
def test_work_grows_with_length_only(piece: str) -> None:
    """Twice the text in about twice the time; the best of several runs, and room for a busy machine."""

    def best(text: str) -> float:
        times = []
        for _ in range(3):
            begun = time.thread_time()
            for find, _ in DEFINITIONS:
                find(buffers_of(pa.array([text])))
            times.append(time.thread_time() - begun)
        return min(times)

    text = piece * 20_000
    assert best(text * 4) < 16 * best(text) + 0.05


@pytest.mark.parametrize("find", [find for find, _ in DEFINITIONS])
def test_found_once_and_not_beyond_two_gib(find: Callable[[TextBuffers], Tokens]) -> None:
    buffers = buffers_of(pa.array(["a b"]))
    assert find(buffers) is find(buffers)
    raw = b"ok \xed\xa0\x80 \xff\xc3( caf\xc3\xa9 \xf0\x9f \x80"
    assert find(TextBuffers(np.frombuffer(raw, np.uint8), np.array([0, len(raw)]))).firsts[-1] > 1
    if find is not normalised_words:
        with pytest.raises(ValueError, match="2147483648 bytes"):
            find(TextBuffers(np.zeros(0, np.uint8), np.array([0, 2**31], np.int64)))

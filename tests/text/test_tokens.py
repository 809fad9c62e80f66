"""English tokens: equal to a plain implementation, to spaCy's own figures, and linear whatever the text."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings

from lakesift.text.kernels.buffers import TextBuffers, buffers_of
from lakesift.text.kernels.bytes import hash_of
from lakesift.text.kernels.characters import PUNCTUATION, SENTENCE_END
from lakesift.text.kernels.exceptions import english_exceptions
from lakesift.text.kernels.tokens import tokens_of
from text import plain_english
from text.strange import HOSTILE, texts


def words(*each: str) -> list[list[str]]:
    tokens = tokens_of(buffers_of(pa.array(each, pa.string())))
    pieces = [
        tokens.text[token["start"] : token["stop"]].tobytes().decode() for token in tokens.found[: tokens.firsts[-1]]
    ]
    return [pieces[first:last] for first, last in pairwise(tokens.firsts)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, world!", "Hello , world !"),
        ("I can't, he's, they'll've", "I ca n't , he 's , they 'll 've"),
        ("I dont know; cannot gonna im. id!", "I do nt know ; can not gon na i m. i d !"),
        ("at 10am in the U.S.A. (see Mr. X.)", "at 10 am in the U.S.A. ( see Mr. X. )"),
        ("5km. $3.50 US$5 7% +3 + 20°C.", "5 km . $ 3.50 US$ 5 7 % +3 + 20 ° C ."),
        ("well-known 3-4 a--b x/y", "well - known 3 - 4 a -- b x / y"),
        ("end.Next e.g. and/or Ph.D. o.O", "end . Next e.g. and/or Ph.D. o.O"),
        (
            "http://x.com/a?b=c, me@x.org; 8.8.8.8/a 10.0.0.1/a",
            "http://x.com/a?b=c , me@x.org ; 8.8.8.8/a 10.0.0.1 / a",
        ),
        ("so:) so :-( ... …… «yes»", "so :) so :-( ... … … « yes »"),
        ("100€ 5m/s 中文。字", "100 € 5 m/s 中文。字"),
    ],
)
def test_splits_as_spacy_3_8_does(text: str, expected: str) -> None:
    assert words(text)[0] == expected.split()


@settings(max_examples=400)
@given(texts)
@example("°C. °C.x :):( ):):) :(((x")
def test_kernel_and_regular_expressions_find_the_same_words(text: str) -> None:
    assert words(text)[0] == plain_english.tokens_of(text)


def test_every_exception_becomes_its_pieces() -> None:
    exceptions = english_exceptions()
    assert len(exceptions) == 1343  # spaCy 3.8.18 has these and four of white space
    assert words(*exceptions) == [list(pieces) for pieces in exceptions.values()]


def test_texts_do_not_touch_one_another() -> None:
    assert words("8", ")", "I", "'m", "") == [["8"], [")"], ["I"], ["'", "m"], []]


@given(texts)
@settings(max_examples=100)
def test_a_token_carries_hash_size_and_flags(text: str) -> None:
    tokens = tokens_of(buffers_of(pa.array([text])))
    for token in tokens.found[: tokens.firsts[-1]]:
        word = tokens.text[token["start"] : token["stop"]].tobytes().decode()
        assert int(token["hash"]) == hash_of(word)
        assert token["size"] == len(word)
        assert bool(token["flags"] & 1) == any(c.isalpha() for c in word)
        assert bool(token["flags"] & PUNCTUATION) == all(plain_english.unicodedata.category(c)[0] == "P" for c in word)
        assert bool(token["flags"] & SENTENCE_END) == (len(word) == 1 and word in ".?!。！？।۔")  # of those in `texts`


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_have_tokens_that_cover_them(name: str) -> None:
    text = HOSTILE[name]
    assert "".join(words(text)[0]) == "".join(text.split())


def test_bytes_that_are_no_utf8_are_single_characters() -> None:
    raw = b"ok \xed\xa0\x80 \xff\xc3( caf\xc3\xa9 \xf0\x9f \x80"
    offsets = np.array([0, len(raw)], np.int64)
    tokens = tokens_of(TextBuffers(np.frombuffer(raw, np.uint8), offsets))
    found = [raw[token["start"] : token["stop"]] for token in tokens.found[: tokens.firsts[-1]]]
    assert b"".join(found) == b"".join(raw.split(b" "))


@pytest.mark.parametrize("name", ["brackets", "at signs", "labels", "smileys", "units", "opening citations"])
def test_work_grows_with_length_only(name: str) -> None:
    """Twice the text in about twice the time; the best of several runs, and room for a busy machine."""

    def best(text: str) -> float:
        times = []
        for _ in range(5):
            begun = time.thread_time()
            tokens_of(buffers_of(pa.array([text])))
            times.append(time.thread_time() - begun)
        return min(times)

    text = HOSTILE[name] * 10
    assert best(text * 4) < 16 * best(text) + 0.05


def test_more_than_two_gib_at_once_is_refused() -> None:
    offsets = np.array([0, 2**31], np.int64)
    with pytest.raises(ValueError, match="2147483648 bytes"):
        tokens_of(TextBuffers(np.zeros(0, np.uint8), offsets))


def test_languages_have_tokens(shared_data: Path) -> None:
    for file in sorted((shared_data / "languages").glob("*.txt")):
        text = file.read_text(encoding="utf-8")[:20_000]
        assert words(text)[0] == plain_english.tokens_of(text), file.name

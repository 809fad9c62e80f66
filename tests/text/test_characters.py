"""The code point sets: sizes of the peers' sets, and what must hold of them whatever the Unicode version."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest

from lakesift.text.kernels import characters as sets


def count(bit: int) -> int:
    return int(((sets.character_classes() & bit) > 0).sum())


# Taken from datatrove 0.10.1 (PUNCTUATION_SET, TERMINAL_PUNCTUATION) and spaCy 3.8.18 (char_classes, sentencizer).
@pytest.mark.parametrize(
    ("bit", "expected"),
    [
        (sets.SYMBOL, 281),
        (sets.TERMINAL, 159),
        (sets.SENTENCE_END, 128),
        (sets.ALPHA, 105_724),
        (sets.LOWER, 105_177),
        (sets.UPPER, 104_939),
        (sets.QUOTE, 31),
        (sets.ICON, 5_984),
        (sets.PREFIX, 6_091),
        (sets.SUFFIX, 6_051),
        (sets.BEFORE_DOT, 105_241),
        (sets.CURRENCY, 37),
    ],
)
def test_sets_have_the_sizes_of_the_peers(bit: int, expected: int) -> None:
    assert count(bit) == expected


def test_sentence_ends_are_terminal_and_terminals_are_symbols() -> None:
    classes = sets.character_classes()
    for smaller, larger in ((sets.SENTENCE_END, sets.TERMINAL), (sets.TERMINAL, sets.SYMBOL), (sets.ICON, sets.PREFIX)):
        assert not ((classes & smaller > 0) & (classes & larger == 0)).any()
    assert {unicodedata.category(chr(p)) for p in sets.code_points(sets.OTHER_TERMINALS)} <= {"Po", "Cn"}


def test_what_python_knows_is_taken_from_python() -> None:
    classes = sets.character_classes()
    characters = [chr(point) for point in range(sets.CODE_POINTS)]
    joined = "".join(characters)
    lines = np.nonzero(classes & sets.LINE_END)[0].tolist()
    assert lines == [p for p, c in enumerate(characters) if len(f"a{c}b".splitlines()) > 1]
    for bit, pattern in ((sets.SPACE, r"\s"), (sets.DECIMAL, r"\d"), (sets.WORD, r"\w")):
        assert np.nonzero(classes & bit)[0].tolist() == [found.start() for found in re.finditer(pattern, joined)]


def test_inert_characters_are_in_no_rule() -> None:
    classes = sets.character_classes()
    inert = classes & sets.INERT > 0
    assert not (inert & ((classes & (sets.PREFIX | sets.SUFFIX | sets.SPACE | sets.QUOTE | sets.ICON)) > 0)).any()
    assert all(inert[ord(letter)] for letter in "azAZéñßжあ@|\\")
    assert not any(inert[ord(mark)] for mark in "0123456789.,:;-–—~+*^/<>=%$°'\"")

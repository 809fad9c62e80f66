"""Kernel that finds the phrases of C4's line rules in a line, in any case.

Source: datatrove a649de79, `src/datatrove/pipeline/filters/c4_filters.py` (C4QualityFilter); case is folded for ASCII.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.compiled import compiled

LOREM_IPSUM, JAVASCRIPT, CURLY_BRACKET, POLICY = 1, 2, 4, 8
CURLY = ord("{")
CASE_BIT = 0x20
MAX_PHRASE = 16

# Each phrase is looked for at its rarest letter, its anchor; phrases with the same anchor are neighbours.
PHRASES = (
    ("lorem ipsum", "m", LOREM_IPSUM),
    ("javascript", "j", JAVASCRIPT),
    ("terms of use", "f", POLICY),
    ("privacy policy", "v", POLICY),
    ("cookie policy", "k", POLICY),
    ("uses cookies", "k", POLICY),
    ("use of cookies", "k", POLICY),
    ("use cookies", "k", POLICY),
)


def phrase_table() -> NDArray[np.uint8]:
    """Return a row per phrase: its letters, their number, the anchor, and its flag."""
    table = np.zeros((len(PHRASES), MAX_PHRASE + 3), np.uint8)
    for row, (phrase, anchor, meaning) in zip(table, PHRASES, strict=True):
        row[: len(phrase)] = list(phrase.encode())
        row[MAX_PHRASE:] = len(phrase), phrase.index(anchor), meaning
    return table


def anchor_table() -> NDArray[np.uint8]:
    """Return for each byte the first and last row of `phrase_table` that it anchors."""
    table = np.zeros((256, 2), np.uint8)
    for row, (_, anchor, _) in reversed(list(enumerate(PHRASES))):
        for letter in (ord(anchor), ord(anchor.upper())):
            table[letter] = row, max(row + 1, table[letter, 1])
    return table


TABLE, ANCHORS = phrase_table(), anchor_table()


@compiled
def mentioned_at(text: Bytes, at: int, start: int, stop: int) -> int:
    """Return the flags of the phrases around byte `at` of `text[start:stop]`, else 0."""
    mentioned = 0
    for row in range(ANCHORS[text[at], 0], ANCHORS[text[at], 1]):
        first, size = at - TABLE[row, MAX_PHRASE + 1], TABLE[row, MAX_PHRASE]
        if first < start or first + size > stop:
            continue
        k = 0
        while k < size and is_letter(text[first + k], TABLE[row, k]):
            k += 1
        if k == size:
            mentioned |= TABLE[row, MAX_PHRASE + 2]
    return mentioned


@compiled
def mentions(text: Bytes, start: int, stop: int) -> int:
    """Return the sum of the flags of all phrases in `text[start:stop]`.

    The flags are LOREM_IPSUM, JAVASCRIPT, CURLY_BRACKET and POLICY.
    """
    mentioned = 0
    for at in range(start, stop):
        mentioned |= CURLY_BRACKET if text[at] == CURLY else mentioned_at(text, at, start, stop)
    return mentioned


@compiled
def is_letter(byte: int, lower: int) -> bool:
    """Return whether a byte is this lower-case letter in either case, or this space."""
    return byte == lower or (byte | CASE_BIT == lower and byte >= ord("A"))

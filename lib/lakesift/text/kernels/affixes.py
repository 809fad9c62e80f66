"""Kernels for the prefixes and suffixes that spaCy 3.8 splits off a word.

Each returns a number of bytes, 0 where nothing is split off.

Source: the prefix and suffix rules of `spacy/lang/punctuation.py` with English settings. A suffix rule is found by a
search from the left, so of several that match the longest counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, code_point, code_point_before, hash_bytes, slot_of
from lakesift.text.kernels.characters import BEFORE_DOT, CURRENCY, PREFIX, SUFFIX, UPPER
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.english import UNIT_KEYS, UNIT_SLOTS

DOT, PLUS, DOLLAR = ord("."), ord("+"), ord("$")
APOSTROPHE, CURLY_APOSTROPHE, ELLIPSIS, DEGREE = 0x27, 0x2019, 0x2026, 0xB0
CAPITAL_S, CAPITAL_U, CAPITAL_C, CAPITAL_A = ord("S"), ord("U"), ord("C"), ord("A")
SMALL_S, SMALL_C, SMALL_F, SMALL_K = ord("s"), ord("c"), ord("f"), ord("k")
LOWER_CASE_BIT = 0x20
MAX_UNIT = 10  # bytes


@compiled
def is_digit(byte: int) -> bool:
    """Return whether a byte or code point is one of 0-9, the digits of spaCy's rules."""
    return 0x30 <= byte <= 0x39


@compiled
def prefix_size(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> int:
    """Return the size of the prefix of the word `text[start:stop]` (not empty)."""
    point, size = code_point(text, start, stop)
    if classes[point] & PREFIX:
        return size
    if point == PLUS:
        return 0 if start + 1 < stop and is_digit(text[start + 1]) else 1
    if point == DOT:
        after = start + 1
        while after < stop and text[after] == DOT:
            after += 1
        return after - start if after - start > 1 else 0
    if (point == CAPITAL_C or point == CAPITAL_A) and start + 1 < stop and text[start + 1] == DOLLAR:
        return 2
    if point == CAPITAL_U and start + 2 < stop and text[start + 1] == CAPITAL_S and text[start + 2] == DOLLAR:
        return 3
    return 0


@compiled
def dots_size(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> int:
    """Return the size of the final dots split off `text[start:stop]`.

    The text ends in a dot.
    """
    first = stop - 1
    while first > start and text[first - 1] == DOT:
        first -= 1
    if stop - first > 1:
        return stop - first
    if first == start:
        return 0
    before, size = code_point_before(text, first, start)
    if classes[before] & BEFORE_DOT:
        return 1
    if first - size == start:
        return 0
    second, _ = code_point_before(text, first - size, start)
    if classes[before] & UPPER and classes[second] & UPPER:
        return 1
    folded = before | LOWER_CASE_BIT
    is_degree = folded == SMALL_C or folded == SMALL_F or folded == SMALL_K
    return 1 if is_degree and second == DEGREE else 0


@compiled
def currency_size(text: Bytes, start: int, stop: int, size: int) -> int:
    """Return the size of the currency sign that ends `text[start:stop]` after a digit.

    The sign itself has `size` bytes; it may be part of US$, C$ or A$.
    """
    if text[stop - 1] == DOLLAR and size == 1:
        for longer in (3, 2):
            first = stop - longer
            if first > start and is_digit(text[first - 1]):
                american = longer == 3 and text[first] == CAPITAL_U and text[first + 1] == CAPITAL_S
                other = longer == 2 and (text[first] == CAPITAL_C or text[first] == CAPITAL_A)
                if american or other:
                    return longer
    first = stop - size
    return size if first > start and is_digit(text[first - 1]) else 0


@compiled
def unit_size(text: Bytes, start: int, stop: int, rules: NDArray[np.uint64]) -> int:
    """Return the size of the unit after the last digit of `text[start:stop]`, else 0."""
    first = stop
    while first > start and stop - first <= MAX_UNIT and not is_digit(text[first - 1]):
        first -= 1
    if first == start or first == stop or stop - first > MAX_UNIT:
        return 0
    return stop - first if slot_of(rules, UNIT_KEYS, UNIT_SLOTS, hash_bytes(text, first, stop)) >= 0 else 0


@compiled
def suffix_size(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32], rules: NDArray[np.uint64]) -> int:
    """Return the size of the suffix of `text[start:stop]` (may be empty)."""
    if start == stop:
        return 0
    point, size = code_point_before(text, stop, start)
    kind = classes[point]
    if point == DOT:
        return dots_size(text, start, stop, classes)
    longest = size if kind & SUFFIX else 0
    if stop - size > start:
        before, before_size = code_point_before(text, stop - size, start)
        possessive = (point == SMALL_S or point == CAPITAL_S) and (before == APOSTROPHE or before == CURLY_APOSTROPHE)
        if possessive or (point == ELLIPSIS and before == ELLIPSIS):
            return size + before_size
        if point == PLUS and is_digit(before):
            longest = 1
    if kind & CURRENCY:
        longest = max(longest, currency_size(text, start, stop, size))
    return max(longest, unit_size(text, start, stop, rules))

"""Kernels for the phrases that RefinedWeb's line rules remove.

Counters, "items in cart", "Read more...", and "Sign-in".

Source: mlfoundations/dclm 361714b, `baselines/mappers/modifiers.py` (counter_line_modifier, substring_line_modifier).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.edits.line_rows import DECIMAL, SPACE, START, STOP, WORD
from lakesift.text.edits.mentions import is_letter
from lakesift.text.kernels.bytes import Bytes, code_point, code_point_before, signed
from lakesift.text.kernels.compiled import compiled

ITEMS_IN_CART = np.frombuffer(b"items in cart", np.uint8)
READ_MORE = np.frombuffer(b"read more", np.uint8)
SIGN_IN = np.frombuffer(b"sign-in", np.uint8)
DOTS = 3  # of "Read more...", any characters
COUNTED = b"likes shares comments retweets reposts quotes bookmarks upvotes downvotes downloads views followers".split()
MAX_COUNTED = max(map(len, COUNTED))
COUNTERS = np.array([list(word.ljust(MAX_COUNTED)) for word in COUNTED], np.uint8)
COUNTER_SIZES = np.array([len(word) for word in COUNTED], np.int64)
COMMA, DOT = ord(","), ord(".")
THOUSANDS = np.zeros(256, np.bool_)
THOUSANDS[list(b"kKmMbB")] = True


@compiled
def has_phrase_at(text: Bytes, at: int, stop: int, letters: NDArray[np.uint8], size: int) -> bool:
    """Return whether the first `size` of the lower-case letters are here, in any case."""
    if at + size > stop:
        return False
    for k in range(size):
        if not is_letter(text[at + k], letters[k]):
            return False
    return True


@compiled
def is_counter(text: Bytes, start: int, stop: int, kinds: NDArray[np.uint8]) -> bool:
    """Return whether a line is only a number and its unit, such as "3.4K likes"."""
    at = after_non_words(text, start, stop, kinds)
    if at == stop or not kinds[code_point(text, at, stop)[0]] & DECIMAL:
        return False
    while at < stop:
        point, size = code_point(text, at, stop)
        if point != COMMA and point != DOT and not kinds[point] & DECIMAL:
            break
        at += size
    at += at < stop and THOUSANDS[text[at]]
    number_end = at
    while at < stop:
        point, size = code_point(text, at, stop)
        if not kinds[point] & SPACE:
            break
        at += size
    if at == number_end:
        return False
    for word in range(len(COUNTERS)):
        size = signed(COUNTER_SIZES[word])
        if has_phrase_at(text, at, stop, COUNTERS[word], size):
            return after_non_words(text, at + size, stop, kinds) == stop
    return False


@compiled
def after_non_words(text: Bytes, at: int, stop: int, kinds: NDArray[np.uint8]) -> int:
    """Return the place of the first letter, digit or underscore."""
    while at < stop:
        point, size = code_point(text, at, stop)
        if kinds[point] & WORD:
            break
        at += size
    return at


@compiled
def space_before(text: Bytes, at: int, start: int, kinds: NDArray[np.uint8]) -> int:
    """Return the start of the white space before a byte, else the byte itself."""
    if at == start:
        return at
    point, size = code_point_before(text, at, start)
    return at - size if kinds[point] & SPACE else at


@compiled
def without_items_in_cart(text: Bytes, row: NDArray[np.int64], kinds: NDArray[np.uint8]) -> int:
    """Remove each "items in cart" from a line in place, and return their number.

    One white space character before each is removed with it.
    """
    size, removed = len(ITEMS_IN_CART), 0
    at, to, after = row[START], row[START], row[START]
    while at < row[STOP]:
        if has_phrase_at(text, at, row[STOP], ITEMS_IN_CART, size):
            # The text copied since the phrase before may end in the white space that is removed, too.
            to -= at - space_before(text, at, after, kinds)
            at += size
            after = at
            removed += 1
        else:
            text[to] = text[at]
            to += 1
            at += 1
    row[STOP] = to
    return removed


@compiled
def without_read_more(text: Bytes, row: NDArray[np.int64], kinds: NDArray[np.uint8]) -> int:
    """Remove "read more" and three characters from a line's end; return 1 if found.

    One white space character before them is removed, too.
    """
    at, dots, size = row[STOP], 0, len(READ_MORE)
    while dots < DOTS and at > row[START]:
        at -= code_point_before(text, at, row[START])[1]
        dots += 1
    first = at - size
    if dots < DOTS or first < row[START] or not has_phrase_at(text, first, at, READ_MORE, size):
        return 0
    row[STOP] = space_before(text, first, row[START], kinds)
    return 1


@compiled
def without_sign_in(text: Bytes, row: NDArray[np.int64], kinds: NDArray[np.uint8]) -> int:
    """Remove "sign-in" from a line's start; return 1 if found.

    One white space character after it is removed, too.
    """
    size = len(SIGN_IN)
    if not has_phrase_at(text, row[START], row[STOP], SIGN_IN, size):
        return 0
    at = row[START] + size
    if at < row[STOP]:
        point, width = code_point(text, at, row[STOP])
        at += width if kinds[point] & SPACE else 0
    row[START] = at
    return 1

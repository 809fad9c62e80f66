"""Kernels that split one word (a run without white space) as spaCy 3.8 splits English.

Source: `_split_affixes` and `_attach_tokens` of `spacy/tokenizer.pyx`: exceptions first, then prefix and suffix one after
the other as long as something comes off, then a URL whole, else the infix rules of `spacy/lang/en/punctuation.py`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.text.addresses import is_address
from lakesift.text.affixes import DOT, ELLIPSIS, PLUS, is_digit, prefix_size, slot_of, suffix_size
from lakesift.text.bytes import BASE, ONE, Bytes, code_point, code_point_before, hash_bytes
from lakesift.text.characters import (
    ALPHA,
    ICON,
    LETTER,
    LOWER,
    PUNCTUATION,
    QUOTE,
    SENTENCE_END,
    SYMBOL,
    UPPER,
)
from lakesift.text.compiled import compiled
from lakesift.text.english import FILTER_BITS, LENGTH_BITS, English

AFFIXED = 16  # flag of a token from a word that met a splitting rule
ALL_BITS = np.uint32(0xFFFFFFFF)
HYPHEN, EN_DASH, EM_DASH, TILDE = ord("-"), 0x2013, 0x2014, ord("~")
ASTERISK, CARET, COMMA, COLON, SLASH = ord("*"), ord("^"), ord(","), ord(":"), ord("/")
LESS, GREATER, EQUAL = ord("<"), ord(">"), ord("=")
LONGEST_HYPHEN, LONGEST_EM_DASH = 3, 2
FILTER_SHIFT = np.uint64(64 - FILTER_BITS)
LENGTH_MASK = (1 << LENGTH_BITS) - 1


class Found(NamedTuple):
    """Where kernels write tokens; each array has room for one token per byte of text.

    Attributes:
        starts, stops: bytes from the start of the text, int32.
        hashes: of the token's bytes, uint64.
        sizes: code points, int32.
        flags: LETTER any code point, SYMBOL and PUNCTUATION all of them, SENTENCE_END the only one, AFFIXED, uint8.
    """

    starts: NDArray[np.int32]
    stops: NDArray[np.int32]
    hashes: NDArray[np.uint64]
    sizes: NDArray[np.int32]
    flags: NDArray[np.uint8]


@compiled
def put(
    found: Found, count: int, start: int, stop: int, key: np.uint64, size: int, some: np.uint32, every: np.uint32
) -> int:
    """Write token number `count`; `some` and `every` are the bits that some and all of its code points have."""
    found.starts[count] = start
    found.stops[count] = stop
    found.hashes[count] = key
    found.sizes[count] = size
    flags = (some & LETTER) | (every & (SYMBOL | PUNCTUATION)) | (some & AFFIXED)
    if size == 1:
        flags |= every & SENTENCE_END
    found.flags[count] = flags
    return count + 1


@compiled
def put_piece(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32], found: Found, count: int) -> int:
    """Write `text[start:stop]` as a token of a word that met a rule."""
    total, weight, size = np.uint64(0), ONE, 0
    some, every = np.uint32(0), ALL_BITS
    at = start
    while at < stop:
        point, width = code_point(text, at, stop)
        for k in range(at, at + width):
            total += (np.uint64(text[k]) + ONE) * weight
            weight *= BASE
        some |= classes[point]
        every &= classes[point]
        at += width
        size += 1
    return put(found, count, start, stop, total, size, (some & LETTER) | np.uint32(AFFIXED), every)


@compiled
def put_pieces(text: Bytes, start: int, lengths: int, classes: NDArray[np.uint32], found: Found, count: int) -> int:
    """Write the tokens of an exception that begins at `start`; `lengths` as in `English.lengths`."""
    while lengths:
        stop = start + (lengths & LENGTH_MASK)
        count = put_piece(text, start, stop, classes, found, count)
        start = stop
        lengths >>= LENGTH_BITS
    return count


@compiled
def lengths_of(key: np.uint64, english: English) -> int:
    """Lengths of the tokens of the exception with this hash, 0 if there is none."""
    place = np.int64(key >> FILTER_SHIFT)
    if not (english.filter[place >> 6] >> np.uint64(place & 63)) & ONE:
        return 0
    slot = slot_of(english.keys, key)
    return np.int64(english.lengths[slot]) if slot >= 0 else 0


@compiled
def exception_at(text: Bytes, start: int, stop: int, english: English) -> int:
    """Lengths of the tokens of the exception `text[start:stop]`, 0 if it is none."""
    if start >= stop or stop - start > english.longest:
        return 0
    return lengths_of(hash_bytes(text, start, stop), english)


@compiled
def split_word(text: Bytes, start: int, stop: int, english: English, found: Found, count: int) -> int:
    """Write the tokens of the word `text[start:stop]` and give the new number of tokens.

    Suffixes come off from the outside in and are written from the inside out: until then their starts are kept at the
    far end of `found.starts`, where tokens cannot be yet, since there are never more tokens than bytes.
    """
    room = len(found.starts)
    kept, end = room, stop
    classes = english.classes
    while start < stop and exception_at(text, start, stop, english) == 0:
        before = prefix_size(text, start, stop, classes)
        if before and exception_at(text, start + before, stop, english):
            count = put_piece(text, start, start + before, classes, found, count)
            start += before
            break
        after = suffix_size(text, start + before, stop, classes, english.units)
        ends_in_exception = after > 0 and exception_at(text, start, stop - after, english) != 0
        if before and not ends_in_exception:
            count = put_piece(text, start, start + before, classes, found, count)
            start += before
        if after:
            stop -= after
            kept -= 1
            found.starts[kept] = stop
        if ends_in_exception or before + after == 0:
            break
    count = put_middle(text, start, stop, english, found, count)
    for place in range(kept, room):
        suffix = found.starts[place]
        outer = found.starts[place + 1] if place + 1 < room else end
        count = put_piece(text, suffix, outer, classes, found, count)
    return count


@compiled
def put_middle(text: Bytes, start: int, stop: int, english: English, found: Found, count: int) -> int:
    """Write what is left of a word between its prefixes and suffixes."""
    if start == stop:
        return count
    lengths = exception_at(text, start, stop, english)
    if lengths:
        return put_pieces(text, start, lengths, english.classes, found, count)
    has_dot = False
    for at in range(start, stop):
        has_dot |= text[at] == DOT
    if has_dot and is_address(text, start, stop, english.classes):
        return put_piece(text, start, stop, english.classes, found, count)
    piece, at = start, start
    while at < stop:
        size = infix_size(text, at, start, stop, english.classes)
        if size and at > start:
            if at > piece:
                count = put_piece(text, piece, at, english.classes, found, count)
            count = put_piece(text, at, at + size, english.classes, found, count)
            piece = at + size
        at += size if size else code_point(text, at, stop)[1]
    return put_piece(text, piece, stop, english.classes, found, count) if piece < stop else count


@compiled
def infix_size(text: Bytes, at: int, start: int, stop: int, classes: NDArray[np.uint32]) -> int:
    """Bytes of the infix at `at` inside `text[start:stop]`, 0 if there is none."""
    point, size = code_point(text, at, stop)
    kind = classes[point]
    if point == ELLIPSIS or kind & ICON:
        return size
    if point == DOT and at + 1 < stop and text[at + 1] == DOT:
        after = at + 1
        while after < stop and text[after] == DOT:
            after += 1
        return after - at
    if at == start or at + size == stop:
        return 0
    before, _ = code_point_before(text, at, start)
    following, _ = code_point(text, at + size, stop)
    left, right = classes[before], classes[following]
    if point == DOT:
        return 1 if left & (LOWER | QUOTE) and right & (UPPER | QUOTE) else 0
    if point == COMMA:
        return 1 if left & ALPHA and right & ALPHA else 0
    after_digit = is_digit(before)
    is_sign = point == PLUS or point == HYPHEN or point == ASTERISK or point == CARET
    if is_sign and after_digit and (is_digit(following) or following == HYPHEN):
        return 1
    if not (after_digit or left & ALPHA):
        return 0
    if point == COLON or point == LESS or point == GREATER or point == EQUAL or point == SLASH:
        return 1 if right & ALPHA else 0
    if point == HYPHEN or point == EM_DASH:
        return dashes_size(text, at, stop, point, size, classes)
    return size if (point == EN_DASH or point == TILDE) and right & ALPHA else 0


@compiled
def dashes_size(text: Bytes, at: int, stop: int, dash: int, size: int, classes: NDArray[np.uint32]) -> int:
    """Bytes of the one to three hyphens or one to two em dashes at `at` that a letter follows, else 0."""
    longest = LONGEST_HYPHEN if dash == HYPHEN else LONGEST_EM_DASH
    after = at
    for _ in range(longest):
        after += size
        if after >= stop:
            return 0
        point, _ = code_point(text, after, stop)
        if classes[point] & ALPHA:
            return after - at
        if point != dash:
            return 0
    return 0

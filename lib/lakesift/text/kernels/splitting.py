"""Kernels that split one word (a run without white space) as spaCy 3.8 does.

The language is English.

Source: `_split_affixes` and `_attach_tokens` of `spacy/tokenizer.pyx`: exceptions first, then prefix and suffix one
after the other as long as something comes off, then a URL whole, else the infix rules of
`spacy/lang/en/punctuation.py`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.addresses import is_address
from lakesift.text.kernels.affixes import DOT, ELLIPSIS, PLUS, is_digit, prefix_size, suffix_size
from lakesift.text.kernels.bytes import BASE, ONE, Bytes, code_point, code_point_before, hash_bytes, signed, slot_of
from lakesift.text.kernels.characters import (
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
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.english import (
    EXCEPTION_KEYS,
    EXCEPTION_LENGTHS,
    EXCEPTION_SLOTS,
    FILTER,
    FILTER_BITS,
    LENGTH_BITS,
    MAX_EXCEPTION,
)

AFFIXED = 16  # flag of a token from a word that met a splitting rule
AFFIXED_BIT = np.uint32(AFFIXED)
ALL_BITS = np.uint32(0xFFFFFFFF)
HYPHEN, EN_DASH, EM_DASH, TILDE = ord("-"), 0x2013, 0x2014, ord("~")
ASTERISK, CARET, COMMA, COLON, SLASH = ord("*"), ord("^"), ord(","), ord(":"), ord("/")
LESS, GREATER, EQUAL = ord("<"), ord(">"), ord("=")
MAX_HYPHENS, MAX_EM_DASHES = 3, 2
FILTER_SHIFT = np.uint64(64 - FILTER_BITS)
LENGTH_MASK = (1 << LENGTH_BITS) - 1


# One token: hash of its bytes, bytes from the start of the text, code points, and flags: LETTER if any code point is
# one, SYMBOL and PUNCTUATION if all are, SENTENCE_END if it is the only one, AFFIXED.
TOKEN = np.dtype([("hash", "<u8"), ("start", "<i4"), ("stop", "<i4"), ("size", "<i4"), ("flags", "<i4")])
WORDS_PER_TOKEN = 3  # of 64 bits: kernels that write tokens see TOKEN so, which spares them records
HIGH, LOW_BITS = np.uint64(32), np.uint64(0xFFFFFFFF)

Found = NDArray[np.uint64]


@compiled
def put(
    found: Found, count: int, start: int, stop: int, key: np.uint64, size: int, some: np.uint32, every: np.uint32
) -> int:
    """Write token number `count`.

    `some` are the bits of any of its code points, `every` the bits of all of them.
    """
    flags = (some & (LETTER | AFFIXED)) | (every & (SYMBOL | PUNCTUATION))
    if size == 1:
        flags |= every & SENTENCE_END
    place = count * WORDS_PER_TOKEN
    found[place] = key
    found[place + 1] = np.uint64(start) | np.uint64(stop) << HIGH
    found[place + 2] = np.uint64(size) | np.uint64(flags) << HIGH
    return count + 1


@compiled
def start_of(found: Found, token: int) -> int:
    """Return the start of a token."""
    return signed(found[token * WORDS_PER_TOKEN + 1] & LOW_BITS)


@compiled
def stop_of(found: Found, token: int) -> int:
    """Return the end of a token."""
    return signed(found[token * WORDS_PER_TOKEN + 1] >> HIGH)


@compiled
def flags_of(found: Found, token: int) -> int:
    """Return the flags of a token."""
    return signed(found[token * WORDS_PER_TOKEN + 2] >> HIGH)


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
    return put(found, count, start, stop, total, size, (some & LETTER) | AFFIXED_BIT, every)


@compiled
def put_pieces(text: Bytes, start: int, lengths: int, classes: NDArray[np.uint32], found: Found, count: int) -> int:
    """Write the tokens of an exception that begins at `start`.

    `lengths` are those of `English.lengths`.
    """
    while lengths:
        stop = start + (lengths & LENGTH_MASK)
        count = put_piece(text, start, stop, classes, found, count)
        start = stop
        lengths >>= LENGTH_BITS
    return count


@compiled
def lengths_of(key: np.uint64, rules: NDArray[np.uint64]) -> int:
    """Return the lengths of the exception's tokens for a hash, 0 if there is none."""
    place = signed(key >> FILTER_SHIFT)
    if not (rules[FILTER + (place >> 6)] >> np.uint64(place & 63)) & ONE:
        return 0
    slot = slot_of(rules, EXCEPTION_KEYS, EXCEPTION_SLOTS, key)
    return signed(rules[EXCEPTION_LENGTHS + slot]) if slot >= 0 else 0


@compiled
def exception_at(text: Bytes, start: int, stop: int, rules: NDArray[np.uint64]) -> int:
    """Return the lengths of the tokens of the exception `text[start:stop]`, else 0."""
    if start >= stop or stop - start > MAX_EXCEPTION:
        return 0
    return lengths_of(hash_bytes(text, start, stop), rules)


@compiled
def split_word(
    text: Bytes, start: int, stop: int, classes: NDArray[np.uint32], rules: NDArray[np.uint64], found: Found, count: int
) -> int:
    """Write the tokens of the word `text[start:stop]`; return their new number.

    Suffixes come off from the outside in and are written from the inside out: until then their starts are kept
    where only the last of the word's tokens could be if each were one byte.
    """
    room = count + stop - start
    kept, end = room, stop
    while start < stop and exception_at(text, start, stop, rules) == 0:
        before = prefix_size(text, start, stop, classes)
        if before and exception_at(text, start + before, stop, rules):
            count = put_piece(text, start, start + before, classes, found, count)
            start += before
            break
        after = suffix_size(text, start + before, stop, classes, rules)
        ends_in_exception = after > 0 and exception_at(text, start, stop - after, rules) != 0
        if before and not ends_in_exception:
            count = put_piece(text, start, start + before, classes, found, count)
            start += before
        if after:
            stop -= after
            kept -= 1
            found[kept * WORDS_PER_TOKEN + 1] = np.uint64(stop)
        if ends_in_exception or before + after == 0:
            break
    count = put_middle(text, start, stop, classes, rules, found, count)
    for place in range(kept, room):
        suffix = start_of(found, place)
        outer = start_of(found, place + 1) if place + 1 < room else end
        count = put_piece(text, suffix, outer, classes, found, count)
    return count


@compiled
def put_middle(
    text: Bytes, start: int, stop: int, classes: NDArray[np.uint32], rules: NDArray[np.uint64], found: Found, count: int
) -> int:
    """Write the middle of a word, between its prefixes and suffixes."""
    if start == stop:
        return count
    lengths = exception_at(text, start, stop, rules)
    if lengths:
        return put_pieces(text, start, lengths, classes, found, count)
    has_dot = False
    for at in range(start, stop):
        has_dot |= text[at] == DOT
    if has_dot and is_address(text, start, stop, classes):
        return put_piece(text, start, stop, classes, found, count)
    piece, at = start, start
    while at < stop:
        size = infix_size(text, at, start, stop, classes)
        if size and at > start:
            if at > piece:
                count = put_piece(text, piece, at, classes, found, count)
            count = put_piece(text, at, at + size, classes, found, count)
            piece = at + size
        at += size if size else code_point(text, at, stop)[1]
    return put_piece(text, piece, stop, classes, found, count) if piece < stop else count


@compiled
def infix_size(text: Bytes, at: int, start: int, stop: int, classes: NDArray[np.uint32]) -> int:
    """Return the size of the infix at `at` inside `text[start:stop]`, 0 without one."""
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
    """Return the size of the dashes at `at` before a letter, else 0.

    Dashes are one to three hyphens or one or two em dashes.
    """
    max_dashes = MAX_HYPHENS if dash == HYPHEN else MAX_EM_DASHES
    after = at
    for _ in range(max_dashes):
        after += size
        if after >= stop:
            return 0
        point, _ = code_point(text, after, stop)
        if classes[point] & ALPHA:
            return after - at
        if point != dash:
            return 0
    return 0

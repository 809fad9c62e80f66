"""Word segments of Unicode's default algorithm, and two selections of them.

The selections are the segments that DCLM calls words, and those that are not white space.

Source: Unicode Standard Annex 29, section 4.1; DCLM c7ed275f, `baselines/mappers/core_utils.py` split_words with
`uniseg` and `ignore_punctuation`, which keeps the segments whose first character is alphanumeric.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import BASE, ONE, Bytes, code_point
from lakesift.text.kernels.characters import SPACE
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.splitting import ALL_BITS, WORDS_PER_TOKEN, Found, put, start_of, stop_of
from lakesift.text.kernels.tokens import FIRST_OTHER, Tokens, found_once
from lakesift.text.words.runs import LETTER_BIT
from lakesift.text.words.word_break import (
    ALIKE,
    ALPHANUMERIC,
    HEBREW_BEFORE,
    HEBREW_NEXT,
    JOIN,
    LETTER_BEFORE,
    LETTER_NEXT,
    NUMBER_BEFORE,
    ODD_FLAGS,
    PICTURE,
    VALUE_MASK,
    VALUE_SHIFT,
    pair_rules,
    values,
    word_break_classes,
)

SEGMENTS = "Unicode word segments"
WORDS = "Unicode words"
TOKENS = "Unicode words and marks"
ANY, SPACE_BIT = np.uint32(0), np.uint32(SPACE)
PAIRS = pair_rules().ravel()
SKIPPED = values("Extend", "Format", "ZWJ")
LINE_ENDS = values("CR", "LF", "Newline")
LETTERS = values("ALetter", "Hebrew_Letter")
HEBREW, NUMBERS, SPACES = values("Hebrew_Letter"), values("Numeric"), values("WSegSpace")
FLAG, JOINER, RETURN, LINE_FEED = values("Regional_Indicator"), values("ZWJ"), values("CR"), values("LF")
UNIT, PAIR_WIDTH = np.uint32(1), np.uint32(32)


def unicode_segments(buffers: TextBuffers) -> Tokens:
    """Return all word segments of texts, cached with the buffers.

    White space and punctuation are included.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """
    return _segments(buffers, SEGMENTS, ANY)


def unicode_words(buffers: TextBuffers) -> Tokens:
    """Return the word segments whose first character is alphanumeric; cached.

    The test is `str.isalnum`. They are chosen from `unicode_tokens`, which are mostly words, because finding
    segments a second time costs more.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """
    tokens = unicode_tokens(buffers)

    def find(text: Bytes, _: NDArray[np.int64], found: Found) -> NDArray[np.int64]:
        return choose_words(text, tokens.firsts, tokens.found.view(np.uint64), word_break_classes(), found)

    return found_once(buffers, WORDS, find)


def unicode_tokens(buffers: TextBuffers) -> Tokens:
    """Return the word segments that do not begin with white space; cached.

    These are words, and each mark on its own: a tokenizer of words without rules of any one language.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """
    return _segments(buffers, TOKENS, SPACE_BIT)


def _segments(buffers: TextBuffers, definition: str, without: np.uint32) -> Tokens:
    def find(text: Bytes, offsets: NDArray[np.int64], found: Found) -> NDArray[np.int64]:
        return find_all(text, offsets, word_break_classes(), without, found)

    return found_once(buffers, definition, find)


@compiled
def find_all(
    text: Bytes,
    offsets: NDArray[np.int64],
    classes: NDArray[np.uint32],
    without: np.uint32,
    found: Found,
) -> NDArray[np.int64]:
    """Write the segments of each text that pass a test; return `Tokens.firsts`.

    A segment passes if its first character has none of the bits `without`.
    """
    firsts = np.zeros(len(offsets), np.int64)
    text_at, classes_at, found_at = pointer_to(text), pointer_to(classes), pointer_to(found)
    for document in range(len(offsets) - 1):
        start, stop = offsets[document], offsets[document + 1]
        first = firsts[document]
        firsts[document + 1] = find_segments(text_at, start, stop, classes_at, without, found_at, first)
    return firsts


@compiled
def find_segments(
    text: Bytes,
    start: int,
    stop: int,
    classes: NDArray[np.uint32],
    without: np.uint32,
    found: Found,
    count: int,
) -> int:
    """Write the segments of `text[start:stop]` from number `count` on.

    Returns the new number of segments.
    """
    at = start
    while at < stop:
        first, size, flags = at, 0, 0
        total, weight = np.uint64(0), ONE
        some, every = np.uint32(0), ALL_BITS
        opening = last = np.uint32(0)
        before, earlier = np.uint32(0), np.uint32(0)
        while at < stop:
            point, width = code_point(text, at, stop)
            kind = classes[point]
            if at == first:
                opening = kind
            elif not (
                kind & last & ALIKE or stays(text, at + width, stop, classes, kind, last, before, earlier, flags)
            ):
                break
            value = kind >> VALUE_SHIFT & VALUE_MASK
            if at == first or not UNIT << value & SKIPPED:
                earlier, before = UNIT << before, value
                flags += UNIT << value == FLAG
            while True:
                for k in range(at, at + width):
                    total += (np.uint64(text[k]) + ONE) * weight
                    weight *= BASE
                some |= kind
                every &= kind
                size += 1
                at += width
                last = kind
                # Most characters are ASCII letters after letters, which need no other test.
                if not (at < stop and text[at] < FIRST_OTHER and kind & classes[text[at]] & ALIKE):
                    break
                width, kind = 1, classes[text[at]]
                earlier, before = UNIT << before, kind >> VALUE_SHIFT & VALUE_MASK
        if not opening & without:
            count = put(found, count, first, at, total, size, some & LETTER_BIT, every)
    return count


@compiled
def choose_words(
    text: Bytes, firsts: NDArray[np.int64], found: Found, classes: NDArray[np.uint32], chosen: Found
) -> NDArray[np.int64]:
    """Write the segments that begin with an alphanumeric character to `chosen`.

    Returns its `Tokens.firsts`.
    """
    starts, count = np.zeros(len(firsts), np.int64), 0
    text_at, found_at, chosen_at = pointer_to(text), pointer_to(found), pointer_to(chosen)
    for document in range(len(firsts) - 1):
        for token in range(firsts[document], firsts[document + 1]):
            point, _ = code_point(text_at, start_of(found_at, token), stop_of(found_at, token))
            for k in range(WORDS_PER_TOKEN):
                chosen_at[count * WORDS_PER_TOKEN + k] = found_at[token * WORDS_PER_TOKEN + k]
            count += (classes[point] & ALPHANUMERIC) != 0
        starts[document + 1] = count
    return starts


@compiled
def stays(
    text: Bytes,
    after: int,
    stop: int,
    classes: NDArray[np.uint32],
    kind: np.uint32,
    last: np.uint32,
    before: np.uint32,
    earlier: np.uint32,
    flags: int,
) -> bool:
    """Return whether a character stays with the segment before it.

    Args:
        text: the text's bytes.
        after: where the next character begins.
        stop: where the text ends.
        classes: `word_break_classes`.
        kind: the character's bits in it.
        last: bits of the character directly before.
        before: value of the last character before that is not skipped.
        earlier: that of the one before this, as a bit.
        flags: number of regional indicators in the segment.
    """
    value = kind >> VALUE_SHIFT & VALUE_MASK
    own, direct = UNIT << value, UNIT << (last >> VALUE_SHIFT & VALUE_MASK)
    if (direct | own) & LINE_ENDS:
        return bool(direct == RETURN and own == LINE_FEED)
    if own & SKIPPED or (direct == JOINER and kind & PICTURE) or (direct == SPACES and own == SPACES):
        return True
    need = PAIRS[before * PAIR_WIDTH + value]
    if need <= JOIN:
        return bool(need == JOIN)
    if need == LETTER_BEFORE:
        return bool(earlier & LETTERS)
    if need == HEBREW_BEFORE:
        return bool(earlier == HEBREW)
    if need == NUMBER_BEFORE:
        return bool(earlier == NUMBERS)
    if need == ODD_FLAGS:
        return flags & 1 == 1
    following = value_after(text, after, stop, classes)
    wanted = LETTERS if need == LETTER_NEXT else HEBREW if need == HEBREW_NEXT else NUMBERS
    return bool(following & wanted)


@compiled
def value_after(text: Bytes, at: int, stop: int, classes: NDArray[np.uint32]) -> np.uint32:
    """Return the value of the first unskipped character as a bit, 0 if there is none.

    The search begins at `at`.
    """
    while at < stop:
        point, width = code_point(text, at, stop)
        own: np.uint32 = UNIT << (classes[point] >> VALUE_SHIFT & VALUE_MASK)
        if not own & SKIPPED:
            return own
        at += width
    return np.uint32(0)

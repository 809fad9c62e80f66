"""Kernels that find, read and copy the lines of a text for C4's rules.

Source: datatrove a649de79, `src/datatrove/pipeline/filters/c4_filters.py` (C4QualityFilter).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.edits.mentions import ANCHORS, CURLY, CURLY_BRACKET, mentioned_at
from lakesift.text.kernels.bytes import Bytes, code_point, signed
from lakesift.text.kernels.characters import DECIMAL, LINE_END
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.segments import stripped_start, stripped_stop
from lakesift.text.kernels.splitting import HIGH, LOW_BITS, WORDS_PER_TOKEN, Found, start_of, stop_of

BRACKET, CLOSING, NEWLINE, RETURN = ord("["), ord("]"), ord("\n"), ord("\r")
FIRST_PRINTED, FIRST_OTHER = 0x20, 0x80
# Bytes that begin a line end (U+000A-D, U+001C-E, U+0085, U+2028-9), brackets, and the anchors of phrases.
MARKED = ANCHORS[:, 1] > 0
MARKED[[0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0xC2, 0xE2, BRACKET, CURLY]] = True
NOTES = np.array([list(b"[edit]".ljust(17)), list(b"[citation needed]")], np.uint8)
NOTE_SIZES = np.array([6, 17])


@compiled
def scan_line(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> tuple[int, int, int, bool]:
    """Find the end of the line from `start`, the next line, and its phrases.

    Returns where the line ends and the next begins (as `str.splitlines`), the phrases that the line mentions, and
    whether it has an opening bracket.
    """
    at, mentioned, has_bracket = start, 0, False
    while at < stop:
        byte = text[at]
        if not MARKED[byte]:
            at += 1
            continue
        if byte < FIRST_PRINTED or byte >= FIRST_OTHER:
            point, size = code_point(text, at, stop)
            if classes[point] & LINE_END:
                is_pair = point == RETURN and at + 1 < stop and text[at + 1] == NEWLINE
                return at, at + 2 if is_pair else at + size, mentioned, has_bracket
            at += size
            continue
        if byte == BRACKET:
            has_bracket = True
        elif byte == CURLY:
            mentioned |= CURLY_BRACKET
        else:
            mentioned |= mentioned_at(text, at, start, stop)
        at += 1
    return stop, stop, mentioned, has_bracket


@compiled
def words_of_line(found: Found, first: int, last: int, end: int) -> tuple[int, int, int]:
    """Return the first token at `end` or later, and measure the words before it.

    Returns the first of the tokens from `first` to `last` that starts at `end` or later, the number of runs without
    white space before it, and the code points of the longest run.
    """
    words, max_length, size, before = 0, 0, 0, -1
    while first < last and start_of(found, first) < end:
        if start_of(found, first) != before:
            words += 1
            size = 0
        size += signed(found[first * WORDS_PER_TOKEN + 2] & LOW_BITS)
        max_length = max(max_length, size)
        before = stop_of(found, first)
        first += 1
    return first, words, max_length


@compiled
def copy_line(
    text: Bytes, start: int, stop: int, has_bracket: bool, to_text: Bytes, to: int, classes: NDArray[np.uint32]
) -> tuple[int, int]:
    """Copy `text[start:stop]` without citation marks.

    Returns the end of the copy and the number of marks.
    """
    if not has_bracket:
        for k in range(stop - start):
            to_text[to + k] = text[start + k]
        return to + stop - start, 0
    at, citations = start, 0
    while at < stop:
        size = citation_size(text, at, stop, classes) if text[at] == BRACKET else 0
        if size:
            citations += 1
            at += size
        else:
            to_text[to] = text[at]
            to += 1
            at += 1
    return to, citations


@compiled
def citation_size(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> int:
    """Return the bytes of the citation mark at a bracket, 0 if there is none.

    A mark is digits, nothing, "edit" or "citation needed" in brackets.
    """
    at = start + 1
    while at < stop:
        point, size = code_point(text, at, stop)
        if point == CLOSING:
            return at + 1 - start
        if not classes[point] & DECIMAL:
            break
        at += size
    for note in range(len(NOTES)):
        size, k = signed(NOTE_SIZES[note]), 0
        while k < size and start + k < stop and text[start + k] == NOTES[note, k]:
            k += 1
        if k == size:
            return size
    return 0


@compiled
def copy_tokens(found: Found, first: int, last: int, shift: int, to_found: Found, count: int) -> int:
    """Copy tokens to positions that are `shift` bytes later."""
    for token in range(first, last):
        start, stop = start_of(found, token) + shift, stop_of(found, token) + shift
        to_found[count * WORDS_PER_TOKEN] = found[token * WORDS_PER_TOKEN]
        to_found[count * WORDS_PER_TOKEN + 1] = np.uint64(start) | np.uint64(stop) << HIGH
        to_found[count * WORDS_PER_TOKEN + 2] = found[token * WORDS_PER_TOKEN + 2]
        count += 1
    return count


@compiled
def strip_document(
    text: Bytes, start: int, stop: int, found: Found, first: int, last: int, classes: NDArray[np.uint32]
) -> int:
    """Strip `text[start:stop]` in place, move its tokens along, and return its end."""
    begin = stripped_start(text, start, stop, classes)
    stop = stripped_stop(text, begin, stop, classes)
    if begin > start and stop > begin:
        for at in range(begin, stop):
            text[at - (begin - start)] = text[at]
        copy_tokens(found, first, last, start - begin, found, first)
    return stop - (begin - start)

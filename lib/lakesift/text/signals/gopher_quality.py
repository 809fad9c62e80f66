"""Gopher's quality signals as datatrove defines them.

Source: datatrove a649de79, `src/datatrove/pipeline/filters/gopher_quality_filter.py`, after table A1 and section A.1.1
of Gopher (arXiv 2112.11446). Words are English tokens; lengths are in code points.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, code_point, code_point_before, hash_of, signed
from lakesift.text.kernels.characters import LETTER, LINE_END, SYMBOL, character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.segments import stripped_start, stripped_stop
from lakesift.text.kernels.splitting import LOW_BITS, WORDS_PER_TOKEN, Found, flags_of
from lakesift.text.kernels.tokens import tokens_of
from lakesift.text.signals.family import Batch, Family, per_text

STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")
ELLIPSIS, BULLET = 0x2026, 0x2022
DOT, HASH, HYPHEN, RETURN, NEWLINE = ord("."), ord("#"), ord("-"), ord("\r"), ord("\n")
STOP_BITS = 6
STOP_SHIFT = np.uint64(44)  # from here the stop words' hashes have different bits
# First bytes of the marks counted in the whole text: line ends, "#", "." and the lead bytes of U+0085, U+2026,
# U+2028.
MARKED = np.zeros(256, np.bool_)
MARKED[[0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, HASH, DOT, 0xC2, 0xE2]] = True


def stop_word_table() -> NDArray[np.uint64]:
    """Return the hashes of the stop words, each at the index given by its bits."""
    table = np.zeros(1 << STOP_BITS, np.uint64)
    for word in STOP_WORDS:
        table[hash_of(word) >> int(STOP_SHIFT) & len(table) - 1] = hash_of(word)
    return table


STOPS = stop_word_table()
STOP_MASK = np.uint64(len(STOPS) - 1)


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `GOPHER_QUALITY`.

    Shares of nothing (no words, no lines) are 0.
    """
    return per_text(measure_tokens, tokens_of(batch.texts), len(GOPHER_QUALITY.columns), character_classes())


@compiled
def measure_tokens(
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    firsts: NDArray[np.int64],
    found: Found,
    classes: NDArray[np.uint32],
    values: NDArray[np.float64],
) -> None:
    """Fill the columns of `GOPHER_QUALITY` from tokens.

    `values` is zeros and may have more columns.
    """
    text_at, classes_at, found_at = pointer_to(text), pointer_to(classes), pointer_to(found)
    for document in range(len(values)):
        row = values[document]
        words = firsts[document + 1] - firsts[document]
        spoken, size, alphabetic, stops = count_kinds(found_at, firsts[document], firsts[document + 1])
        start, stop = offsets[document], offsets[document + 1]
        hashes, ellipses, lines, bullets, trailing = count_marks(text_at, start, stop, classes_at)
        row[0], row[1], row[8] = words, spoken, stops
        if spoken:
            row[2] = size / spoken
        if words:
            row[3], row[4], row[7] = hashes / words, ellipses / words, alphabetic / words
        if lines:
            row[5], row[6] = bullets / lines, trailing / lines


@compiled
def count_kinds(found: Found, first: int, last: int) -> tuple[int, int, int, int]:
    """Count the kinds of tokens.

    Returns the tokens that are not all symbols, their code points, the tokens with a letter, and the different stop
    words.
    """
    spoken, size, alphabetic, stops = 0, 0, 0, np.uint64(0)
    for token in range(first, last):
        flags = flags_of(found, token)
        if not flags & SYMBOL:
            spoken += 1
            size += signed(found[token * WORDS_PER_TOKEN + 2] & LOW_BITS)
        alphabetic += flags & LETTER
        key = found[token * WORDS_PER_TOKEN]
        place = key >> STOP_SHIFT & STOP_MASK
        stops |= np.uint64(STOPS[signed(place)] == key) << place
    different = 0
    while stops:
        stops &= stops - np.uint64(1)
        different += 1
    return spoken, size, alphabetic, different


@compiled
def count_marks(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> tuple[int, int, int, int, int]:
    """Count the marks and lines of a text.

    Returns the number signs, the ellipses, the lines, the lines that start with a bullet, and those that end in an
    ellipsis.
    """
    hashes, ellipses, lines, bullets, trailing = 0, 0, 0, 0, 0
    at, line = start, start
    while at < stop:
        if not MARKED[text[at]]:
            at += 1
            continue
        point, width = code_point(text, at, stop)
        after = at + width
        if point == HASH:
            hashes += 1
        elif point == ELLIPSIS:
            ellipses += 1
        elif point == DOT:
            while after < stop and text[after] == DOT:
                after += 1
            ellipses += (after - at) // 3
        elif classes[point] & LINE_END:
            if point == RETURN and after < stop and text[after] == NEWLINE:
                after += 1
            lines += 1
            bullets += starts_with_bullet(text, line, at, classes)
            trailing += ends_with_ellipsis(text, line, at, classes)
            line = after
        at = after
    if line < stop:
        lines += 1
        bullets += starts_with_bullet(text, line, stop, classes)
        trailing += ends_with_ellipsis(text, line, stop, classes)
    return hashes, ellipses, lines, bullets, trailing


@compiled
def starts_with_bullet(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> bool:
    """Return whether the line begins, after white space, with a bullet or a hyphen."""
    first = stripped_start(text, start, stop, classes)
    if first == stop:
        return False
    point, _ = code_point(text, first, stop)
    return point == BULLET or point == HYPHEN


@compiled
def ends_with_ellipsis(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> bool:
    """Return whether the line ends in three dots or the ellipsis sign.

    White space after it is ignored.
    """
    last = stripped_stop(text, start, stop, classes)
    if last == start:
        return False
    point, _ = code_point_before(text, last, start)
    has_dots = last - start > 2 and text[last - 1] == DOT and text[last - 2] == DOT and text[last - 3] == DOT
    return point == ELLIPSIS or has_dots


GOPHER_QUALITY = Family(
    "gopher_quality@datatrove",
    {
        "words": pa.int64(),
        "non_symbol_words": pa.int64(),
        "mean_word_length": pa.float64(),
        "hash_ratio": pa.float64(),
        "ellipsis_ratio": pa.float64(),
        "bullet_line_ratio": pa.float64(),
        "ellipsis_line_ratio": pa.float64(),
        "alphabetic_word_ratio": pa.float64(),
        "stop_words": pa.int64(),
    },
    measure,
)

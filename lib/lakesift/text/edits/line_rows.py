"""Kernels for edits that apply one rule after another to the lines of a text.

Each line has a row with its measurements.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, code_point
from lakesift.text.kernels.characters import CODE_POINTS
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.kept_tables import kept
from lakesift.text.kernels.segments import stripped_start, stripped_stop

# Columns of a row: bytes where the line starts and stops; code points, capitals (`str.isupper`), digits
# (`str.isdigit`), runs without white space and, of the words that fastText finds, those that begin with a letter or
# digit.
START, STOP, POINTS, UPPERCASE, DIGITS, WORDS, COUNTED_WORDS = range(7)
ROW = 7
Rows = NDArray[np.int64]

# Properties of a code point that the rules read.
SPACE, WORD, ALPHANUMERIC, DIGIT, CAPITAL, DECIMAL = 1, 2, 4, 8, 16, 32
# fastText's words end at these alone (facebookresearch/fastText, `src/dictionary.cc`, readWord).
WORD_END = 64
WORD_ENDS = " \n\r\t\v\f\0"
CASED = 128  # a capital or small letter of a script that has both
NEWLINE = ord("\n")


@kept
def line_characters() -> NDArray[np.uint8]:
    """Return the bits of every code point, uint8[0x110000], from Python's own tests."""
    table = np.zeros(CODE_POINTS, np.uint8)
    every = [chr(point) for point in range(CODE_POINTS)]
    table |= np.fromiter((character.isspace() for character in every), np.uint8) * SPACE
    table |= np.fromiter((character.isalnum() for character in every), np.uint8) * (WORD | ALPHANUMERIC)
    table |= np.fromiter((character.isdigit() for character in every), np.uint8) * DIGIT
    table |= np.fromiter((character.isupper() for character in every), np.uint8) * CAPITAL
    table |= np.fromiter((character.isdecimal() for character in every), np.uint8) * DECIMAL
    table |= np.fromiter((character.isupper() or character.islower() for character in every), np.uint8) * CASED
    table[ord("_")] |= WORD
    table[list(WORD_ENDS.encode())] |= WORD_END
    return table


@compiled
def measure_row(text: Bytes, row: NDArray[np.int64], kinds: NDArray[np.uint8]) -> None:
    """Fill a row whose start and stop are set."""
    points, capitals, digits, words, counted = 0, 0, 0, 0, 0
    is_in_word, is_in_counted = 0, 0
    at, stop = row[START], row[STOP]
    while at < stop:
        point, size = code_point(text, at, stop)
        kind = kinds[point]
        points += 1
        capitals += (kind & CAPITAL) != 0
        digits += (kind & DIGIT) != 0
        is_next_in_word = (kind & SPACE) == 0
        words += is_next_in_word & ~is_in_word
        is_in_word = is_next_in_word
        is_next_in_counted = (kind & WORD_END) == 0
        counted += is_next_in_counted & ~is_in_counted & ((kind & ALPHANUMERIC) != 0)
        is_in_counted = is_next_in_counted
        at += size
    row[POINTS], row[UPPERCASE], row[DIGITS], row[WORDS], row[COUNTED_WORDS] = points, capitals, digits, words, counted


@compiled
def lines_in(text: Bytes, start: int, stop: int, kinds: NDArray[np.uint8], rows: Rows) -> tuple[int, Rows]:
    """Measure the lines between newlines, empty ones included.

    Returns their number, and the rows or a larger array that replaces them.
    """
    count, at = 0, start
    while at <= stop:
        end = at
        while end < stop and text[end] != NEWLINE:
            end += 1
        if count == len(rows):
            larger = np.empty((2 * len(rows), ROW), np.int64)
            larger[:count] = rows
            rows = larger
        rows[count, START], rows[count, STOP] = at, end
        measure_row(text, rows[count], kinds)
        count += 1
        at = end + 1
    return count, rows


@compiled
def strip_rows(text: Bytes, rows: Rows, count: int, kinds: NDArray[np.uint8], classes: NDArray[np.uint32]) -> int:
    """Strip white space and blank lines at both ends, and return the lines left."""
    while (
        count > 0
        and stripped_start(text, rows[count - 1, START], rows[count - 1, STOP], classes) == rows[count - 1, STOP]
    ):
        count -= 1
    first = 0
    while first < count and stripped_start(text, rows[first, START], rows[first, STOP], classes) == rows[first, STOP]:
        first += 1
    if first > 0:
        count -= first
        for line in range(count):
            rows[line] = rows[line + first]
    if count > 0:
        trim(text, rows[0], True, kinds, classes)
        trim(text, rows[count - 1], False, kinds, classes)
    return count


@compiled
def trim(
    text: Bytes, row: NDArray[np.int64], is_first: bool, kinds: NDArray[np.uint8], classes: NDArray[np.uint32]
) -> None:
    """Strip white space at the start or the end of a line."""
    start, stop = row[START], row[STOP]
    if is_first:
        row[START] = stripped_start(text, start, stop, classes)
    else:
        row[STOP] = stripped_stop(text, start, stop, classes)
    if row[START] != start or row[STOP] != stop:
        measure_row(text, row, kinds)

"""RedPajama-V2's signals of lines, summed up for each document.

Source: togethercomputer/RedPajama-Data 6d2cee9 `app/src/core/quality_signals/lines.py`, where each signal has a value
per line. A line reaches to its newline and includes it; blank ones count. Here a document has, under the published name
without `rps_lines_`, the sum of counts (`num_words`, `javascript_counts`) and the mean over lines of a value that is a
share or yes or no; `num_words_max` is the longest line's. A name with `_words` counts the words in lines where the
signal is true, and one with `_lines` the lines, as C4's and RefinedWeb's rules on lines need them. Words are
normalised, no value is rounded, and a document without a line has zeros.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, code_point, code_point_before
from lakesift.text.kernels.characters import SPACE, character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.letters import BASE_MASK, BASE_SHIFT, NUMERIC, SIZE_SHIFT, UPPERCASE, letter_kinds
from lakesift.text.kernels.segments import stripped_start, stripped_stop
from lakesift.text.signals.family import Batch, Family

NEWLINE = ord("\n")
TERMINALS = (ord("."), ord("!"), ord("?"), 0x201D)
BULLETS = np.array([0x2022, 0x2023, 0x25B6, 0x25C0, 0x25E6, 0x25A0, 0x25A1, 0x25AA, 0x25AB, 0x2013])
FIRST_BULLET = int(BULLETS.min())
JAVASCRIPT = np.frombuffer(b"javascript", np.uint8)
MISMATCH = -1
DELETED = np.array([chr(byte) in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" for byte in range(128)])
MIN_WORDS = 3  # of a line that C4 (datatrove, RPv2's own example) keeps


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `RPV2_LINES`."""
    values = np.zeros((len(batch.texts), len(RPV2_LINES.columns)))
    _measure(batch.texts.data, batch.texts.offsets, character_classes(), letter_kinds(), values)
    return values


@compiled
def _measure(
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    classes: NDArray[np.uint32],
    letters: NDArray[np.uint32],
    values: NDArray[np.float64],
) -> None:
    text_at, classes_at, letters_at = pointer_to(text), pointer_to(classes), pointer_to(letters)
    for document in range(len(values)):
        row = values[document]
        start, stop = offsets[document], offsets[document + 1]
        while start < stop:
            end, words, scripts, numeric, capitals = count_line(text_at, start, stop, classes_at, letters_at)
            is_ended, is_item = line_marks(text_at, start, end, classes_at)
            row[0] += 1
            row[1] += words
            row[2] = max(row[2], words)
            row[3] += words < MIN_WORDS
            row[4] += is_ended
            row[5] += is_ended * words
            row[6] += scripts
            row[7] += scripts > 0
            row[8] += numeric
            row[9] += capitals
            row[10] += is_item
            row[11] += is_item * words
            start = end
        if row[0]:
            row[4] /= row[0]
            row[8:11] /= row[0]


@compiled
def count_line(
    text: Bytes, start: int, stop: int, classes: NDArray[np.uint32], letters: NDArray[np.uint32]
) -> tuple[int, int, int, float, float]:
    """Measure the line from `start`, and return its end after the newline.

    Then follow, of the normalised line, its words, its words `javascript` and the share of numerals, and last the share
    of capitals of the original line. Normalised lines are without ASCII punctuation, in lower case, with white space as
    one space and none at the ends, decomposed.
    """
    at, size, capitals, normal, numerals, words, scripts, matched = start, 0, 0, 0, 0, 0, 0, MISMATCH
    gap = True
    while at < stop:
        point, width = code_point(text, at, stop)
        at += width
        size += 1
        if point < len(DELETED) and DELETED[point]:
            continue
        if classes[point] & SPACE:
            gap = True
            if point == NEWLINE:
                break
            continue
        kinds = letters[point]
        pieces = kinds >> SIZE_SHIFT
        if gap:
            normal += words > 0
            words += 1
            scripts += matched == len(JAVASCRIPT)
            matched = 0
            gap = False
        base = (kinds & BASE_MASK) >> BASE_SHIFT
        is_next = 0 <= matched < len(JAVASCRIPT) and base == JAVASCRIPT[matched] and pieces == 1
        matched = matched + 1 if is_next else MISMATCH
        capitals += kinds & UPPERCASE != 0
        numerals += kinds & NUMERIC != 0
        normal += pieces
    scripts += matched == len(JAVASCRIPT)
    return at, words, scripts, numerals / normal if normal else 0.0, capitals / size


@compiled
def line_marks(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> tuple[bool, bool]:
    """Return whether a line ends in a terminal mark and starts with a bullet.

    White space at its ends is ignored.
    """
    first = stripped_start(text, start, stop, classes)
    if first == stop:
        return False, False
    last = stripped_stop(text, first, stop, classes)
    point, _ = code_point_before(text, last, first)
    is_ended = point == TERMINALS[0] or point == TERMINALS[1] or point == TERMINALS[2] or point == TERMINALS[3]
    point, _ = code_point(text, first, last)
    return is_ended, point >= FIRST_BULLET and np.equal(BULLETS, point).any()


RPV2_LINES = Family(
    "rpv2_lines@rpv2",
    {
        "lines": pa.int64(),
        "num_words": pa.int64(),
        "num_words_max": pa.int64(),
        "num_words_under_3_lines": pa.int64(),
        "ending_with_terminal_punctution_mark": pa.float64(),
        "ending_with_terminal_punctution_mark_words": pa.int64(),
        "javascript_counts": pa.int64(),
        "javascript_counts_lines": pa.int64(),
        "numerical_chars_fraction": pa.float64(),
        "uppercase_letter_fraction": pa.float64(),
        "start_with_bulletpoint": pa.float64(),
        "start_with_bulletpoint_words": pa.int64(),
    },
    measure,
)

"""Gopher's repetition signals as NeMo Curator defines them.

Source: NeMo Curator e2239184, `nemo_curator/filters/heuristic_filter.py`, `nemo_curator/utils/text_utils.py`. Words are
those between white space. Lines and paragraphs are measured by the share left without repeats, so that 1 is good;
n-grams by the share of the text removed with them, so that 0 is good, and fewer than n words are 1.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, characters_in
from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.copies import copies_among, segments_between
from lakesift.text.kernels.ngram_counts import BEST, KINDS, LATER, SIZES, count_ngrams, lengths_before
from lakesift.text.kernels.ngrams import MAX_REPEATED, MIN_REPEATED, TOP_SIZES
from lakesift.text.kernels.occurrences import occurrences
from lakesift.text.kernels.splitting import Found, start_of, stop_of
from lakesift.text.signals.family import Batch, Family, per_text
from lakesift.text.words import whitespace_words

COLUMNS = (
    *("repeated_lines", "repeated_paragraphs", "repeated_lines_char", "repeated_paragraphs_char"),
    *(f"repeating_top_{size}grams" for size in range(2, 2 + TOP_SIZES)),
    *(f"repeating_dup_{size}gram" for size in range(MIN_REPEATED, MAX_REPEATED + 1)),
)
FIRST_NGRAM = 4
BLANK = ord(" ")


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, `COLUMNS`, from 0 to 1.

    Where the source divides by zero (no line that is not blank, paragraphs without a character) nothing is left: 0. The
    most frequent n-gram, written with single spaces, is removed wherever it occurs, inside of words, too. Of
    equally frequent ones the source takes any, we the first.
    """
    return per_text(_measure, whitespace_words(batch.texts), FIRST_NGRAM + SIZES, character_classes())


@compiled
def _measure(
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    firsts: NDArray[np.int64],
    found: Found,
    classes: NDArray[np.uint32],
    values: NDArray[np.float64],
) -> None:
    text_at, classes_at, found_at = pointer_to(text), pointer_to(classes), pointer_to(found)
    rows, counts = np.empty((1024, 2), np.uint64), np.empty((SIZES, KINDS), np.int64)
    for document in range(len(values)):
        start, stop, row = offsets[document], offsets[document + 1], values[document]
        for newlines in range(1, 3):
            count, rows = segments_between(text_at, start, stop, newlines, newlines == 2, False, classes_at, rows)
            _, _, different, size, total = copies_among(rows, count)
            row[newlines - 1] = different / max(1, count)
            row[newlines + 1] = size / max(1, total)
        first, last = firsts[document], firsts[document + 1]
        characters = characters_in(text_at, start, stop)
        count_ngrams(found_at, first, lengths_before(found_at, first, last), counts)
        for size in range(SIZES):
            if last - first < size + 2:
                row[FIRST_NGRAM + size] = 1
            elif size < TOP_SIZES:
                begin = first + counts[size, BEST]
                gone = joined_occurrences(text_at, start, stop, found_at, begin, begin + size + 2)
                row[FIRST_NGRAM + size] = gone / characters
            else:
                row[FIRST_NGRAM + size] = counts[size, LATER] / characters


@compiled
def joined_occurrences(text: Bytes, start: int, stop: int, found: Found, first: int, last: int) -> int:
    """Count the code points of all occurrences of some words in `text[start:stop]`.

    The words are joined by single spaces.
    """
    pattern = np.empty(stop_of(found, last - 1) - start_of(found, first), np.uint8)
    size = 0
    for word in range(first, last):
        if word > first:
            pattern[size] = BLANK
            size += 1
        for at in range(start_of(found, word), stop_of(found, word)):
            pattern[size] = text[at]
            size += 1
    borders = np.empty(size, np.int32)
    pattern_at = pointer_to(pattern)
    count = occurrences(text, start, stop, pattern_at, size, pointer_to(borders))
    return count * characters_in(pattern_at, 0, size)


GOPHER_REPETITION_NEMO = Family("gopher_repetition@nemo", {column: pa.float64() for column in COLUMNS}, measure)

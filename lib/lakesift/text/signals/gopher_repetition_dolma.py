"""Gopher's repetition signals as Dolma defines them.

Source: Dolma 1c696ddf, `python/dolma/taggers/gopher.py`, the tagger `gopher_v1` of Dolma 1.5 and 1.6 (`gopher_v2` takes
lines between runs of newlines). Words are those between white space, every copy of a line or n-gram counts, the first
too, and empty lines are lines.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.copies import copies_among, segments_between
from lakesift.text.kernels.ngram_counts import BEST, COPIES, KINDS, SIZES, TIMES, count_ngrams, lengths_before
from lakesift.text.kernels.ngrams import MAX_REPEATED, MIN_REPEATED, TOP_SIZES
from lakesift.text.kernels.splitting import Found
from lakesift.text.signals.family import Batch, Family, per_text
from lakesift.text.words import whitespace_words

COLUMNS = (
    *("fraction_of_duplicate_lines", "fraction_of_characters_in_duplicate_lines"),
    *(f"fraction_of_characters_in_most_common_{size}grams" for size in range(2, 2 + TOP_SIZES)),
    *(f"fraction_of_characters_in_duplicate_{size}grams" for size in range(MIN_REPEATED, MAX_REPEATED + 1)),
)
FIRST_NGRAM = 2


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, `COLUMNS`.

    Values are 0 in an empty text and where there are fewer than n words.

    Characters in lines include white space and the total does not, and an n-gram that overlaps itself
    counts as often as it occurs: both shares may exceed 1. A share of duplicate n-grams is one of all n-grams'
    characters.
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
        if start == stop:
            continue
        lengths = lengths_before(found_at, firsts[document], firsts[document + 1])
        characters = max(1, lengths[len(lengths) - 1])
        count, rows = segments_between(text_at, start, stop, 1, True, False, classes_at, rows)
        copies, copied, _, _, _ = copies_among(rows, count)
        row[0], row[1] = copies / count, copied / characters
        count_ngrams(found_at, firsts[document], lengths, counts)
        for size in range(SIZES):
            best, after = counts[size, BEST], counts[size, BEST] + size + 2
            if size < TOP_SIZES and counts[size, TIMES]:
                row[FIRST_NGRAM + size] = (lengths[after] - lengths[best]) * counts[size, TIMES] / characters
            elif counts[size, COPIES]:
                row[FIRST_NGRAM + size] = counts[size, COPIES] / length_of_all(lengths, size + 2)


@compiled
def length_of_all(lengths: NDArray[np.int64], size: int) -> int:
    """Return the code points of all n-grams of a size, overlaps counted repeatedly."""
    total = 0
    for after in range(size, len(lengths)):
        total += lengths[after] - lengths[after - size]
    return total


GOPHER_REPETITION_DOLMA = Family("gopher_repetition@dolma", {column: pa.float64() for column in COLUMNS}, measure)

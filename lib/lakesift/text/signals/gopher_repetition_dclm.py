"""Gopher's repetition signals as DCLM defines them.

Source: DCLM c7ed275f, `baselines/mappers/filters/content_filters.py` massive_web_repetition_filters and
`baselines/mappers/core_utils.py`. Every copy of a line or paragraph counts, the first too; white space around them does
not. Words are Unicode's segments that begin with an alphanumeric character, and all shares of n-grams are of their code
points.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.copies import copies_among, segments_between
from lakesift.text.kernels.ngram_counts import COVERED, KINDS, LONGEST, SIZES, TIMES, count_ngrams, lengths_before
from lakesift.text.kernels.ngrams import MAX_REPEATED, MIN_REPEATED, TOP_SIZES
from lakesift.text.kernels.splitting import Found
from lakesift.text.signals.family import Batch, Family, per_text
from lakesift.text.words import unicode_words

COLUMNS = (
    *("dup_line_frac", "dup_para_frac", "dup_line_char_frac", "dup_para_char_frac"),
    *(f"top_{size}_gram" for size in range(2, 2 + TOP_SIZES)),
    *(f"duplicated_{size}_n_grams" for size in range(MIN_REPEATED, MAX_REPEATED + 1)),
)
FIRST_NGRAM = 5


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text: lines that are not blank, then `COLUMNS`.

    A single line, a single paragraph and an n-gram that occurs once are no repeats: 0, as is everything in an empty
    text. The most frequent n-grams are those of the longest; they count as often as they occur, so that where they
    overlap `top_n_gram` exceeds 1.
    """
    return per_text(_measure, unicode_words(batch.texts), FIRST_NGRAM + SIZES, character_classes())


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
            count, rows = segments_between(text_at, start, stop, newlines, False, True, classes_at, rows)
            if newlines == 1:
                row[0] = count
            if count > 1:
                copies, copied, _, _, total = copies_among(rows, count)
                row[newlines] = copies / count
                row[newlines + 2] = copied / total
        lengths = lengths_before(found_at, firsts[document], firsts[document + 1])
        count_ngrams(found_at, firsts[document], lengths, counts)
        characters = lengths[len(lengths) - 1]
        for size in range(SIZES):
            if size < TOP_SIZES and counts[size, TIMES] > 1:
                row[FIRST_NGRAM + size] = counts[size, LONGEST] * counts[size, TIMES] / characters
            elif size >= TOP_SIZES and counts[size, COVERED]:
                row[FIRST_NGRAM + size] = counts[size, COVERED] / characters


GOPHER_REPETITION_DCLM = Family(
    "gopher_repetition@dclm",
    {"lines": pa.int64(), **{column: pa.float64() for column in COLUMNS}},
    measure,
)

"""Gopher's repetition signals as datatrove defines them.

Source: datatrove a649de79, `src/datatrove/pipeline/filters/gopher_repetition_filter.py`; the idea is table A1 of Gopher
(arXiv 2112.11446), where several implementations differ: here a repeat is every copy after the first, punctuation
counts as words, and all shares are of the code points of the text.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import characters_in
from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.ngrams import MAX_REPEATED, MIN_REPEATED, TOP_SIZES, repeated_ngrams, top_ngrams
from lakesift.text.kernels.segments import repeats_among, segments_in, stripped_start, stripped_stop
from lakesift.text.kernels.splitting import Found
from lakesift.text.kernels.tokens import tokens_of
from lakesift.text.signals.family import Batch, Family, per_text

COLUMNS = (
    "dup_para_frac",
    "dup_para_char_frac",
    "dup_line_frac",
    "dup_line_char_frac",
    *(f"top_{size}_gram" for size in range(2, 2 + TOP_SIZES)),
    *(f"duplicated_{size}_n_grams" for size in range(MIN_REPEATED, MAX_REPEATED + 1)),
)
FIRST_TOP = 5
FIRST_REPEATED = FIRST_TOP + TOP_SIZES


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text: code points, then `COLUMNS`.

    All values are at least 0; an empty text has zeros.
    """
    return per_text(
        measure_tokens,
        tokens_of(batch.texts),
        FIRST_REPEATED + MAX_REPEATED - MIN_REPEATED + 1,
        character_classes(),
    )


@compiled
def measure_tokens(
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    firsts: NDArray[np.int64],
    found: Found,
    classes: NDArray[np.uint32],
    values: NDArray[np.float64],
) -> None:
    """Fill the columns of `GOPHER_REPETITION` from tokens; `values` is zeros."""
    text_at, classes_at, found_at = pointer_to(text), pointer_to(classes), pointer_to(found)
    rows = np.empty((1024, 2), np.uint64)
    for document in range(len(values)):
        start, stop = offsets[document], offsets[document + 1]
        if start == stop:
            continue
        characters = max(1, characters_in(text_at, start, stop))
        row = values[document]
        row[0] = characters
        first = stripped_start(text_at, start, stop, classes_at)
        last = stripped_stop(text_at, first, stop, classes_at)
        count, rows = segments_in(text_at, first, last, 2, rows)
        repeats, size = repeats_among(rows, count)
        row[1], row[2] = repeats / count, size / characters
        count, rows = segments_in(text_at, start, stop, 1, rows)
        repeats, size = repeats_among(rows, count)
        row[3], row[4] = repeats / count, size / characters
        top_ngrams(found_at, firsts[document], firsts[document + 1], row[FIRST_TOP:])
        repeated_ngrams(found_at, firsts[document], firsts[document + 1], row[FIRST_REPEATED:])
        row[FIRST_TOP:] /= characters


GOPHER_REPETITION = Family(
    "gopher_repetition@datatrove",
    {"characters": pa.int64(), **{column: pa.float64() for column in COLUMNS}},
    measure,
)

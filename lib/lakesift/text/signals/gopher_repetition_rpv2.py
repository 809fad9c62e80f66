"""Gopher's repetition signals of n-grams as RedPajama-v2 defines them.

Source: RedPajama-Data 855a8e02, `app/src/core/quality_signals/repetitions.py`. Words are the normalised ones, and all
shares are of their code points, rounded to eight decimals. Columns are the published names without `rps_doc_`.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.ngram_counts import BEST, COVERED, KINDS, SIZES, TIMES, count_ngrams, lengths_before
from lakesift.text.kernels.ngrams import MAX_REPEATED, MIN_REPEATED, TOP_SIZES
from lakesift.text.kernels.splitting import Found
from lakesift.text.signals.family import Batch, Family
from lakesift.text.words import normalised_words

COLUMNS = (
    *(f"frac_chars_top_{size}gram" for size in range(2, 2 + TOP_SIZES)),
    *(f"frac_chars_dupe_{size}grams" for size in range(MIN_REPEATED, MAX_REPEATED + 1)),
)
DECIMALS = 8


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, `COLUMNS`; 0 where no n-gram occurs twice.

    The most frequent n-gram, the first of equally frequent ones, counts as often as it occurs, so that where it
    overlaps itself its share exceeds 1.
    """
    words = normalised_words(batch.texts)
    values = np.zeros((len(words.firsts) - 1, SIZES))
    _measure(words.firsts, words.found.view(np.uint64), values)
    return values.round(DECIMALS)


@compiled
def _measure(firsts: NDArray[np.int64], found: Found, values: NDArray[np.float64]) -> None:
    found_at, counts = pointer_to(found), np.empty((SIZES, KINDS), np.int64)
    for document in range(len(values)):
        lengths = lengths_before(found_at, firsts[document], firsts[document + 1])
        count_ngrams(found_at, firsts[document], lengths, counts)
        characters = lengths[len(lengths) - 1]
        for size in range(SIZES):
            if counts[size, TIMES] < 2:
                continue
            best = counts[size, BEST]
            top = (lengths[best + size + 2] - lengths[best]) * counts[size, TIMES]
            values[document, size] = (top if size < TOP_SIZES else counts[size, COVERED]) / characters


GOPHER_REPETITION_RPV2 = Family("gopher_repetition@rpv2", {column: pa.float64() for column in COLUMNS}, measure)

"""Counts of repeated n-grams as the published systems define them.

One pass counts them for n = 2 ... 10, from short ones to long ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import signed
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.ngrams import MAX_REPEATED, longer_ngrams, most_frequent, room_for
from lakesift.text.kernels.splitting import LOW_BITS, WORDS_PER_TOKEN, Found

SIZES = MAX_REPEATED - 1  # n = 2 ... 10
# The counts of each n; all lengths are in code points of the words, without the spaces between them.
BEST, TIMES, LONGEST, COVERED, COPIES, LATER, KINDS = range(7)


@compiled
def lengths_before(found: Found, first: int, last: int) -> NDArray[np.int64]:
    """Return the code points of the tokens before each token, int64[last - first + 1]."""
    lengths = np.empty(last - first + 1, np.int64)
    lengths[0] = 0
    for place in range(last - first):
        lengths[place + 1] = lengths[place] + signed(found[(first + place) * WORDS_PER_TOKEN + 2] & LOW_BITS)
    return lengths


@compiled
def count_ngrams(found: Found, first: int, lengths: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
    """Count the n-grams of some tokens.

    Args:
        found: the tokens.
        first: the first of them.
        lengths: `lengths_before` of them.
        counts: receives a row for each n that has an n-gram, int64[SIZES, KINDS]; the others are zeros.
            BEST: place of the most frequent n-gram, that which comes first among equally frequent ones.
            TIMES: its frequency.
            LONGEST: length of the longest of the most frequent n-grams if they occur twice, else of the first.
            COVERED: length of the tokens that are in an n-gram that occurs twice.
            COPIES: sum of the lengths of all n-grams that occur twice, each time that they do.
            LATER: length of NeMo Curator's removals, the tokens in a second or later copy with the spaces between them.
    """
    counts[:] = 0
    count = len(lengths) - 1
    if count < 2:
        return
    indices, keys, table, earliest, often = room_for(found, first, count)
    repeats = count
    for size in range(2, min(count, MAX_REPEATED) + 1):
        row = counts[size - 2]
        repeats = longer_ngrams(found, first, size, indices, repeats, keys, table, earliest, often) if repeats else 0
        best, frequency = most_frequent(indices, repeats, earliest, often)
        row[BEST], row[TIMES], row[LONGEST] = best, frequency, lengths[best + size] - lengths[best]
        end, after = 0, -size
        for place in indices[:repeats]:
            length = lengths[place + size] - lengths[place]
            row[COPIES] += length
            row[COVERED] += lengths[place + size] - lengths[max(place, end)]
            end = place + size
            if often[earliest[place]] == frequency:
                row[LONGEST] = max(row[LONGEST], length)
            if earliest[place] != place:
                fresh = min(size, place - after)
                row[LATER] += lengths[place + size] - lengths[place + size - fresh] + min(fresh, size - 1)
                after = place

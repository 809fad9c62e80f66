"""Hashes of n-grams of words, and the words of lines."""

from __future__ import annotations

import numpy as np

from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.ngrams import FACTOR, finished_key, longer_key
from lakesift.text.kernels.splitting import WORDS_PER_TOKEN, Found, start_of


@compiled
def ngram_key(found: Found, first: int, size: int) -> np.uint64:
    """Return the hash of `size` words from number `first` on.

    n-grams of different sizes have nothing in common.
    """
    key = np.uint64(size) * FACTOR
    for word in range(first, first + size):
        key = longer_key(key, found[word * WORDS_PER_TOKEN])
    return finished_key(key)


@compiled
def words_until(found: Found, word: int, last: int, end: int) -> int:
    """Return the first word from `word` to `last` that begins at `end` or later."""
    while word < last and start_of(found, word) < end:
        word += 1
    return word

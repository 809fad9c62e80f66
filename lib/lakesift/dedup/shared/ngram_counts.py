"""The 4-grams of texts, hashed, with their shorter n-grams and contexts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.ngrams import FACTOR, finished_key, longer_key
from lakesift.text.kernels.splitting import WORDS_PER_TOKEN, Found
from lakesift.text.words.whitespace import whitespace_words

ORDER = 4
GRAMS = tuple(f"gram_{size}" for size in range(1, ORDER + 1))
CONTEXTS = tuple(f"context_{size}" for size in range(2, ORDER + 1))
COLUMNS = ("node", *GRAMS, *CONTEXTS, "occurrences")
SCHEMA = ", ".join(f"{column} BIGINT" for column in COLUMNS)
ROWS_PER_BATCH = 65_536
# The hash for the beginning of a text; a word's own hash is 0 with a probability of 2^-64.
BEGINNING = np.uint64(0)


def count_ngrams(batches: Iterable[pa.RecordBatch], longest: int) -> Iterator[pa.RecordBatch]:
    """Count each text's different 4-grams of words between white space.

    A text begins with three marks, so that each of its words is the last of one 4-gram (Chen, Goodman 1998, section
    2.1).

    Args:
        batches: node BIGINT, text.
        longest: words of a text, from its start, that are read.

    Yields:
        Batches of COLUMNS: gram_n is the hash of the last n words of the 4-gram, context_n that of the n - 1 words
        before its last one, occurrences the frequency of the 4-gram in the text.
    """
    for batch in batches:
        words = whitespace_words(buffers_of(batch.column("text")))
        for node, first, last in zip(
            batch.column("node").to_pylist(), words.firsts[:-1].tolist(), words.firsts[1:].tolist(), strict=True
        ):
            count = min(last - first, longest)
            if count:
                grams = np.empty((ORDER, count + 1), np.uint64)
                hash_ngrams(words.found.view(np.uint64), first, grams)
                yield from _rows(node, grams.view(np.int64))


@compiled
def hash_ngrams(found: Found, first: int, grams: NDArray[np.uint64]) -> None:
    """Fill `grams[n - 1, i]` with the hash of the n words before word `first + i`.

    Marks stand for missing words.
    """
    for size in range(1, grams.shape[0] + 1):
        for end in range(grams.shape[1]):
            key = np.uint64(size) * FACTOR
            for place in range(end - size, end):
                word = found[(first + place) * WORDS_PER_TOKEN] if place >= 0 else BEGINNING
                key = longer_key(key, word)
            grams[size - 1, end] = finished_key(key)


def _rows(node: int, grams: NDArray[np.int64]) -> Iterator[pa.RecordBatch]:
    _, indices, occurrences = np.unique(grams[-1, 1:], return_index=True, return_counts=True)
    for first in range(0, len(indices), ROWS_PER_BATCH):
        part = slice(first, first + ROWS_PER_BATCH)
        here = indices[part]
        columns = [np.full(len(here), node), *grams[:, 1:][:, here], *grams[:-1, :-1][:, here], occurrences[part]]
        yield pa.RecordBatch.from_arrays([pa.array(column, pa.int64()) for column in columns], list(COLUMNS))

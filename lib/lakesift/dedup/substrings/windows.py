"""The hash of every window of the anchors that questions name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.dedup.substrings.anchors import FIRST_SEED, OFFSET_BITS, SECOND_SEED, Records
from lakesift.dedup.substrings.grouping import WINDOW_FIELDS
from lakesift.dedup.substrings.sequences import Sequences
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.ngrams import FACTOR, HALF
from lakesift.text.kernels.shingles import xxh64

FIRST, NUMBER, KEY, DIVISIONS = range(4)
QUESTION_FIELDS = 4


def windows_of(
    sequences: Sequences,
    numbers: NDArray[np.int64],
    texts: NDArray[np.int64],
    questions: Records,
    length: int,
    parts: int,
) -> tuple[Records, NDArray[np.int32]]:
    """Compute hashes, places and parts of the windows that questions name.

    Windows with one key meet in one part, so that neighbours stay together; where a key has very many
    surroundings, those with one remainder of the hash do.

    Args:
        sequences: of n texts.
        numbers: int64[n], document numbers.
        texts: int64 per question, to which text it belongs.
        questions: int64[m, QUESTION_FIELDS]: first window, number of windows, key, number of parts of its key.
        length: L, units in a window.
        parts: number of parts.
    """
    total = int(questions[:, NUMBER].sum())
    windows, part = np.empty((total, WINDOW_FIELDS), np.int64), np.empty(total, np.int32)
    hash_windows(
        sequences.raw,
        sequences.values.itemsize,
        sequences.offsets,
        numbers,
        texts,
        questions,
        length,
        parts,
        windows,
        part,
    )
    return windows, part


@compiled
def hash_windows(
    raw: Bytes,
    width: int,
    offsets: NDArray[np.int64],
    numbers: NDArray[np.int64],
    texts: NDArray[np.int64],
    questions: Records,
    length: int,
    parts: int,
    windows: Records,
    part: NDArray[np.int32],
) -> None:
    """Fill `windows` and `part`."""
    count = 0
    for question in range(len(questions)):
        text, first = texts[question], questions[question, 0]
        divisions = np.uint64(questions[question, 3])
        for window in range(first, first + questions[question, 1]):
            begin = (offsets[text] + window) * width
            key = xxh64(raw, begin, begin + length * width, FIRST_SEED)
            windows[count, 0] = np.int64(key)
            windows[count, 1] = np.int64(xxh64(raw, begin, begin + length * width, SECOND_SEED))
            windows[count, 2] = numbers[text] << OFFSET_BITS | window
            mixed = (np.uint64(questions[question, 2]) + key % divisions) * FACTOR
            part[count] = (mixed >> HALF) % np.uint64(parts)
            count += 1

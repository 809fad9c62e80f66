"""The exact Jaccard similarity of two texts: shared shingles by all shingles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.minhash_settings import ShingleSettings
from lakesift.text.kernels.shingles import find_characters, xxh64
from lakesift.text.kernels.simplified import MAX_GROWTH, SimplificationTable, simplification_table, simplify


def jaccard(first: TextBuffers, second: TextBuffers, settings: ShingleSettings) -> NDArray[np.float64]:
    """Return the similarity of each text of `first` with its partner in `second`.

    It is 0 to 1, or NaN where neither text has a shingle. The shingles are those of `lakesift.text.kernels.minhash`,
    each counted once and identified by its 64-bit XXH64: two different ones are equal with a probability of 1 in 2^64.
    """
    shares = np.empty(len(first), np.float64)
    by_words, table = settings.shingle == "words", simplification_table()
    fill_shares(first.data, first.offsets, second.data, second.offsets, table, by_words, settings.size, shares)
    return shares


@compiled
def fill_shares(
    data: Bytes,
    first_offsets: NDArray[np.int64],
    other_data: Bytes,
    second_offsets: NDArray[np.int64],
    table: SimplificationTable,
    by_words: bool,
    size: int,
    shares: NDArray[np.float64],
) -> None:
    """Fill `shares`, one per pair."""
    for pair in range(shares.size):
        left = shingle_set(data, first_offsets[pair], first_offsets[pair + 1], table, by_words, size)
        right = shingle_set(other_data, second_offsets[pair], second_offsets[pair + 1], table, by_words, size)
        shared = in_both(left, right)
        shares[pair] = shared / (left.size + right.size - shared)


@compiled
def shingle_set(
    data: Bytes, start: int, end: int, table: SimplificationTable, by_words: bool, size: int
) -> NDArray[np.uint64]:
    """Return the hashes of a text's shingles, each once, ascending."""
    simple = np.empty(MAX_GROWTH * (end - start) + 1, np.uint8)
    starts = np.empty(end - start + 3, np.int64)
    units = simplify(data, start, end, table, simple, starts)
    if not by_words:
        units = find_characters(simple, max(starts[units] - 1, 0), starts)
    gap = 1 if by_words else 0
    hashes = np.empty(np.int64(max(units - size + 1, 0)), np.uint64)
    for shingle in range(hashes.size):
        hashes[shingle] = xxh64(simple, starts[shingle], starts[shingle + size] - gap, np.uint64(0))
    hashes.sort()
    different = 0
    for place in range(hashes.size):
        if different == 0 or hashes[place] != hashes[different - 1]:
            hashes[different] = hashes[place]
            different += 1
    return hashes[:different]


@compiled
def in_both(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> int:
    """Return the number of values common to two ascending arrays without repetitions."""
    shared, here, there = 0, 0, 0
    while here < left.size and there < right.size:
        shared += left[here] == right[there]
        # Both go on where they are equal.
        is_not_larger, is_not_smaller = left[here] <= right[there], left[here] >= right[there]
        here += is_not_larger
        there += is_not_smaller
    return shared

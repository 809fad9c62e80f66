"""Anchors: for each window of L units, the k-gram in it with the smallest hash.

Winnowing (Schleimer, Wilkerson, Aiken 2003, "Winnowing: local algorithms for document fingerprinting", section 3): two
equal windows have one smallest hash, so a repeated window has a repeated anchor. With w = L - k + 1 k-grams in a
window, an ordinary text has 2 anchors in w + 1 places. Of equally small hashes the one chosen before stays, else the
last is taken (robust winnowing, section 5): a run of one byte has an anchor in w places.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lakesift.dedup.substrings.sequences import Sequences
from lakesift.text.kernels.bytes import BASE, ONE, Bytes
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.shingles import xxh64

Records = NDArray[np.int64]

KEY, REGION, OTHER_REGION, PLACE, WINDOWS, REPEATS = range(6)
FIELDS = 6
TIED = 1
"""Of REPEATS: a window of this anchor has two k-grams with its smallest hash, so that its windows may be equal."""
OFTEN = 2
"""Of REPEATS: more anchors have this region."""
SEEDS = (np.uint64(0x51), np.uint64(0xA7))
FIRST_SEED, SECOND_SEED = SEEDS
OFFSET_BITS = 31
MIX_1, MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
SHIFT_1, SHIFT_2, SHIFT_3 = np.uint64(30), np.uint64(27), np.uint64(31)


def anchors_of(sequences: Sequences, numbers: NDArray[np.int64], length: int, size: int) -> Records:
    """Find the anchors of n texts, one row of FIELDS each.

    KEY is the smallest hash; PLACE is document number * 2^31 + the first of the windows that have this anchor, and
    WINDOWS how many follow one another; REGION and OTHER_REGION are two hashes of all units of these windows, 128 bits
    together.

    Args:
        sequences: of n texts.
        numbers: int64[n], document numbers.
        length: L, units in a window.
        size: k, units in an anchor, at most L.
    """
    room = np.empty((4 * len(sequences.values) // (length - size + 2) + len(numbers) + 1, FIELDS), np.int64)
    count, room = find_anchors(
        sequences.values, sequences.raw, sequences.values.itemsize, sequences.offsets, numbers, length, size, room
    )
    return room[:count]


@compiled
def scattered(value: np.uint64) -> np.uint64:
    """Map numbers one-to-one so that no particular k-grams have the smallest values.

    The map is SplitMix64's (Steele et al. 2014).
    """
    value = (value ^ value >> SHIFT_1) * MIX_1
    value = (value ^ value >> SHIFT_2) * MIX_2
    return value ^ value >> SHIFT_3


@compiled
def find_anchors(
    values: NDArray[Any],
    raw: Bytes,
    width: int,
    offsets: NDArray[np.int64],
    numbers: NDArray[np.int64],
    length: int,
    size: int,
    room: Records,
) -> tuple[int, Records]:
    """Write all anchors to `room` or a larger array; return their number and the rows."""
    grams = length - size + 1  # of a window
    ring = np.empty(grams, np.uint64)
    weight = ONE
    for _ in range(size - 1):
        weight *= BASE
    count = 0
    for text in range(len(offsets) - 1):
        start, stop = offsets[text], offsets[text + 1]
        if stop - start < length:
            continue
        total = np.uint64(0)
        for at in range(start, start + size - 1):
            total = total * BASE + np.uint64(values[at]) + ONE
        best, best_key, first, tied = -1, np.uint64(0), 0, False
        for gram in range(stop - start - size + 1):
            total = total * BASE + np.uint64(values[start + gram + size - 1]) + ONE
            key = scattered(total)
            total -= (np.uint64(values[start + gram]) + ONE) * weight
            ring[gram % grams] = key
            window = gram - grams + 1
            if window > 0 and (best < window or key < best_key):
                if count == len(room):
                    room = doubled(room)
                fill_anchor(room[count], best_key, raw, width, start, first, window, length, numbers[text], tied)
                count += 1
                first = window
                if key < best_key:
                    best, best_key, tied = gram, key, False
                else:
                    best, best_key, tied = last_smallest(ring, window, gram)
            elif best < 0 or key < best_key:
                best, best_key, tied = gram, key, False
            elif key == best_key:
                tied = True
                if window <= 0:
                    best = gram
        if count == len(room):
            room = doubled(room)
        last = stop - start - length + 1
        fill_anchor(room[count], best_key, raw, width, start, first, last, length, numbers[text], tied)
        count += 1
    return count, room


@compiled
def last_smallest(ring: NDArray[np.uint64], first: int, last: int) -> tuple[int, np.uint64, bool]:
    """Return the last of the k-grams `first` to `last` with the smallest hash.

    Then follow the hash, and whether other k-grams have it, too.
    """
    best, best_key, tied = last, ring[last % len(ring)], False
    for gram in range(last - 1, first - 1, -1):
        key = ring[gram % len(ring)]
        if key < best_key:
            best, best_key, tied = gram, key, False
        elif key == best_key:
            tied = True
    return best, best_key, tied


@compiled
def fill_anchor(
    row: NDArray[np.int64],
    key: np.uint64,
    raw: Bytes,
    width: int,
    start: int,
    first: int,
    last: int,
    length: int,
    number: int,
    tied: bool,
) -> None:
    """Write the anchor of the windows `first` to `last - 1` of a text.

    The text begins at the unit `start`.
    """
    begin, end = (start + first) * width, (start + last - 1 + length) * width
    row[0] = np.int64(key)
    row[1] = np.int64(xxh64(raw, begin, end, FIRST_SEED))
    row[2] = np.int64(xxh64(raw, begin, end, SECOND_SEED))
    row[3] = number << OFFSET_BITS | first
    row[4] = last - first
    row[5] = TIED if tied else 0


@compiled
def doubled(rows: Records) -> Records:
    """Return the rows in twice the room."""
    larger = np.empty((2 * len(rows) + 16, rows.shape[1]), np.int64)
    larger[: len(rows)] = rows
    return larger

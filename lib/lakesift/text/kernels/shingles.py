"""Hashes of shingles: runs of `size` neighbouring words or characters.

Shingles are made of simplified text.

A shingle of words is the words joined by one space; of characters, that many characters of the simplified text, single
spaces between words included. Its hash is the lower half of XXH64 with seed 0 of its UTF-8 bytes, so that
`xxhash.xxh64_intdigest(shingle) & 0xFFFFFFFF` is the same number. Definition of XXH64: Cyan4973/xxHash,
doc/xxhash_spec.md, version 0.2.0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, eight_bytes
from lakesift.text.kernels.compiled import compiled, pointer_to

PRIME_1 = np.uint64(0x9E3779B185EBCA87)
PRIME_2 = np.uint64(0xC2B2AE3D27D4EB4F)
PRIME_3 = np.uint64(0x165667B19E3779F9)
PRIME_4 = np.uint64(0x85EBCA77C2B2AE63)
PRIME_5 = np.uint64(0x27D4EB2F165667C5)
STRIPE = 32
LOW_HALF = np.uint64(0xFFFFFFFF)
MAX_LENGTH = 128  # bytes; sorting longer shingles saves no time


@compiled
def rotated(value: np.uint64, bits: int) -> np.uint64:
    """Return the bits rotated to the left."""
    return value << np.uint64(bits) | value >> np.uint64(64 - bits)


@compiled
def mixed(accumulator: np.uint64, lane: np.uint64) -> np.uint64:
    """Compute one round of XXH64."""
    return rotated(accumulator + lane * PRIME_2, 31) * PRIME_1


@compiled
def hash_of_stripes(data: Bytes, start: int, stripes: int, seed: np.uint64) -> np.uint64:
    """Compute the part of XXH64 that reads whole stripes of 32 bytes."""
    first, second, third, fourth = seed + PRIME_1 + PRIME_2, seed + PRIME_2, seed, seed - PRIME_1
    for place in range(start, start + stripes * STRIPE, STRIPE):
        first = mixed(first, eight_bytes(data, place))
        second = mixed(second, eight_bytes(data, place + 8))
        third = mixed(third, eight_bytes(data, place + 16))
        fourth = mixed(fourth, eight_bytes(data, place + 24))
    merged = rotated(first, 1) + rotated(second, 7) + rotated(third, 12) + rotated(fourth, 18)
    for accumulator in (first, second, third, fourth):
        merged = (merged ^ mixed(np.uint64(0), accumulator)) * PRIME_1 + PRIME_4
    return merged


@compiled
def xxh64(data: Bytes, start: int, end: int, seed: np.uint64) -> np.uint64:
    """Return the XXH64 of `data[start:end]`."""
    length = end - start
    value = seed + PRIME_5
    if length >= STRIPE:
        value = hash_of_stripes(data, start, length // STRIPE, seed)
    value += np.uint64(length)
    place = start + length // STRIPE * STRIPE
    while place + 8 <= end:
        value = rotated(value ^ mixed(np.uint64(0), eight_bytes(data, place)), 27) * PRIME_1 + PRIME_4
        place += 8
    if place + 4 <= end:
        lane = np.uint64(0)
        for at in range(4):
            lane |= np.uint64(data[place + at]) << np.uint64(8 * at)
        value = rotated(value ^ lane * PRIME_1, 23) * PRIME_2 + PRIME_3
        place += 4
    while place < end:
        value = rotated(value ^ np.uint64(data[place]) * PRIME_5, 11) * PRIME_1
        place += 1
    value = (value ^ value >> np.uint64(33)) * PRIME_2
    value = (value ^ value >> np.uint64(29)) * PRIME_3
    return value ^ value >> np.uint64(32)


@compiled
def find_characters(simple: Bytes, end: int, starts: NDArray[np.int64]) -> int:
    """Fill `starts` with the index of each character; return their number.

    The characters are those of `simple[:end]`; the last entry is `end`.
    """
    characters = 0
    for place in range(end):
        if simple[place] & 0xC0 != 0x80:
            starts[characters] = place
            characters += 1
    starts[characters] = end
    return characters


@compiled
def hash_shingles(
    simple: Bytes,
    starts: NDArray[np.int64],
    first: int,
    size: int,
    gap: int,
    hashes: NDArray[np.uint32],
) -> None:
    """Fill `hashes` with those of the shingles from unit `first` on, by length.

    Args:
        simple: the simplified text.
        starts: place of each unit (word or character) and of the end.
        first: unit with which the first shingle begins.
        size: units in a shingle.
        gap: bytes between one unit and the next, not part of a shingle's end: 1 for words, 0 for characters.
        hashes: one per shingle.
    """
    data, ordered = pointer_to(simple), by_length(starts, first, size, hashes.size)
    for place in range(hashes.size):
        shingle = first + ordered[place]
        start, end = starts[shingle], starts[shingle + size] - gap
        hashes[place] = np.uint32(xxh64(data, start, end, np.uint64(0)) & LOW_HALF)


@compiled
def by_length(starts: NDArray[np.int64], first: int, size: int, count: int) -> NDArray[np.int64]:
    """Return the shingles sorted by length, those over `MAX_LENGTH` at the end.

    A processor predicts the steps of a hash if the one before had the same length, which saves a third of the time.
    """
    positions = np.zeros(MAX_LENGTH + 2, np.int64)
    for shingle in range(first, first + count):
        positions[min(starts[shingle + size] - starts[shingle], MAX_LENGTH) + 1] += 1
    for length in range(MAX_LENGTH + 1):
        positions[length + 1] += positions[length]
    ordered = np.empty(count, np.int64)
    for shingle in range(count):
        length = min(starts[first + shingle + size] - starts[first + shingle], MAX_LENGTH)
        ordered[positions[length]] = shingle
        positions[length] += 1
    return ordered

"""Kernels for repeated n-grams of tokens, as datatrove counts them.

Source: datatrove a649de79, `src/datatrove/pipeline/filters/gopher_repetition_filter.py`. n-grams are compared by 64-bit
hashes (bytes.py says how rarely two share one).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import INVERSES, ONE, POWERS, power, signed
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.splitting import LOW_BITS, WORDS_PER_TOKEN, Found, start_of, stop_of

TOP_SIZES = 3  # n = 2, 3, 4
MIN_REPEATED, MAX_REPEATED = 5, 10
FACTOR = np.uint64(0x9FB21C651E98DF25)
HALF = np.uint64(32)
WORD_SHIFT, BIT_MASK = np.uint64(6), np.uint64(63)


@compiled
def slots_for(count: int) -> int:
    """Return a power of two that keeps a table of `count` keys at most half full."""
    slots = 16
    while slots < 2 * count:
        slots *= 2
    return slots


@compiled
def longer_key(key: np.uint64, word: np.uint64) -> np.uint64:
    """Return the hash of an n-gram with one more word at its end."""
    return (key ^ key >> HALF) * FACTOR + word


@compiled
def finished_key(key: np.uint64) -> np.uint64:
    """Return the hash of a whole n-gram with all of its bits mixed.

    Such a hash can be divided or cut.
    """
    key = (key ^ key >> HALF) * FACTOR
    return key ^ key >> HALF


@compiled
def top_ngrams(found: Found, first: int, last: int, values: NDArray[np.float64]) -> None:
    """Measure the most frequent n-gram for n = 2, 3, 4.

    The value is its code points, joined by spaces, times its frequency. The first of equally frequent n-grams counts;
    without a repeat that is the first n-gram. It is 0 with fewer than n tokens.
    """
    count = last - first
    if count < 2:
        return
    indices, keys, table, earliest, often = room_for(found, first, count)
    repeats = count
    for size in range(2, min(count, 1 + TOP_SIZES) + 1):
        repeats = longer_ngrams(found, first, size, indices, repeats, keys, table, earliest, often)
        best, frequency = most_frequent(indices, repeats, earliest, often)
        characters = size - 1
        for place in range(best, best + size):
            characters += signed(found[(first + place) * WORDS_PER_TOKEN + 2] & LOW_BITS)
        values[size - 2] = characters * frequency


@compiled
def room_for(
    found: Found, first: int, count: int
) -> tuple[NDArray[np.int32], NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Return the arrays that `longer_ngrams` fills, for `count` tokens.

    They are every index and its token's hash, and empty ones.
    """
    indices, keys = np.empty(count, np.int32), np.empty(count, np.uint64)
    for place in range(count):
        indices[place], keys[place] = place, found[(first + place) * WORDS_PER_TOKEN]
    table = np.empty(slots_for(count), np.int32)
    return indices, keys, table, np.empty(count, np.int32), np.empty(count, np.int32)


@compiled
def longer_ngrams(
    found: Found,
    first: int,
    size: int,
    indices: NDArray[np.int32],
    number: int,
    keys: NDArray[np.uint64],
    table: NDArray[np.int32],
    earliest: NDArray[np.int32],
    often: NDArray[np.int32],
) -> int:
    """Reduce repeated (n-1)-grams to repeated n-grams; return their number.

    Args:
        found: the tokens.
        first: the token at place 0.
        size: n.
        indices: those of the (n-1)-grams, in order; replaced by those of the n-grams.
        number: number of indices.
        keys: hash of the (n-1)-gram at each of them; made longer by one token.
        table: room to look n-grams up, a power of two of at least twice `number`.
        earliest: receives the first index of the same n-gram.
        often: receives, at first indices, the n-gram's frequency.
    """
    mask = slots_for(number) - 1
    table[: mask + 1] = 0
    likely = 0
    for k in range(number - 1):
        place = indices[k]
        # An n-gram that occurs elsewhere consists of two (n-1)-grams that do.
        if indices[k + 1] != place + 1:
            continue
        key = keys[place]
        key = longer_key(key, found[(first + place + size - 1) * WORDS_PER_TOKEN])
        keys[place] = key
        slot = signed(key * FACTOR >> HALF) & mask
        while table[slot] != 0 and keys[table[slot] - 1] != key:
            slot = (slot + 1) & mask
        if table[slot] == 0:
            table[slot] = place + 1
            often[place] = 0
        earliest[place] = table[slot] - 1
        often[earliest[place]] += 1
        indices[likely] = place
        likely += 1
    repeats = 0
    for place in indices[:likely]:
        indices[repeats] = place
        repeats += often[earliest[place]] > 1
    return repeats


@compiled
def most_frequent(
    indices: NDArray[np.int32], repeats: int, earliest: NDArray[np.int32], often: NDArray[np.int32]
) -> tuple[int, int]:
    """Return the first index of the most frequent n-gram, and its frequency.

    If none occurs twice, this is the first n-gram.
    """
    best, frequency = 0, 1
    for place in indices[:repeats]:
        if earliest[place] == place and often[place] > frequency:
            best, frequency = place, often[place]
    return best, frequency


@compiled
def repeated_ngrams(found: Found, first: int, last: int, values: NDArray[np.float64]) -> None:
    """Count the code points of the n-grams that a scan meets again, for n = 5 ... 10.

    The scan looks at the n-gram's characters without spaces; one that it has met adds its length and is skipped as a
    whole, any other is remembered and the scan goes on by one token.
    """
    count = last - first
    if count < MIN_REPEATED:
        return
    sums, inverses = np.empty(count + 1, np.uint64), np.empty(count + 1, np.uint64)
    sizes = np.empty(count + 1, np.int32)
    total, weight, inverse, size = np.uint64(0), ONE, ONE, 0
    for place in range(count):
        sums[place], inverses[place], sizes[place] = total, inverse, size
        token = first + place
        width = stop_of(found, token) - start_of(found, token)
        total += found[token * WORDS_PER_TOKEN] * weight
        weight *= power(width, POWERS)
        inverse *= power(width, INVERSES)
        size += signed(found[token * WORDS_PER_TOKEN + 2] & LOW_BITS)
    sums[count], sizes[count] = total, size
    seen = np.empty(slots_for(count) // 2, np.uint64)
    keys, indices = np.empty(count, np.uint64), np.empty(count, np.int32)
    for length in range(MIN_REPEATED, min(count, MAX_REPEATED) + 1):
        for place in range(count - length + 1):
            keys[place] = (sums[place + length] - sums[place]) * inverses[place]
        found_indices = likely_repeats(keys, count - length + 1, seen, indices)
        repeats = scan_ngrams(length, found_indices, keys, indices, sizes)
        values[length - MIN_REPEATED] = repeats


@compiled
def likely_repeats(keys: NDArray[np.uint64], count: int, seen: NDArray[np.uint64], indices: NDArray[np.int32]) -> int:
    """Write the indices of keys that may repeat; return their number.

    One bit per value of a key's top bits says that it has been seen; few keys share one with another.
    """
    seen[:] = 0
    shift = np.uint64(64)
    bits = len(seen) * 64
    while bits > 1:
        bits >>= 1
        shift -= ONE
    chosen = 0
    for place in range(count):
        bit = keys[place] >> shift
        mark = ONE << (bit & BIT_MASK)
        word = signed(bit >> WORD_SHIFT)
        if seen[word] & mark:
            indices[chosen] = place
            chosen += 1
        seen[word] |= mark
    if chosen == 0:
        return 0
    seen[:] = 0
    for k in range(chosen):
        bit = keys[indices[k]] >> shift
        seen[signed(bit >> WORD_SHIFT)] |= ONE << (bit & BIT_MASK)
    chosen = 0
    for place in range(count):
        bit = keys[place] >> shift
        indices[chosen] = place
        chosen += signed(seen[signed(bit >> WORD_SHIFT)] >> (bit & BIT_MASK) & ONE)
    return chosen


@compiled
def scan_ngrams(
    length: int, count: int, keys: NDArray[np.uint64], indices: NDArray[np.int32], sizes: NDArray[np.int32]
) -> int:
    """Return the code points of the n-grams that the scan meets again.

    The n-grams have `length` tokens and begin at one of the first `count` of `indices`.
    """
    table = np.zeros(slots_for(count), np.uint64)
    mask = len(table) - 1
    repeated, free = 0, 0
    for place in indices[:count]:
        if place < free:
            continue
        key = keys[place]
        slot = signed(key >> HALF) & mask
        while table[slot] != 0 and table[slot] != key:
            slot = (slot + 1) & mask
        if table[slot] == 0:
            table[slot] = key
        else:
            repeated += sizes[place + length] - sizes[place]
            free = place + length
    return repeated

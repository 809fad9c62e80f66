"""A kernel for words that are runs of characters of one kind, without white space."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.bytes import BASE, ONE, Bytes, code_point
from lakesift.text.characters import LETTER, SPACE
from lakesift.text.compiled import compiled
from lakesift.text.splitting import ALL_BITS, Found, put

SPACE_BIT, LETTER_BIT = np.uint32(SPACE), np.uint32(LETTER)


@compiled
def find_runs(
    text: Bytes, start: int, stop: int, classes: NDArray[np.uint32], kinds: np.uint32, found: Found, count: int
) -> int:
    """Write the longest runs in `text[start:stop]` whose characters agree in the bits `kinds`; white space is in none.

    Gives the new number of words, written from number `count` on.
    """
    at = start
    while at < stop:
        point, width = code_point(text, at, stop)
        kind = classes[point]
        if kind & SPACE_BIT:
            at += width
            continue
        first, size, own = at, 0, kind & kinds
        total, weight = np.uint64(0), ONE
        some, every = np.uint32(0), ALL_BITS
        while kind & kinds == own and not kind & SPACE_BIT:
            for k in range(at, at + width):
                total += (np.uint64(text[k]) + ONE) * weight
                weight *= BASE
            some |= kind
            every &= kind
            size += 1
            at += width
            if at == stop:
                break
            point, width = code_point(text, at, stop)
            kind = classes[point]
        count = put(found, count, first, at, total, size, some & LETTER_BIT, every)
    return count

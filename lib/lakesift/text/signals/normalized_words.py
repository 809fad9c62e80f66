"""Kernels that hash tokens in lower case and without punctuation.

The hashes are those of their UTF-8 bytes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import BASE, ONE, Bytes, code_point
from lakesift.text.kernels.categories import DOT_ABOVE, DOTTED_CAPITAL_I
from lakesift.text.kernels.characters import PUNCTUATION
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.splitting import Found, flags_of, put, start_of, stop_of

# First code point that takes two, three and four bytes of UTF-8.
TWO_BYTES, THREE_BYTES, FOUR_BYTES = 0x80, 0x800, 0x10000


@compiled
def normalize(
    text: Bytes,
    found: Found,
    token: int,
    classes: NDArray[np.uint32],
    lower: NDArray[np.int32],
    simple: Found,
    count: int,
) -> int:
    """Write a token in lower case and without punctuation; return the new count.

    It becomes number `count`, if anything is left of it.
    """
    if flags_of(found, token) & PUNCTUATION:
        return count
    at, stop = start_of(found, token), stop_of(found, token)
    total, weight, width, size = np.uint64(0), ONE, 0, 0
    while at < stop:
        point, step = code_point(text, at, stop)
        at += step
        if point == DOTTED_CAPITAL_I:
            total, weight, written = add_point(total, weight, ord("i"))
            width, size, point = width + written, size + 1, DOT_ABOVE
        else:
            point = lower[point]
        if not classes[point] & PUNCTUATION:
            total, weight, written = add_point(total, weight, point)
            width, size = width + written, size + 1
    if size == 0:
        return count
    return put(simple, count, 0, width, total, size, np.uint32(0), np.uint32(0))


@compiled
def add_point(total: np.uint64, weight: np.uint64, point: int) -> tuple[np.uint64, np.uint64, int]:
    """Add the UTF-8 bytes of one more code point to a hash.

    Returns the hash, the weight of the next byte, and the number of bytes.
    """
    if point < TWO_BYTES:
        return total + np.uint64(point + 1) * weight, weight * BASE, 1
    width = 2 if point < THREE_BYTES else 3 if point < FOUR_BYTES else 4
    for k in range(width):
        byte = point >> 6 * (width - 1 - k) & 0x3F | 0x80
        if k == 0:
            byte = point >> 6 * (width - 1) | (0xF0 << 4 - width & 0xFF)
        total += np.uint64(byte + 1) * weight
        weight *= BASE
    return total, weight, width

"""Words that are runs of characters of one kind, without white space."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import BASE, ONE, Bytes, code_point
from lakesift.text.kernels.characters import LETTER, SPACE, character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.splitting import ALL_BITS, Found, put
from lakesift.text.kernels.tokens import Tokens, found_once

SPACE_BIT, LETTER_BIT = np.uint32(SPACE), np.uint32(LETTER)


def runs_of(buffers: TextBuffers, definition: str, kinds: np.uint32) -> Tokens:
    """Return the longest runs of characters with equal bits `kinds`.

    They are found once and cached under the name `definition`.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """

    def find(text: Bytes, offsets: NDArray[np.int64], found: Found) -> NDArray[np.int64]:
        return find_all(text, offsets, character_classes(), kinds, found)

    return found_once(buffers, definition, find)


@compiled
def find_all(
    text: Bytes, offsets: NDArray[np.int64], classes: NDArray[np.uint32], kinds: np.uint32, found: Found
) -> NDArray[np.int64]:
    """Write the runs of each text; return `Tokens.firsts`."""
    firsts = np.zeros(len(offsets), np.int64)
    text_at, classes_at, found_at = pointer_to(text), pointer_to(classes), pointer_to(found)
    for document in range(len(offsets) - 1):
        start, stop = offsets[document], offsets[document + 1]
        firsts[document + 1] = find_runs(text_at, start, stop, classes_at, kinds, found_at, firsts[document])
    return firsts


@compiled
def find_runs(
    text: Bytes, start: int, stop: int, classes: NDArray[np.uint32], kinds: np.uint32, found: Found, count: int
) -> int:
    """Write the longest runs of characters with equal bits `kinds`.

    The runs are those in `text[start:stop]`; white space is in none. Returns the new number of words, which are written
    from number `count` on.
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

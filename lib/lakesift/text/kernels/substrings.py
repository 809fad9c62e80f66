"""Finds any of a few fixed strings in a text.

Three bytes of each string, its anchor, are looked up at every byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.ngrams import FACTOR

ANCHOR = 3  # bytes
ANCHOR_MASK = np.uint64(0xFFFFFF)
SLOT_BITS = 12
SLOT_SHIFT = np.uint64(64 - SLOT_BITS)
BYTE = np.uint64(8)
# Letters and the space from frequent to rare in English: the rarest three bytes of a string make its anchor.
FREQUENT = b" etaoinshrdlcumwfgypbvk"
SAME_CASE = np.arange(256, dtype=np.uint8)
LOWER_CASE = np.array([byte + 32 if 65 <= byte <= 90 else byte for byte in range(256)], np.uint8)


class Strings(NamedTuple):
    """Strings to look for, n of them.

    Attributes:
        data: their bytes, one after the other.
        starts: int32[n + 1], where each begins and ends in `data`.
        anchors: int32[n], where its anchor begins within the string.
        heads: int32[2**SLOT_BITS], 1 + the first string whose anchor has this slot, else 0.
        nexts: int32[n], 1 + the next string whose anchor has the same slot, else 0.
        folding: uint8[256], the byte that each byte of the text counts as.
    """

    data: NDArray[np.uint8]
    starts: NDArray[np.int32]
    anchors: NDArray[np.int32]
    heads: NDArray[np.int32]
    nexts: NDArray[np.int32]
    folding: NDArray[np.uint8]


def strings_of(strings: Sequence[str], ignore_case: bool = False) -> Strings:
    """Prepare strings of at least three bytes.

    Args:
        strings: lower case where the case is ignored.
        ignore_case: ASCII capitals of the text count as small letters.
    """
    encoded = [string.encode() for string in strings]
    heads, nexts = np.zeros(1 << SLOT_BITS, np.int32), np.zeros(len(encoded), np.int32)
    anchors = np.array([_anchor_of(string) for string in encoded], np.int32)
    for place, string in enumerate(encoded):
        window = int.from_bytes(string[anchors[place] : anchors[place] + ANCHOR], "big")
        slot = window * int(FACTOR) % 2**64 >> int(SLOT_SHIFT)
        nexts[place] = heads[slot]
        heads[slot] = place + 1
    starts = np.cumsum([0, *map(len, encoded)]).astype(np.int32)
    data = np.frombuffer(b"".join(encoded), np.uint8)
    return Strings(data, starts, anchors, heads, nexts, LOWER_CASE if ignore_case else SAME_CASE)


def _anchor_of(string: bytes) -> int:
    rarity = [1 << FREQUENT.index(byte) if byte in FREQUENT else 1 << len(FREQUENT) for byte in string]
    return max(range(len(string) - ANCHOR + 1), key=lambda place: sum(rarity[place : place + ANCHOR]))


@compiled
def next_string(text: Bytes, at: int, start: int, stop: int, strings: Strings) -> tuple[int, int]:
    """Find the first string inside `text[start:stop]` whose anchor ends after `at`.

    Returns the byte after the anchor, from which to look for the next string, and the string's number; (stop, -1) if
    there is none.
    """
    window = np.uint64(0)
    for before in range(max(start, at + 1 - ANCHOR), at):
        window = window << BYTE | np.uint64(strings.folding[text[before]])
    for last in range(at, stop):
        window = (window << BYTE | np.uint64(strings.folding[text[last]])) & ANCHOR_MASK
        candidate = strings.heads[window * FACTOR >> SLOT_SHIFT]
        while candidate:
            string = candidate - 1
            place = last + 1 - ANCHOR - strings.anchors[string]
            if place >= start and is_at(text, place, stop, string, strings):
                return last + 1, string
            candidate = strings.nexts[string]
    return stop, -1


@compiled
def is_at(text: Bytes, place: int, stop: int, string: int, strings: Strings) -> bool:
    """Return whether a string is at a byte of a text that ends at `stop`."""
    first = strings.starts[string]
    size = strings.starts[string + 1] - first
    if place + size > stop:
        return False
    for k in range(size):
        if strings.folding[text[place + k]] != strings.data[first + k]:
            return False
    return True

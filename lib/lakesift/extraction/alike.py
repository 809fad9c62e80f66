"""Which elements of a page are written alike: with the same tag, and the same class or id without numbers.

Programs number what they repeat (`post-17`, `bg1`, `row2`) and mark every other one (`even`). An element without a name is
like those with its tag in elements that are alike.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lakesift.extraction.attributes import CLASS, GREATER, ID, MAX_WORDS_BYTES, name_end
from lakesift.text.kernels.bytes import BASE, ONE, Bytes, hash_of
from lakesift.text.kernels.compiled import compiled

EVEN, ODD = (np.uint64(hash_of(word)) for word in ("even", "odd"))
DATA_ROLE = np.uint64(hash_of("data-role"))
SIGNATURE, BOARD = 1, 2
_MEANINGS: Final = {
    SIGNATURE: "signature signatures signaturecontainer sig usersig",
    BOARD: "forum forums viewtopic showthread question fatitem linklisting",  # the last two: Hacker News, Reddit
}
MEANT: Final = np.array([bit for bit, words in _MEANINGS.items() for _ in words.split()], np.uint8)
WORDS: Final = np.array([hash_of(word) for words in _MEANINGS.values() for word in words.split()], np.uint64)


@compiled
def alike(html: Bytes, elements: Any) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return the number of each element's kind, and what its name and those around mean: bits of `SIGNATURE`, `BOARD`.

    Elements without text are of the kind 0; the kinds are numbered from 1 on.
    """
    keys, meanings = np.zeros(len(elements), np.uint64), np.zeros(len(elements), np.uint8)
    for number in range(1, len(elements)):
        element = elements[number]
        if element.chars:
            name, meant = name_of(html, element.source)
            meanings[number] = meant | meanings[element.parent]
            around = keys[element.parent] if name == 0 else np.uint64(0)
            keys[number] = ((name * BASE + around) * BASE + np.uint64(element.tag + 1)) * BASE + element.name
    kinds, kind, before = np.zeros(len(elements), np.int64), 0, np.uint64(0)
    for number in np.argsort(keys):
        kind += keys[number] != before
        kinds[number], before = kind, keys[number]
    return kinds, meanings


@compiled
def name_of(html: Bytes, at: int) -> tuple[np.uint64, np.uint8]:
    """Return a hash of the words of the class, or of the id of an element without one, and what they mean.

    Args:
        html: the markup.
        at: where the element's name begins.
    """
    of_class, of_id, meant = np.uint64(0), np.uint64(0), np.uint8(0)
    at = name_end(html, at)
    while at < len(html) and html[at] != GREATER:
        if html[at] <= 0x20 or html[at] == 0x2F or html[at] == 0x3D:
            at += 1
            continue
        total, weight = np.uint64(0), ONE
        stop = name_end(html, at)
        for place in range(at, stop):
            total += weight * np.uint64(html[place] + 1)
            weight *= BASE
        start = at = max(stop, at + 1)
        if at < len(html) and html[at] == 0x3D:
            start = stop = at + 2
            while stop < len(html) and html[stop] != 0x22:
                stop += 1
            at = stop + 1
            if total == CLASS or total == ID or total == DATA_ROLE:
                stop = min(stop, start + MAX_WORDS_BYTES)
                meant |= meaning_of(html, start, stop)
                if total == CLASS:
                    of_class = words_without_numbers(html, start, stop)
                elif total == ID:
                    of_id = words_without_numbers(html, start, stop) * BASE
    return of_class if of_class else of_id, meant


@compiled
def meaning_of(html: Bytes, start: int, stop: int) -> np.uint8:
    """Return what the words in `html[start:stop]` mean; a capital after a small letter begins a word."""
    meant, total, weight, was_lower = np.uint8(0), np.uint64(0), ONE, False
    for at in range(start, stop + 1):
        byte = html[at] if at < stop else np.uint8(0x20)
        is_upper, is_lower = 0x41 <= byte <= 0x5A, 0x61 <= byte <= 0x7A
        if not is_lower and (not is_upper or was_lower):
            for place in range(len(WORDS)):
                if total == WORDS[place]:
                    meant |= MEANT[place]
            total, weight = np.uint64(0), ONE
        if is_lower or is_upper:
            total += weight * np.uint64((byte | 0x20) + 1)
            weight *= BASE
        was_lower = bool(is_lower)
    return meant


@compiled
def words_without_numbers(html: Bytes, start: int, stop: int) -> np.uint64:
    """Return the sum of the hashes of the words in `html[start:stop]`, in any order."""
    found, total, weight = np.uint64(0), np.uint64(0), ONE
    for at in range(start, stop + 1):
        byte = html[at] if at < stop else np.uint8(0x20)
        if byte <= 0x20:
            if total != EVEN and total != ODD:
                found += total * total
            total, weight = np.uint64(0), ONE
        elif not 0x30 <= byte <= 0x39:
            total += weight * np.uint64(byte + 1)
            weight *= BASE
    return found

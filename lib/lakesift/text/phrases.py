"""Kernels that join tokens which together are an exception, as spaCy 3.8 does after splitting.

Source: `_apply_special_cases` of `spacy/tokenizer.pyx`: among overlapping candidates the longest wins, then the first; a
candidate with a space inside changes nothing but still keeps others away from its tokens.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.affixes import slot_of
from lakesift.text.bytes import ONE, Bytes
from lakesift.text.compiled import compiled
from lakesift.text.english import NODE_FACTOR, STARTER_BITS, English
from lakesift.text.splitting import AFFIXED, Found, put_pieces

SPACE = ord(" ")
LONGEST_PHRASE = 16  # tokens; one bit of a mask per length
STARTER_SHIFT = np.uint64(64 - STARTER_BITS)
FACTOR = np.uint64(NODE_FACTOR)


@compiled
def join_phrases(text: Bytes, first: int, count: int, english: English, found: Found) -> int:
    """Join the tokens of one document, those from `first` to `count`, and give the new end of its tokens."""
    candidates = 0
    for at in range(first, count - 1):
        if (found.flags[at] | found.flags[at + 1]) & AFFIXED and phrases_at(text, at, count, english, found):
            candidates += 1
    if candidates == 0:
        return count
    places, masks = np.empty(candidates, np.int32), np.empty(candidates, np.uint32)
    candidates = 0
    for at in range(first, count - 1):
        if (found.flags[at] | found.flags[at + 1]) & AFFIXED:
            mask = phrases_at(text, at, count, english, found)
            if mask:
                places[candidates], masks[candidates] = at, mask
                candidates += 1
    chosen, changes = choose(places, masks, first, count, found)
    return rewrite(text, first, count, chosen, changes, english, found) if changes else count


@compiled
def phrases_at(text: Bytes, first: int, count: int, english: English, found: Found) -> int:
    """Mask of the numbers of tokens (two or more) of the phrases that begin at a token."""
    place = np.int64(found.hashes[first] >> STARTER_SHIFT)
    if not (english.starters[place >> 6] >> np.uint64(place & 63)) & ONE:
        return 0
    node, mask = 0, 0
    for at in range(first, min(count, first + LONGEST_PHRASE)):
        if at > first:
            gap = found.starts[at] - found.stops[at - 1]
            is_near = gap == 0 or (gap == 1 and text[found.stops[at - 1]] == SPACE)
            if not is_near:
                break
        slot = slot_of(english.phrase_keys, found.hashes[at] ^ np.uint64(node) * FACTOR)
        if slot < 0:
            break
        node = english.phrase_nodes[slot]
        if english.phrase_lengths[node]:
            mask |= 1 << (at - first + 1)
    return mask


@compiled
def choose(
    places: NDArray[np.int32], masks: NDArray[np.uint32], first: int, count: int, found: Found
) -> tuple[NDArray[np.uint8], int]:
    """Per token the number of tokens to replace from there (0 for none), and how many replacements there are."""
    taken, chosen = np.zeros(count - first, np.bool_), np.zeros(count - first, np.uint8)
    changes = 0
    for size in range(LONGEST_PHRASE, 1, -1):
        for candidate in range(len(places)):
            if not masks[candidate] >> size & 1:
                continue
            at = places[candidate] - first
            is_free = not taken[at] and not taken[at + size - 1]
            is_whole = True
            for k in range(at, at + size):
                taken[k] = True
                is_whole &= k == at or found.starts[first + k] == found.stops[first + k - 1]
            if is_free and is_whole:
                chosen[at] = size
                changes += 1
    return chosen, changes


@compiled
def rewrite(
    text: Bytes, first: int, count: int, chosen: NDArray[np.uint8], changes: int, english: English, found: Found
) -> int:
    """Write the document's tokens again with the chosen replacements."""
    starts, stops = found.starts[first:count].copy(), found.stops[first:count].copy()
    hashes, sizes = found.hashes[first:count].copy(), found.sizes[first:count].copy()
    flags = found.flags[first:count].copy()
    to, at = first, 0
    while at < len(chosen):
        if chosen[at] == 0:
            found.starts[to], found.stops[to] = starts[at], stops[at]
            found.hashes[to], found.sizes[to], found.flags[to] = hashes[at], sizes[at], flags[at]
            to += 1
            at += 1
            continue
        node = 0
        for k in range(at, at + chosen[at]):
            slot = slot_of(english.phrase_keys, hashes[k] ^ np.uint64(node) * FACTOR)
            node = english.phrase_nodes[slot]
        to = put_pieces(text, starts[at], np.int64(english.phrase_lengths[node]), english.classes, found, to)
        at += chosen[at]
    return to

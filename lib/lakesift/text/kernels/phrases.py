"""Kernels that join tokens that together are an exception.

spaCy 3.8 does this after splitting.

Source: `_apply_special_cases` of `spacy/tokenizer.pyx`: among overlapping candidates the longest wins, then the first;
a candidate with a space inside changes nothing but still keeps others away from its tokens.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import ONE, Bytes, signed, slot_of
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.english import (
    CHANGES,
    NODE_FACTOR,
    NODE_LENGTHS,
    PHRASE_KEYS,
    PHRASE_NODES,
    PHRASE_SLOTS,
    STARTER_BITS,
    STARTERS,
)
from lakesift.text.kernels.splitting import (
    AFFIXED,
    LOW_BITS,
    WORDS_PER_TOKEN,
    Found,
    flags_of,
    put_pieces,
    start_of,
    stop_of,
)

SPACE = ord(" ")
MAX_PHRASE = 16  # tokens; one bit of a mask per length
CHANGING = 32
STARTER_SHIFT = np.uint64(64 - STARTER_BITS)
FACTOR = np.uint64(NODE_FACTOR)


@compiled
def is_starter(key: np.uint64, rules: NDArray[np.uint64]) -> bool:
    """Return whether a token with this hash may begin a phrase."""
    place = signed(key >> STARTER_SHIFT)
    return bool((rules[STARTERS + (place >> 6)] >> np.uint64(place & 63)) & ONE)


@compiled
def phrases_at(text: Bytes, first: int, count: int, rules: NDArray[np.uint64], found: Found) -> int:
    """Return a mask of the lengths (2 or more tokens) of the phrases at a token.

    Phrases that would get other tokens are in the mask a second time, from bit `CHANGING` on.
    """
    if not is_starter(found[first * WORDS_PER_TOKEN], rules):
        return 0
    node, mask = 0, 0
    for at in range(first, min(count, first + MAX_PHRASE)):
        if at > first:
            gap = start_of(found, at) - stop_of(found, at - 1)
            is_near = gap == 0 or (gap == 1 and text[stop_of(found, at - 1)] == SPACE)
            if not is_near:
                break
        slot = slot_of(rules, PHRASE_KEYS, PHRASE_SLOTS, found[at * WORDS_PER_TOKEN] ^ np.uint64(node) * FACTOR)
        if slot < 0:
            break
        node = signed(rules[PHRASE_NODES + slot])
        lengths = signed(rules[NODE_LENGTHS + node])
        if lengths:
            mask |= 1 << (at - first + 1)
        if lengths & CHANGES:
            mask |= 1 << (at - first + 1 + CHANGING)
    return mask


@compiled
def has_phrase(text: Bytes, first: int, count: int, rules: NDArray[np.uint64], found: Found) -> bool:
    """Return whether a phrase that changes tokens begins in one word.

    The word has the tokens from `first` to `count`. Nothing is ever joined between words, and a word that was not split
    is compared with the exceptions as a whole.
    """
    for at in range(first, count - 1):
        if phrases_at(text, at, count, rules, found) >> CHANGING:
            return True
    return False


@compiled
def join_phrases(
    text: Bytes, first: int, count: int, classes: NDArray[np.uint32], rules: NDArray[np.uint64], found: Found
) -> int:
    """Join the tokens of one document, and return the new end of its tokens.

    The document has the tokens from `first` to `count`.
    """
    candidates = 0
    for at in range(first, count - 1):
        if (flags_of(found, at) | flags_of(found, at + 1)) & AFFIXED and phrases_at(text, at, count, rules, found):
            candidates += 1
    if candidates == 0:
        return count
    indices, masks = np.empty(candidates, np.int32), np.empty(candidates, np.uint32)
    candidates = 0
    for at in range(first, count - 1):
        if (flags_of(found, at) | flags_of(found, at + 1)) & AFFIXED:
            mask = phrases_at(text, at, count, rules, found)
            if mask:
                indices[candidates], masks[candidates] = at, mask & ((1 << CHANGING) - 1)
                candidates += 1
    chosen, changes = choose(indices, masks, first, count, found)
    return rewrite(text, first, count, chosen, classes, rules, found) if changes else count


@compiled
def choose(
    indices: NDArray[np.int32], masks: NDArray[np.uint32], first: int, count: int, found: Found
) -> tuple[NDArray[np.uint8], int]:
    """Return the tokens to replace from each token, and the number of replacements.

    The first is a number per token, 0 where nothing is replaced.
    """
    taken, chosen = np.zeros(count - first, np.bool_), np.zeros(count - first, np.uint8)
    changes = 0
    for size in range(MAX_PHRASE, 1, -1):
        for candidate in range(len(indices)):
            if not masks[candidate] >> size & 1:
                continue
            at = indices[candidate] - first
            is_free = not taken[at] and not taken[at + size - 1]
            is_whole = True
            for k in range(at, at + size):
                taken[k] = True
                is_whole &= k == at or start_of(found, first + k) == stop_of(found, first + k - 1)
            if is_free and is_whole:
                chosen[at] = size
                changes += 1
    return chosen, changes


@compiled
def rewrite(
    text: Bytes,
    first: int,
    count: int,
    chosen: NDArray[np.uint8],
    classes: NDArray[np.uint32],
    rules: NDArray[np.uint64],
    found: Found,
) -> int:
    """Rewrite the document's tokens with the chosen replacements."""
    size = (count - first) * WORDS_PER_TOKEN
    before = np.empty(size, np.uint64)
    for place in range(size):
        before[place] = found[first * WORDS_PER_TOKEN + place]
    to, at = first, 0
    while at < len(chosen):
        if chosen[at] == 0:
            for word in range(WORDS_PER_TOKEN):
                found[to * WORDS_PER_TOKEN + word] = before[at * WORDS_PER_TOKEN + word]
            to += 1
            at += 1
            continue
        node = 0
        for k in range(at, at + chosen[at]):
            slot = slot_of(rules, PHRASE_KEYS, PHRASE_SLOTS, before[k * WORDS_PER_TOKEN] ^ np.uint64(node) * FACTOR)
            node = signed(rules[PHRASE_NODES + slot])
        start = signed(before[at * WORDS_PER_TOKEN + 1] & LOW_BITS)
        to = put_pieces(text, start, signed(rules[NODE_LENGTHS + node]) & (CHANGES - 1), classes, found, to)
        at += chosen[at]
    return to

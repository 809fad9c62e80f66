"""The tables that the kernels of spaCy-like English splitting read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.text.bytes import MODULUS, hash_of
from lakesift.text.characters import character_classes
from lakesift.text.exceptions import UNITS, english_exceptions

EXCEPTION_SLOTS, UNIT_SLOTS, PHRASE_SLOTS = 4096, 512, 2048
FILTER_BITS, STARTER_BITS = 15, 12
NODE_FACTOR = 0xD6E8FEB86659FD93
LENGTH_BITS = 8


class English(NamedTuple):
    """Tables of the English splitting.

    Attributes:
        classes: bits of each code point (characters.py).
        filter: one bit per value of the top 15 bits of a hash: some exception has it.
        keys: open-addressing table of the hashes of the exceptions.
        lengths: per slot, bytes of the exception's tokens, 8 bits each from the lowest.
        longest: bytes of the longest exception.
        units: open-addressing table of the hashes of the units.
        starters: one bit per value of the top 12 bits of a hash: some phrase begins with such a token.
        phrase_keys: open-addressing table of the transitions (node and token) of the phrases' prefix tree.
        phrase_nodes: per slot, the node that the transition leads to.
        phrase_lengths: per node, the tokens of the exception that ends there (as `lengths`), 0 where none ends.
    """

    classes: NDArray[np.uint32]
    filter: NDArray[np.uint64]
    keys: NDArray[np.uint64]
    lengths: NDArray[np.uint32]
    longest: int
    units: NDArray[np.uint64]
    starters: NDArray[np.uint64]
    phrase_keys: NDArray[np.uint64]
    phrase_nodes: NDArray[np.int32]
    phrase_lengths: NDArray[np.uint32]


Exceptions = dict[str, tuple[str, ...]]
Phrases = dict[tuple[str, ...], tuple[str, ...]]


@cache
def english(split: Callable[[list[str], English], list[list[str]]]) -> English:
    """The tables; `split` splits words with given tables, which says what tokens an exception would be without a rule.

    spaCy joins such tokens afterwards where the rules have produced them side by side inside a word.
    """
    exceptions = english_exceptions()
    plain = split(list(exceptions), tables({}, {}))
    phrases = {tuple(tokens): exceptions["".join(tokens)] for tokens in plain if len(tokens) > 1}
    return tables(exceptions, phrases)


def tables(exceptions: Exceptions, phrases: Phrases) -> English:
    """The tables for these exceptions and these phrases (tokens without the rule -> tokens with it)."""
    keys, lengths = np.zeros(EXCEPTION_SLOTS, np.uint64), np.zeros(EXCEPTION_SLOTS, np.uint32)
    for word, pieces in exceptions.items():
        lengths[_insert(keys, hash_of(word))] = _packed(pieces)
    units = np.zeros(UNIT_SLOTS, np.uint64)
    for unit in UNITS:
        _insert(units, hash_of(unit))
    phrase_keys, phrase_nodes = np.zeros(PHRASE_SLOTS, np.uint64), np.zeros(PHRASE_SLOTS, np.int32)
    ends = {0: 0}
    for tokens, pieces in phrases.items():
        node = 0
        for token in tokens:
            key = (hash_of(token) ^ node * NODE_FACTOR) % MODULUS
            slot = _insert(phrase_keys, key)
            if not phrase_nodes[slot]:
                phrase_nodes[slot] = len(ends)
                ends[len(ends)] = 0
            node = int(phrase_nodes[slot])
        ends[node] = _packed(pieces)
    return English(
        character_classes(),
        _bits((hash_of(word) for word in exceptions), FILTER_BITS),
        keys,
        lengths,
        max((len(word.encode()) for word in exceptions), default=0),
        units,
        _bits((hash_of(tokens[0]) for tokens in phrases), STARTER_BITS),
        phrase_keys,
        phrase_nodes,
        np.fromiter(ends.values(), np.uint32),
    )


def _insert(keys: NDArray[np.uint64], key: int) -> int:
    slot = (key >> 40) % len(keys)
    while keys[slot] not in (0, key):
        slot = (slot + 1) % len(keys)
    keys[slot] = key
    return slot


def _bits(hashes: Iterable[int], bits: int) -> NDArray[np.uint64]:
    table = np.zeros(1 << bits, np.uint8)
    table[[value >> 64 - bits for value in hashes]] = 1
    return np.packbits(table, bitorder="little").view(np.uint64)


def _packed(pieces: tuple[str, ...]) -> int:
    return sum(len(piece.encode()) << LENGTH_BITS * place for place, piece in enumerate(pieces))

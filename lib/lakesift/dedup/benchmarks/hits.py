"""Places of benchmarks' n-grams in documents.

Every one of them is compared word by word, none by its hash alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.dedup.benchmarks.index import (
    KEY_BITS,
    WORD,
    Index,
    Places,
    equal_words,
    find_key,
    hash_ngrams,
    shift_of,
)
from lakesift.dedup.benchmarks.words import word_spans
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.ngrams import BIT_MASK, WORD_SHIFT
from lakesift.text.kernels.simplified import MAX_GROWTH, SimplificationTable, simplify

# Columns of a hit, and of a row.
TEXT, PLACE, OCCURRENCE = 0, 1, 2
START, END, NGRAM, WORDS = 1, 2, 3, 4
ROWS_AT_ONCE = 1 << 20


class Search(NamedTuple):
    """A rule's search for n-grams.

    Attributes:
        size: words of an n-gram.
        consecutive: whether a run without words, such as a dash between spaces, parts an n-gram; as in Janitor.
        skip_budget: number of words that may differ in a match behind its n-gram; -1: matches end with it.
        most_examples: maximum number of places of an n-gram in benchmarks.
        max_hits: maximum number of places in one text.
        distinct: whether of rows in which a text has the same words of a benchmark one is given, the longest, then the
            first.
    """

    size: int
    consecutive: bool
    skip_budget: int
    most_examples: int
    max_hits: int
    distinct: bool


def find_rows(buffers: TextBuffers, index: Index, table: SimplificationTable, search: Search) -> Places:
    """Find the text that documents have in common with benchmarks.

    Returns:
        int64[rows, 5]: number of the text, first byte of the match in it and the one behind it, number of the first
        word in the index, number of words; by text, then by place in it.
    """
    if len(index.keys) == 0:
        return np.empty((0, WORDS + 1), np.int64)
    lengths = np.diff(buffers.offsets)
    room = int(np.minimum(lengths // 2 + 1, search.max_hits).sum())
    # Pages of it that are not written take no memory.
    hits = np.empty((room, OCCURRENCE + 1), np.int64)
    found = hits[: find_hits(buffers.data, buffers.offsets, table, index, search, hits)]
    pieces = [_described(buffers, some, index, table, search) for some in _in_parts(found, index, search)]
    rows = np.concatenate([np.empty((0, WORDS + 1), np.int64), *pieces])
    return first_of_each(rows) if search.distinct and len(pieces) > 1 else rows


def _in_parts(hits: Places, index: Index, search: Search) -> list[Places]:
    """Return the hits in parts of about ROWS_AT_ONCE rows each.

    A phrase used a million times may be in many examples.
    """
    part = np.cumsum(_max_rows(hits, index, search), dtype=np.int64) // ROWS_AT_ONCE
    return [some for some in np.split(hits, np.flatnonzero(np.diff(part)) + 1) if len(some)]


def _max_rows(hits: Places, index: Index, search: Search) -> Places:
    """Return the maximum number of rows of each hit."""
    occurrences = hits[:, OCCURRENCE]
    after = index.bounds[np.searchsorted(index.bounds, occurrences, side="right")] - occurrences
    return np.minimum(after.astype(np.int64), search.most_examples)


def _described(buffers: TextBuffers, hits: Places, index: Index, table: SimplificationTable, search: Search) -> Places:
    rows = np.empty((int(_max_rows(hits, index, search).sum()), WORDS + 1), np.int64)
    found = rows[: describe_hits(buffers.data, buffers.offsets, hits, table, index, search, rows)]
    return first_of_each(found) if search.distinct else found


@compiled
def find_hits(
    data: Bytes, offsets: Places, table: SimplificationTable, index: Index, search: Search, hits: Places
) -> int:
    """Write each n-gram that is found; return their number.

    A hit is text, number of the first word and place in `index.order`.
    """
    max_bytes = np.max(offsets[1:] - offsets[:-1]) if offsets.size > 1 else 0
    words, starts = np.empty(MAX_GROWTH * max_bytes + 1 + WORD, np.uint8), np.empty(max_bytes + 3, np.int64)
    hashes = np.empty(max_bytes + 3, np.uint64)
    keys, directory, bits = index.keys, index.directory, index.filter
    directory_shift, filter_shift = shift_of(directory.size - 1), shift_of(bits.size * KEY_BITS)
    count = 0
    for text in range(offsets.size - 1):
        number = simplify(data, offsets[text], offsets[text + 1], table, words, starts)
        hash_ngrams(words, starts, number, search.size, hashes)
        begin = count
        for place in range(number - search.size + 1):
            bit = hashes[place] >> filter_shift
            if not bits[np.int64(bit >> WORD_SHIFT)] >> (bit & BIT_MASK) & np.uint64(1):
                continue
            key = find_key(hashes[place], keys, directory, directory_shift)
            if key < 0:
                continue
            for occurrence in range(index.bounds[key], index.bounds[key + 1]):
                word = index.order[occurrence]
                if equal_words(index.words, index.starts, word, words, starts, place, search.size):
                    hits[count, TEXT], hits[count, PLACE], hits[count, OCCURRENCE] = text, place, occurrence
                    count += 1
                    break
            if count - begin == search.max_hits:
                break
    return count


@compiled
def describe_hits(
    data: Bytes,
    offsets: Places,
    hits: Places,
    table: SimplificationTable,
    index: Index,
    search: Search,
    rows: Places,
) -> int:
    """Write the rows of `find_rows`; return their number."""
    count, latest, number = 0, -1, 0
    words, starts, spans = np.empty(0, np.uint8), np.empty(0, np.int64), np.empty((0, 3), np.int64)
    for hit in range(len(hits)):
        text, place = hits[hit, TEXT], hits[hit, PLACE]
        if text != latest:
            latest = text
            start, end = offsets[text], offsets[text + 1]
            words = np.empty(MAX_GROWTH * (end - start) + 1 + WORD, np.uint8)
            starts = np.empty(end - start + 3, np.int64)
            number = simplify(data, start, end, table, words, starts)
            spans = np.empty((number, 3), np.int64)
            word_spans(data, start, end, table, spans)
        last = place + search.size - 1
        if search.consecutive and spans[last, 2] - spans[place, 2] != search.size - 1:
            continue
        occurrence, named = hits[hit, OCCURRENCE], 0
        bound = index.bounds[np.searchsorted(index.bounds, occurrence, side="right")]
        while occurrence < bound and named < search.most_examples:
            word = index.order[occurrence]
            occurrence += 1
            if not equal_words(index.words, index.starts, word, words, starts, place, search.size):
                continue
            size = matched_words(words, starts, place, number, index, word, search)
            rows[count, TEXT], rows[count, START], rows[count, END] = text, spans[place, 0], spans[place + size - 1, 1]
            rows[count, NGRAM], rows[count, WORDS] = word, size
            count += 1
            named += 1
    return count


@compiled
def matched_words(
    words: Bytes, starts: Places, place: int, number: int, index: Index, word: int, search: Search
) -> int:
    """Count the words from `place` on that equal an example's from `word` on.

    The rule is Llama 2's.

    The n-gram itself is equal. A match ends with an equal word. One that the word before would begin, too, does not go
    on: the match from that word ends where this one would.
    """
    if search.skip_budget < 0:
        return search.size
    part = np.searchsorted(index.firsts, word, side="right") - 1
    begins_before = word > index.firsts[part] and place > 0
    if begins_before and equal_words(index.words, index.starts, word - 1, words, starts, place - 1, 1):
        return search.size
    left, matched, size = search.skip_budget, search.size, search.size
    limit = min(index.firsts[part + 1] - word, number - place)
    while size < limit:
        if equal_words(index.words, index.starts, word + size, words, starts, place + size, 1):
            matched = size + 1
        elif left == 0:
            break
        else:
            left -= 1
        size += 1
    return matched


def first_of_each(rows: Places) -> NDArray[np.int64]:
    """Return the longest, then first of the rows with the same words in one text.

    The result is in the order of `rows`.
    """
    order = np.lexsort((rows[:, START], -rows[:, WORDS], rows[:, NGRAM], rows[:, TEXT]))
    keys = rows[order][:, [TEXT, NGRAM]]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (np.diff(keys, axis=0) != 0).any(axis=1)
    return rows[np.sort(order[new])]

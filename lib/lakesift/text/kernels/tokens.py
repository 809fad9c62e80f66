"""Finds the tokens of texts once, for all families of signals.

Tokens are English words as spaCy 3.8's `blank("en")` splits them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.affixes import DOT
from lakesift.text.kernels.buffers import MAX_INT32, TextBuffers, buffers_of
from lakesift.text.kernels.bytes import BASE, ONE, Bytes, code_point, code_point_before
from lakesift.text.kernels.characters import BEFORE_DOT, INERT, LETTER, SPACE, SUFFIX, UPPER
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.english import English, english
from lakesift.text.kernels.phrases import has_phrase, join_phrases
from lakesift.text.kernels.splitting import AFFIXED_BIT, ALL_BITS, TOKEN, Found, lengths_of, put, put_pieces, split_word

TOKENS = "english tokens"
FIRST_OTHER = 0x80  # first byte or code point beyond ASCII


@dataclass(frozen=True)
class Tokens:
    """The tokens of n texts.

    Attributes:
        text: the texts' bytes, one after the other.
        offsets: int64[n + 1], where each text begins and ends in `text`.
        firsts: int64[n + 1]; the tokens of text i are those from `firsts[i]` to `firsts[i + 1]`.
        found: the tokens, array of `TOKEN` of at least `firsts[n]`.
    """

    text: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    firsts: NDArray[np.int64]
    found: NDArray[np.void]


def tokens_of(buffers: TextBuffers) -> Tokens:
    """Return the English tokens of texts, found once and cached with the buffers.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """

    def find(text: Bytes, offsets: NDArray[np.int64], found: Found) -> NDArray[np.int64]:
        return find_all(text, offsets, *english(split_words), found, True)

    return found_once(buffers, TOKENS, find)


def found_once(
    buffers: TextBuffers, definition: str, find: Callable[[Bytes, NDArray[np.int64], Found], NDArray[np.int64]]
) -> Tokens:
    """Return tokens by some definition, found once and cached with the buffers.

    Args:
        buffers: n texts.
        definition: name of these tokens in `buffers.derived`.
        find: writes the tokens of `text[offsets[i]:offsets[i + 1]]` for each text i, at most one per byte; gives
            `firsts`.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """
    kept: Tokens | None = buffers.derived.get(definition)
    if kept is not None:
        return kept
    begin, end = int(buffers.offsets[0]), int(buffers.offsets[-1])
    if end - begin > MAX_INT32:
        raise ValueError(f"{end - begin} bytes of text at once, at most {MAX_INT32} are read")
    text, offsets = buffers.data[begin:end], buffers.offsets - begin
    found = np.empty(end - begin, TOKEN)
    firsts = find(text, offsets, found.view(np.uint64))
    tokens = buffers.derived[definition] = Tokens(text, offsets, firsts, found)
    return tokens


def split_words(words: list[str], with_tables: English) -> list[list[str]]:
    """Return the tokens of each word with given tables, phrases not joined."""
    buffers = buffers_of(pa.array(words, pa.string()))
    found = np.empty(len(buffers.data), TOKEN)
    firsts = find_all(buffers.data, buffers.offsets, *with_tables, found.view(np.uint64), False)
    pieces = [buffers.data[token["start"] : token["stop"]].tobytes().decode() for token in found[: firsts[-1]]]
    return [pieces[first:last] for first, last in pairwise(firsts)]


@compiled
def find_all(
    text: Bytes,
    offsets: NDArray[np.int64],
    classes: NDArray[np.uint32],
    rules: NDArray[np.uint64],
    found: Found,
    joined: bool,
) -> NDArray[np.int64]:
    """Find the tokens of each text, phrases joined or not; return `Tokens.firsts`."""
    firsts = np.zeros(len(offsets), np.int64)
    text_at, classes_at = pointer_to(text), pointer_to(classes)
    rules_at, found_at = pointer_to(rules), pointer_to(found)
    for document in range(len(offsets) - 1):
        first = firsts[document]
        start, stop = offsets[document], offsets[document + 1]
        if joined:
            count = find_document(text_at, start, stop, classes_at, rules_at, found_at, first)
        else:
            count, _ = find_tokens(text_at, start, stop, classes_at, rules_at, found_at, first)
        firsts[document + 1] = count
    return firsts


@compiled
def find_document(
    text: Bytes, start: int, stop: int, classes: NDArray[np.uint32], rules: NDArray[np.uint64], found: Found, first: int
) -> int:
    """Write the tokens of `text[start:stop]`, and return the new number of tokens.

    They are numbered from `first` on, with phrases joined.
    """
    count, is_joined = find_tokens(text, start, stop, classes, rules, found, first)
    return join_phrases(text, first, count, classes, rules, found) if is_joined else count


@compiled
def find_tokens(
    text: Bytes, start: int, stop: int, classes: NDArray[np.uint32], rules: NDArray[np.uint64], found: Found, count: int
) -> tuple[int, bool]:
    """Write the tokens of `text[start:stop]` from number `count` on.

    Returns the new number of tokens, and whether some of a word's tokens may have to be joined (phrases.py).
    """
    at, is_joined = start, False
    while at < stop:
        word = at
        at, size, total, weight, some, every = inert_run(text, word, stop, classes)
        if at == stop:
            count = put_word(text, word, at, total, size, some, every, classes, rules, found, count)
            break
        point, width = code_point(text, at, stop)
        kind = classes[point]
        after = at + width
        if kind & SPACE:
            if at > word:
                count = put_word(text, word, at, total, size, some, every, classes, rules, found, count)
            at = after
            continue
        is_last = after == stop or classes[code_point(text, after, stop)[0]] & SPACE
        is_simple = is_last and at > word and (point == DOT or kind & SUFFIX) and point < FIRST_OTHER
        total += (np.uint64(point) + ONE) * weight
        if not is_simple or lengths_of(total, rules):
            after = word_end(text, after, stop, classes)
            first = count
            count = split_word(text, word, after, classes, rules, found, count)
            is_joined = is_joined or has_phrase(text, first, count, rules, found)
        elif kind & SUFFIX or dot_comes_off(text, word, at, classes):
            first = count
            total -= (np.uint64(point) + ONE) * weight
            count = put_word(text, word, at, total, size, some, every, classes, rules, found, count)
            count = put(found, count, at, after, np.uint64(point) + ONE, 1, kind & LETTER | AFFIXED_BIT, kind)
            # Pieces of an exception may make a phrase with the mark: "im." is "i" and "m.".
            is_joined = is_joined or (count - first > 2 and has_phrase(text, first, count, rules, found))
        else:
            count = put(found, count, word, after, total, size + 1, some | AFFIXED_BIT, every & kind)
        at = after
    return count, is_joined


@compiled
def inert_run(
    text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]
) -> tuple[int, int, np.uint64, np.uint64, np.uint32, np.uint32]:
    """Measure the run of inert characters from `start` on.

    Returns its end, the number of characters, their hash, the weight of the next byte in it, LETTER if one of them is a
    letter, and the bits that all of them have.
    """
    total, weight = np.uint64(0), ONE
    some, every = np.uint32(0), ALL_BITS
    at, continuing = start, 0
    while True:
        while at < stop and text[at] < FIRST_OTHER and classes[text[at]] & INERT:
            some |= classes[text[at]]
            every &= classes[text[at]]
            total += (np.uint64(text[at]) + ONE) * weight
            weight *= BASE
            at += 1
        if at == stop or text[at] < FIRST_OTHER:
            break
        point, width = code_point(text, at, stop)
        if not classes[point] & INERT:
            break
        some |= classes[point]
        every &= classes[point]
        continuing += width - 1
        for k in range(at, at + width):
            total += (np.uint64(text[k]) + ONE) * weight
            weight *= BASE
        at += width
    return at, at - start - continuing, total, weight, some & np.uint32(LETTER), every


@compiled
def word_end(text: Bytes, at: int, stop: int, classes: NDArray[np.uint32]) -> int:
    """Return the start of the next white space, from `at` on."""
    while at < stop:
        point, width = code_point(text, at, stop)
        if classes[point] & SPACE:
            break
        at += width
    return at


@compiled
def put_word(
    text: Bytes,
    start: int,
    stop: int,
    key: np.uint64,
    size: int,
    some: np.uint32,
    every: np.uint32,
    classes: NDArray[np.uint32],
    rules: NDArray[np.uint64],
    found: Found,
    count: int,
) -> int:
    """Write a run of inert characters.

    It is one token unless it is an exception such as "cannot".
    """
    lengths = lengths_of(key, rules)
    if lengths and lengths != stop - start:
        return put_pieces(text, start, lengths, classes, found, count)
    return put(found, count, start, stop, key, size, some, every)


@compiled
def dot_comes_off(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> bool:
    """Return whether a final dot after inert `text[start:stop]` is its own token."""
    last, width = code_point_before(text, stop, start)
    if classes[last] & BEFORE_DOT:
        return True
    if stop - width == start:
        return False
    second, _ = code_point_before(text, stop - width, start)
    return bool(classes[last] & UPPER) and bool(classes[second] & UPPER)

"""Finds the tokens of texts once, for all families of signals: English words as spaCy 3.8's `blank("en")` splits them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.affixes import DOT
from lakesift.text.buffers import LARGEST_INT32, TextBuffers, buffers_of
from lakesift.text.bytes import BASE, ONE, Bytes, code_point, code_point_before
from lakesift.text.characters import BEFORE_DOT, INERT, LETTER, SPACE, SUFFIX, UPPER
from lakesift.text.compiled import compiled
from lakesift.text.english import English, english
from lakesift.text.phrases import join_phrases
from lakesift.text.splitting import AFFIXED, ALL_BITS, Found, lengths_of, put, put_piece, put_pieces, split_word

FIRST_OTHER_BYTE = 0x80


@dataclass(frozen=True)
class Tokens:
    """The tokens of n texts.

    Attributes:
        text: the texts' bytes, one after the other.
        offsets: int64[n + 1], where each text begins and ends in `text`.
        firsts: int64[n + 1]; the tokens of text i are those from `firsts[i]` to `firsts[i + 1]`.
        found: the tokens, arrays of at least `firsts[n]` (see `Found`).
    """

    text: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    firsts: NDArray[np.int64]
    found: Found


def tokens_of(buffers: TextBuffers) -> Tokens:
    """The English tokens of texts.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """
    begin, end = int(buffers.offsets[0]), int(buffers.offsets[-1])
    if end - begin > LARGEST_INT32:
        raise ValueError(f"{end - begin} bytes of text at once, at most {LARGEST_INT32} are read")
    text, offsets = buffers.data[begin:end], buffers.offsets - begin
    found = room_for(end - begin)
    return Tokens(text, offsets, find_all(text, offsets, english(split_words), found), found)


def room_for(count: int) -> Found:
    """Arrays for `count` tokens (memory that is not written to costs nothing)."""
    types = (np.int32, np.int32, np.uint64, np.int32, np.uint8)
    return Found(*(np.empty(count, kind) for kind in types))


def split_words(words: list[str], with_tables: English) -> list[list[str]]:
    """The tokens of each word with given tables, phrases not joined."""
    buffers = buffers_of(pa.array(words, pa.string()))
    split = []
    for start, stop in zip(buffers.offsets[:-1], buffers.offsets[1:], strict=True):
        found = room_for(int(stop - start))
        text = buffers.data[start:stop]
        count = find_tokens(text, 0, len(text), with_tables, found, 0)
        ends = zip(found.starts[:count], found.stops[:count], strict=True)
        split.append([text[first:last].tobytes().decode() for first, last in ends])
    return split


@compiled
def find_all(text: Bytes, offsets: NDArray[np.int64], tables: English, found: Found) -> NDArray[np.int64]:
    """Find the tokens of each text; gives `Tokens.firsts`."""
    firsts = np.zeros(len(offsets), np.int64)
    count = 0
    for document in range(len(offsets) - 1):
        count = find_tokens(text, offsets[document], offsets[document + 1], tables, found, count)
        count = join_phrases(text, firsts[document], count, tables, found)
        firsts[document + 1] = count
    return firsts


@compiled
def find_tokens(text: Bytes, start: int, stop: int, tables: English, found: Found, count: int) -> int:
    """Write the tokens of `text[start:stop]` from number `count` on and give the new number of tokens."""
    classes = tables.classes
    at = start
    while at < stop:
        point, width = code_point(text, at, stop)
        kind = classes[point]
        if kind & SPACE:
            at += width
            continue
        word, size = at, 0
        total, weight = np.uint64(0), ONE
        some, every = np.uint32(0), ALL_BITS
        while kind & INERT:
            for k in range(at, at + width):
                total += (np.uint64(text[k]) + ONE) * weight
                weight *= BASE
            some |= kind
            every &= kind
            at += width
            size += 1
            if at == stop:
                break
            point, width = code_point(text, at, stop)
            kind = classes[point]
        some &= LETTER
        if at == stop or kind & SPACE:
            count = put_word(text, word, at, total, size, some, every, tables, found, count)
            continue
        after = at + width
        is_last = after == stop or classes[code_point(text, after, stop)[0]] & SPACE
        is_simple = is_last and at > word and (point == DOT or kind & SUFFIX) and text[at] < FIRST_OTHER_BYTE
        if is_simple and lengths_of(total + (np.uint64(point) + ONE) * weight, tables) == 0:
            if kind & SUFFIX or dot_comes_off(text, word, at, classes):
                count = put_word(text, word, at, total, size, some, every, tables, found, count)
                word = at
            count = put_piece(text, word, after, classes, found, count)
        else:
            while after < stop:
                point, width = code_point(text, after, stop)
                if classes[point] & SPACE:
                    break
                after += width
            count = split_word(text, word, after, tables, found, count)
        at = after
    return count


@compiled
def put_word(
    text: Bytes,
    start: int,
    stop: int,
    key: np.uint64,
    size: int,
    some: np.uint32,
    every: np.uint32,
    tables: English,
    found: Found,
    count: int,
) -> int:
    """Write a run of inert characters: one token unless it is an exception such as "cannot"."""
    lengths = lengths_of(key, tables)
    if lengths and lengths != stop - start:
        return put_pieces(text, start, lengths, tables.classes, found, count)
    return put(found, count, start, stop, key, size, some, every)


@compiled
def dot_comes_off(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> bool:
    """Whether a final dot after the inert characters `text[start:stop]` is a token of its own."""
    last, width = code_point_before(text, stop, start)
    if classes[last] & BEFORE_DOT:
        return True
    if stop - width == start:
        return False
    second, _ = code_point_before(text, stop - width, start)
    return bool(classes[last] & UPPER) and bool(classes[second] & UPPER)

"""Words as RedPajama-v2 normalises them: without ASCII punctuation, lower case, canonically decomposed.

Source: RedPajama-Data 855a8e02, `app/src/utilities/text/normalization.py` normalize and `app/src/core/document.py`.
"""

from __future__ import annotations

import string
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lakesift.text.buffers import TextBuffers
from lakesift.text.bytes import Bytes, code_point, signed
from lakesift.text.characters import CODE_POINTS, SPACE, character_classes
from lakesift.text.compiled import compiled, pointer_to
from lakesift.text.tokens import Tokens
from lakesift.text.words.whitespace import whitespace_words

TEXT = "normalised text"
WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)
GROWTH = 3  # the most bytes that a byte of UTF-8 becomes
BLANK = ord(" ")
# How many bytes a code point becomes, or what else happens to it; the bits above say where these bytes are.
LENGTH_BITS, LENGTH_MASK = np.uint32(5), np.uint32(31)
KEPT, IS_SPACE, IN_CONTEXT = np.uint32(29), np.uint32(30), np.uint32(31)
SIGMA = 0x03A3  # a final one has another lower case
ORDER_SHIFT, ORDER_MASK = np.uint16(8), np.uint16(0xFF)


@dataclass(frozen=True)
class Mapping:
    """What normalisation makes of each code point.

    Attributes:
        places: uint32[0x110000], in the low LENGTH_BITS a number of bytes from an offset into `pieces`, which the other
            bits hold, or KEPT, IS_SPACE, IN_CONTEXT.
        pieces: the bytes.
        orders: uint16[0x110000], canonical combining class of the first and, above it, of the last code point made.
    """

    places: NDArray[np.uint32]
    pieces: NDArray[np.uint8]
    orders: NDArray[np.uint16]


@cache
def mapping() -> Mapping:
    """Made from Python's own tables, once per process."""
    places, orders = np.full(CODE_POINTS, KEPT), np.zeros(CODE_POINTS, np.uint16)
    pieces = bytearray()
    for point in range(CODE_POINTS):
        before = chr(point)
        if before in string.punctuation:
            places[point] = 0
            continue
        after = unicodedata.normalize("NFD", before.lower())
        if after != before:
            encoded = after.encode()
            places[point] = np.uint32(len(pieces)) << LENGTH_BITS | np.uint32(len(encoded))
            pieces += encoded
        orders[point] = unicodedata.combining(after[0]) | unicodedata.combining(after[-1]) << int(ORDER_SHIFT)
    places[(character_classes() & SPACE) > 0] = IS_SPACE
    places[SIGMA] = IN_CONTEXT
    return Mapping(places, np.frombuffer(bytes(pieces), np.uint8), orders)


def normalised_words(buffers: TextBuffers) -> Tokens:
    """The words of `normalised_text`; their places are those in that text.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """
    return whitespace_words(normalised_text(buffers))


def normalised_text(buffers: TextBuffers) -> TextBuffers:
    """n texts without ASCII punctuation, in lower case, white space as single blanks, in NFD; kept with the buffers."""
    kept: TextBuffers | None = buffers.derived.get(TEXT)
    if kept is not None:
        return kept
    begin, end = int(buffers.offsets[0]), int(buffers.offsets[-1])
    text, offsets = buffers.data[begin:end], buffers.offsets - begin
    tables = mapping()
    room, places = np.empty(GROWTH * len(text), np.uint8), np.zeros(len(offsets), np.int64)
    in_context = np.zeros(len(buffers), np.bool_)
    _normalise_all(text, offsets, tables.places, tables.pieces, tables.orders, room, places, in_context)
    normalised = TextBuffers(room[: places[-1]].copy(), places)
    if in_context.any():
        normalised = _with_context(text, offsets, normalised, in_context)
    buffers.derived[TEXT] = normalised
    return normalised


def _with_context(
    text: Bytes, offsets: NDArray[np.int64], normalised: TextBuffers, in_context: NDArray[np.bool_]
) -> TextBuffers:
    """`normalised` with those texts done again whose characters depend on their neighbours."""
    texts = [normalised.data[first:last].tobytes() for first, last in pairwise(normalised.offsets)]
    for document in np.flatnonzero(in_context):
        raw = text[offsets[document] : offsets[document + 1]].tobytes().decode(errors="replace")
        lower = raw.translate(WITHOUT_PUNCTUATION).lower()
        texts[document] = unicodedata.normalize("NFD", " ".join(lower.split())).encode()
    places = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    return TextBuffers(np.frombuffer(b"".join(texts), np.uint8), places)


@compiled
def _normalise_all(
    text: Bytes,
    offsets: NDArray[np.int64],
    places: NDArray[np.uint32],
    pieces: Bytes,
    orders: NDArray[np.uint16],
    room: Bytes,
    ends: NDArray[np.int64],
    in_context: NDArray[np.bool_],
) -> None:
    text_at, places_at, pieces_at = pointer_to(text), pointer_to(places), pointer_to(pieces)
    orders_at, room_at = pointer_to(orders), pointer_to(room)
    for document in range(len(offsets) - 1):
        start, stop = offsets[document], offsets[document + 1]
        to, hangs = normalise(text_at, start, stop, places_at, pieces_at, orders_at, room_at, ends[document])
        ends[document + 1], in_context[document] = to, hangs


@compiled
def normalise(
    text: Bytes,
    start: int,
    stop: int,
    places: NDArray[np.uint32],
    pieces: Bytes,
    orders: NDArray[np.uint16],
    room: Bytes,
    begin: int,
) -> tuple[int, bool]:
    """Write what becomes of `text[start:stop]` to `room` from `begin` on.

    Gives where it ends, and whether a character depends on its neighbours, so that what is written is not right.
    """
    at, to = start, begin
    is_apart, hangs, order = False, False, np.uint16(0)
    while at < stop:
        point, width = code_point(text, at, stop)
        place = places[point]
        length = place & LENGTH_MASK
        at += width
        if length == 0:
            continue
        if length == IS_SPACE:
            is_apart, order = to > begin, np.uint16(0)
            continue
        if is_apart:
            room[to] = BLANK
            to += 1
            is_apart = False
        # Marks of a descending order change places in NFD.
        hangs |= length == IN_CONTEXT or order > orders[point] & ORDER_MASK > 0
        order = orders[point] >> ORDER_SHIFT
        if length < KEPT:
            first = signed(place >> LENGTH_BITS)
            for k in range(first, first + signed(length)):
                room[to] = pieces[k]
                to += 1
        else:
            for k in range(at - width, at):
                room[to] = text[k]
                to += 1
    return to, hangs

"""Words as RedPajama-v2 normalises them.

They are in lower case, without ASCII punctuation, and canonically decomposed.

Source: RedPajama-Data 855a8e02, `app/src/utilities/text/normalization.py` normalize and `app/src/core/document.py`.
"""

from __future__ import annotations

import string
import unicodedata
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes, code_point, signed
from lakesift.text.kernels.characters import CODE_POINTS, SPACE, character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.kept_tables import kept
from lakesift.text.kernels.tokens import Tokens
from lakesift.text.words.whitespace import whitespace_words

TEXT = "normalised text"
WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)
GROWTH = 3  # maximum bytes of the normalised form of one byte of UTF-8
BLANK = ord(" ")
# Number of bytes of a code point's normalised form, or another action; the bits above are the index of these bytes.
LENGTH_BITS, LENGTH_MASK = np.uint32(5), np.uint32(31)
KEPT, IS_SPACE = np.uint32(30), np.uint32(31)
SIGMA = 0x03A3  # its lower case differs at the end of a word
CLASSES = 256  # of marks
ORDER_SHIFT, ORDER_MASK = np.uint16(8), np.uint16(0xFF)


class Mapping(NamedTuple):
    """The normalised form of each code point.

    Attributes:
        actions: uint32[0x110000], in the low LENGTH_BITS a number of bytes from an offset into `pieces`, which the
            other bits hold, or KEPT or IS_SPACE.
        pieces: the bytes.
        orders: uint16[0x110000], canonical combining class of the first and, above it, of the last code point made.
    """

    actions: NDArray[np.uint32]
    pieces: NDArray[np.uint8]
    orders: NDArray[np.uint16]


@kept
def mapping() -> Mapping:
    """Build the mapping from Python's own tables."""
    actions, orders = np.full(CODE_POINTS, KEPT), np.zeros(CODE_POINTS, np.uint16)
    pieces = bytearray()
    for point in range(CODE_POINTS):
        before = chr(point)
        if before in string.punctuation:
            actions[point] = 0
            continue
        after = unicodedata.normalize("NFD", before.lower())
        if after != before:
            encoded = after.encode()
            actions[point] = np.uint32(len(pieces)) << LENGTH_BITS | np.uint32(len(encoded))
            pieces += encoded
        orders[point] = unicodedata.combining(after[0]) | unicodedata.combining(after[-1]) << int(ORDER_SHIFT)
    actions[(character_classes() & SPACE) > 0] = IS_SPACE
    return Mapping(actions, np.array(pieces, np.uint8), orders)


def normalised_words(buffers: TextBuffers) -> Tokens:
    """Return the words of `normalised_text`, with their positions in that text.

    Raises:
        ValueError: more than 2 GiB of text at once.
    """
    return whitespace_words(normalised_text(buffers))


def normalised_text(buffers: TextBuffers) -> TextBuffers:
    """Return n normalised texts, cached with the buffers.

    They are without ASCII punctuation, in lower case, with white space as single blanks, in NFD.
    """
    kept: TextBuffers | None = buffers.derived.get(TEXT)
    if kept is not None:
        return kept
    begin, end = int(buffers.offsets[0]), int(buffers.offsets[-1])
    text, offsets = buffers.data[begin:end], buffers.offsets - begin
    normalised, has_sigma = _normalise(text, offsets)
    if has_sigma.any():
        normalised = _with_sigmas(text, offsets, normalised, np.flatnonzero(has_sigma))
    buffers.derived[TEXT] = normalised
    return normalised


def _normalise(text: Bytes, offsets: NDArray[np.int64]) -> tuple[TextBuffers, NDArray[np.bool_]]:
    """Normalise each character on its own, and find the texts with a capital sigma.

    A capital sigma depends on its word.
    """
    tables = mapping()
    room, ends = np.empty(GROWTH * len(text), np.uint8), np.zeros(len(offsets), np.int64)
    has_sigma = np.zeros(len(offsets) - 1, np.bool_)
    _normalise_all(text, offsets, tables.actions, tables.pieces, tables.orders, room, ends, has_sigma)
    return TextBuffers(room[: ends[-1]].copy(), ends), has_sigma


def _with_sigmas(
    text: Bytes, offsets: NDArray[np.int64], normalised: TextBuffers, documents: NDArray[np.int64]
) -> TextBuffers:
    """Normalise texts with a capital sigma again, after Python's lower case."""
    lower = []
    for document in documents:
        raw = text[offsets[document] : offsets[document + 1]].tobytes().decode(errors="replace")
        lower.append(raw.translate(WITHOUT_PUNCTUATION).lower().encode())
    again, _ = _normalise(np.frombuffer(b"".join(lower), np.uint8), np.cumsum([0, *map(len, lower)], dtype=np.int64))
    texts = [normalised.data[first:last].tobytes() for first, last in pairwise(normalised.offsets)]
    for document, (first, last) in zip(documents, pairwise(again.offsets), strict=True):
        texts[document] = again.data[first:last].tobytes()
    return TextBuffers(np.frombuffer(b"".join(texts), np.uint8), np.cumsum([0, *map(len, texts)], dtype=np.int64))


@compiled
def _normalise_all(
    text: Bytes,
    offsets: NDArray[np.int64],
    actions: NDArray[np.uint32],
    pieces: Bytes,
    orders: NDArray[np.uint16],
    room: Bytes,
    ends: NDArray[np.int64],
    has_sigma: NDArray[np.bool_],
) -> None:
    text_at, actions_at, pieces_at = pointer_to(text), pointer_to(actions), pointer_to(pieces)
    orders_at, room_at = pointer_to(orders), pointer_to(room)
    room_of_order = np.empty(1 + CLASSES, np.int64)
    for document in range(len(offsets) - 1):
        start, stop, begin = offsets[document], offsets[document + 1], ends[document]
        to, is_ordered, has_sigma[document] = normalise(
            text_at, start, stop, actions_at, pieces_at, orders_at, room_at, begin
        )
        ends[document + 1] = to
        if not is_ordered:
            order_marks(room_at, begin, to, orders_at, room_of_order)


@compiled
def normalise(
    text: Bytes,
    start: int,
    stop: int,
    actions: NDArray[np.uint32],
    pieces: Bytes,
    orders: NDArray[np.uint16],
    room: Bytes,
    begin: int,
) -> tuple[int, bool, bool]:
    """Write the normalised characters of `text[start:stop]` to `room` from `begin` on.

    Returns the end, whether all marks are in canonical order, and whether there is a capital sigma.
    """
    at, to = start, begin
    is_apart, is_ordered, has_sigma, order = False, True, False, np.uint16(0)
    while at < stop:
        point, width = code_point(text, at, stop)
        place = actions[point]
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
        has_sigma |= point == SIGMA
        is_ordered &= not order > orders[point] & ORDER_MASK > 0
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
    return to, is_ordered, has_sigma


@compiled
def order_marks(text: Bytes, start: int, stop: int, orders: NDArray[np.uint16], room: NDArray[np.int64]) -> None:
    """Bring the marks of the decomposed `text[start:stop]` into canonical order.

    Marks between two characters that are none are sorted by their class; marks of one class keep their order.
    """
    at = start
    while at < stop:
        point, width = code_point(text, at, stop)
        order = orders[point] & ORDER_MASK
        begin, latest, is_ordered = at, np.uint16(0), True
        while order:
            is_ordered &= order >= latest
            latest = order
            at += width
            if at == stop:
                break
            point, width = code_point(text, at, stop)
            order = orders[point] & ORDER_MASK
        if not is_ordered:
            sort_marks(text, begin, at, orders, room)
        at += width


@compiled
def sort_marks(text: Bytes, start: int, stop: int, orders: NDArray[np.uint16], room: NDArray[np.int64]) -> None:
    """Sort a text of marks in linear time: a text may be one run of marks."""
    marks = np.empty(stop - start, np.uint8)
    marks_at = pointer_to(marks)
    room[:] = 0
    for at in range(start, stop):
        marks[at - start] = text[at]
    at = 0
    while at < len(marks):
        point, width = code_point(marks_at, at, len(marks))
        room[1 + (orders[point] & ORDER_MASK)] += width
        at += width
    for order in range(CLASSES):
        room[order + 1] += room[order]
    at = 0
    while at < len(marks):
        point, width = code_point(marks_at, at, len(marks))
        order = orders[point] & ORDER_MASK
        for k in range(at, at + width):
            text[start + room[order]] = marks[k]
            room[order] += 1
        at += width

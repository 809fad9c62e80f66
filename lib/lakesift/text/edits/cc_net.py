"""`cc_net_normalise@cc_net`: normalise text for cc_net's language models.

Source: facebookresearch/cc_net bda555b, `cc_net/text_normalizer.py` (normalize with its default settings) and
`mine.py`, which applies it to the whole text: white space off the ends, lower case, canonical decomposition without
nonspacing marks, every digit 0, some punctuation as ASCII, control characters away. Newlines are control characters:
lines are joined, and with them the words at their ends.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import chain
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.edits.edit import Edit
from lakesift.text.edits.pii import with_texts
from lakesift.text.edits.spans import counts_of
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes, code_point
from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.kept_tables import kept
from lakesift.text.kernels.segments import stripped_start, stripped_stop
from lakesift.text.kernels.simplified import CHANGEABLE, MAX_GROWTH, is_mark

COLUMNS: dict[str, pa.DataType] = {
    "lower_case": pa.int64(),
    "accents": pa.int64(),
    "digits": pa.int64(),
    "punctuation": pa.int64(),
    "non_printing": pa.int64(),
}
SAME, LOWER_CASE, ACCENT, DIGIT, PUNCTUATION, NON_PRINTING = range(6)
# The normalised form depends on the neighbours.
UNSURE = 8
LENGTH_BITS = 4
LENGTH_MASK = (1 << LENGTH_BITS) - 1
FIRST_OTHER = 0x80
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
CAPITAL_SIGMA = "Σ"
REPLACED = {
    **dict(zip("，。、∶：？！（）；～’´━–►〈〉【】％", ",.,::?!();~''---<>[]%", strict=True)),
    **dict.fromkeys("„”“«»１」「《》", '"'),
    "—": " - ",
    "．": ". ",
    "…": "...",
}


class NormalTable(NamedTuple):
    """The normalised form of each character.

    Attributes:
        kinds: uint8 per code point: SAME to NON_PRINTING, with UNSURE where its neighbours matter.
        indices: int32 per code point that is not SAME: the place of its bytes in `written` << 4 | how many.
        written: UTF-8 bytes, uint8.
    """

    kinds: NDArray[np.uint8]
    indices: NDArray[np.int32]
    written: Bytes


def normalise(buffers: TextBuffers) -> tuple[TextBuffers, pa.StructArray]:
    """Return the normalised texts, and count the changed characters by reason."""
    table = normal_table()
    counts = np.zeros((len(buffers), len(COLUMNS)), np.int64)
    room = MAX_GROWTH * int(buffers.offsets[-1] - buffers.offsets[0])
    data, offsets = np.empty(room, np.uint8), np.zeros(len(buffers) + 1, np.int64)
    is_unsure = np.zeros(len(buffers), np.bool_)
    is_changed = _normalise(buffers.data, buffers.offsets, table, character_classes(), data, offsets, counts, is_unsure)
    edited = TextBuffers(data[: offsets[-1]].copy(), offsets)
    exact = {}
    for text in np.flatnonzero(is_unsure).tolist():
        before = buffers.data[buffers.offsets[text] : buffers.offsets[text + 1]].tobytes()
        exact[text] = normalised(before.decode(errors="surrogateescape")).encode(errors="surrogateescape")
    if exact:
        return with_texts(edited, exact), counts_of(counts, COLUMNS)
    return (edited if is_changed else buffers), counts_of(counts, COLUMNS)


def normalised(text: str) -> str:
    """Return one normalised text, computed with Python's own functions."""
    parts = unicodedata.normalize("NFD", text.strip().lower())
    plain = (written_for(part) for part in parts if not is_mark(part))
    return "".join(plain)


def written_for(part: str) -> str:
    """Return the normalised form of one lower-case character without accent."""
    return "0" if part.isdecimal() else CONTROLS.sub("", REPLACED.get(part, part))


@kept
def normal_table() -> NormalTable:
    """Return the table for the running Python's Unicode version."""
    kinds, indices = np.zeros(CHANGEABLE[-1].stop, np.uint8), np.zeros(CHANGEABLE[-1].stop, np.int32)
    written = bytearray()
    for point in chain(*CHANGEABLE):
        character = chr(point)
        if 0xD800 <= point < 0xE000:
            continue
        lower = character.lower()
        base = "".join(part for part in unicodedata.normalize("NFD", lower) if not is_mark(part))
        normal = "".join(map(written_for, base))
        is_unsure = character == CAPITAL_SIGMA or (unicodedata.combining(character) and not is_mark(character))
        if normal == character:
            kinds[point] = UNSURE * bool(is_unsure)
            continue
        kind = LOWER_CASE if base == lower else ACCENT
        if character.isdecimal():
            kind = DIGIT
        elif character in REPLACED:
            kind = PUNCTUATION
        elif CONTROLS.match(character):
            kind = NON_PRINTING
        kinds[point] = kind | UNSURE * bool(is_unsure)
        piece = normal.encode()
        indices[point] = len(written) << LENGTH_BITS | len(piece)
        written += piece
    return NormalTable(kinds, indices, np.array(written, np.uint8))


@compiled
def _normalise(
    data: Bytes,
    offsets: NDArray[np.int64],
    table: NormalTable,
    classes: NDArray[np.uint32],
    to_data: Bytes,
    to_offsets: NDArray[np.int64],
    counts: NDArray[np.int64],
    is_unsure: NDArray[np.bool_],
) -> bool:
    text, to_text, classes_at = pointer_to(data), pointer_to(to_data), pointer_to(classes)
    kinds, indices, written = pointer_to(table[0]), pointer_to(table[1]), pointer_to(table[2])
    limit = len(table[0])
    tally = np.zeros(2 * UNSURE, np.int64)
    tally_at = pointer_to(tally)
    to, is_changed = 0, False
    for document in range(len(counts)):
        tally[:] = 0
        at = stripped_start(text, offsets[document], offsets[document + 1], classes_at)
        stop = stripped_stop(text, at, offsets[document + 1], classes_at)
        is_changed |= stop - at < offsets[document + 1] - offsets[document]
        while at < stop:
            point, size = code_point(text, at, stop)
            kind = kinds[point] if point < limit else SAME
            tally_at[kind] += 1
            if kind & (UNSURE - 1) == SAME:
                for k in range(at, at + size):
                    to_text[to] = text[k]
                    to += 1
            else:
                place = indices[point]
                first = place >> LENGTH_BITS
                for k in range(first, first + (place & LENGTH_MASK)):
                    to_text[to] = written[k]
                    to += 1
            at += size
        to_offsets[document + 1] = to
        for kind in range(LOWER_CASE, NON_PRINTING + 1):
            counts[document, kind - 1] = tally[kind] + tally[kind | UNSURE]
            is_changed |= counts[document, kind - 1] > 0
        for kind in range(UNSURE, 2 * UNSURE):
            is_unsure[document] |= tally[kind] > 0
    return is_changed


CC_NET_NORMALISE = Edit("cc_net_normalise@cc_net", COLUMNS, normalise)

"""`repeated_lines@lakesift`: keep the first of equal lines in a document.

Lines are those between newlines; lines are equal if their bytes are, apart from the white space around them. Blank
lines stay. Other systems define equality differently: mlfoundations/dclm 361714b, `modifiers.py` (within_page_dedup),
folds case.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.edits.edit import Edit
from lakesift.text.edits.spans import FIRST_ROOM, Spans, counts_of, exchanged, with_span
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes, signed
from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.segments import HALF, segment_hash, stripped_start, stripped_stop

NEWLINE = ord("\n")
START, STOP, KEY = 0, 1, 2


def remove_repeated_lines(buffers: TextBuffers) -> tuple[TextBuffers, pa.StructArray]:
    """Remove the second and later copies of a line, and count them per text.

    A line is removed with the newline after it; the last line with the newline before it.
    """
    counts = np.zeros((len(buffers), 1), np.int64)
    spans = repeated_lines(buffers.data, buffers.offsets, character_classes(), counts)
    return exchanged(buffers, spans), counts_of(counts, COLUMNS)


@compiled
def repeated_lines(
    data: Bytes, offsets: NDArray[np.int64], classes: NDArray[np.uint32], counts: NDArray[np.int64]
) -> Spans:
    """Find the spans of the lines that equal an earlier line of their text."""
    spans, count = np.empty((FIRST_ROOM, 2), np.int64), 0
    text_at, classes_at = pointer_to(data), pointer_to(classes)
    # An open-addressing table that each text begins anew: only entries with the text's number count.
    table, owners = np.empty((64, 3), np.int64), np.full(64, -1, np.int64)
    for text in range(len(offsets) - 1):
        at, stop, lines = offsets[text], offsets[text + 1], 0
        kept = at
        while at < stop:
            end = at
            while end < stop and text_at[end] != NEWLINE:
                end += 1
            start = stripped_start(text_at, at, end, classes_at)
            is_repeated = False
            if start < end:
                if 2 * (lines + 1) > len(table):
                    table, owners = larger_table(table, owners, text)
                size = stripped_stop(text_at, start, end, classes_at) - start
                slot, is_repeated = slot_of_line(text_at, start, start + size, table, owners, text)
                if not is_repeated:
                    table[slot, START], table[slot, STOP] = start, start + size
                    table[slot, KEY], owners[slot] = signed(segment_hash(text_at, start, start + size)), text
                    lines += 1
            if is_repeated:
                spans = with_span(spans, count, kept if end == stop else at, min(end + 1, stop))
                counts[text, 0] += 1
                if count > 0 and spans[count, 0] <= spans[count - 1, 1] and spans[count - 1, 0] >= offsets[text]:
                    spans[count - 1, 0] = min(spans[count - 1, 0], spans[count, 0])
                    spans[count - 1, 1] = spans[count, 1]
                else:
                    count += 1
            else:
                kept = end
            at = end + 1
    return spans[:count]


@compiled
def slot_of_line(
    text: Bytes, start: int, stop: int, table: NDArray[np.int64], owners: NDArray[np.int64], owner: int
) -> tuple[int, bool]:
    """Return the slot of `text[start:stop]`, and whether the line is there already.

    A line that is absent gets the free slot that it may take.
    """
    key = signed(segment_hash(text, start, stop))
    slot = signed(np.uint64(key) >> HALF) & (len(table) - 1)
    while owners[slot] == owner:
        first = table[slot, START]
        if table[slot, KEY] == key and table[slot, STOP] - first == stop - start:
            k = 0
            while k < stop - start and text[first + k] == text[start + k]:
                k += 1
            if k == stop - start:
                return slot, True
        slot = (slot + 1) & (len(table) - 1)
    return slot, False


@compiled
def larger_table(
    table: NDArray[np.int64], owners: NDArray[np.int64], owner: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a table of twice the size with the entries of one text."""
    larger, larger_owners = np.empty((2 * len(table), 3), np.int64), np.full(2 * len(table), -1, np.int64)
    for line in range(len(table)):
        if owners[line] == owner:
            slot = signed(np.uint64(table[line, KEY]) >> HALF) & (len(larger) - 1)
            while larger_owners[slot] == owner:
                slot = (slot + 1) & (len(larger) - 1)
            larger[slot], larger_owners[slot] = table[line], owner
    return larger, larger_owners


COLUMNS: dict[str, pa.DataType] = {"lines": pa.int64()}
REPEATED_LINES = Edit("repeated_lines@lakesift", COLUMNS, remove_repeated_lines)

"""Kernels for copied lines and paragraphs, counted with their first copy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, characters_in, signed
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.ngrams import slots_for
from lakesift.text.kernels.segments import HALF, Segments, segment_end, segment_hash, stripped_start, stripped_stop


@compiled
def segments_between(
    text: Bytes,
    start: int,
    stop: int,
    newlines: int,
    blank: bool,
    stripped: bool,
    classes: NDArray[np.uint32],
    room: Segments,
) -> tuple[int, Segments]:
    """Find the segments of `text[start:stop]` as `str.split("\\n" * newlines)` does.

    Args:
        text: the text's bytes.
        start: where the text begins.
        stop: where it ends.
        newlines: number of newlines that separate two segments.
        blank: whether segments of white space alone, or of nothing, are segments.
        stripped: whether white space at the ends of a segment is left out.
        classes: `character_classes`.
        room: for the rows, hash and code points of each segment.

    Returns:
        Number of segments, and the rows, which are in `room` or in a larger array that replaces it.
    """
    count, at = 0, start
    while at <= stop:
        first, after, size = segment_end(text, at, stop, newlines, newlines)
        begin, end, at = at, first, after
        if stripped or not blank:
            first = stripped_start(text, begin, end, classes)
            if first == end and not blank:
                continue
        if stripped:
            begin, end = first, stripped_stop(text, first, end, classes)
            size = characters_in(text, begin, end)
        if count == len(room):
            larger = np.empty((2 * len(room), 2), np.uint64)
            larger[:count] = room
            room = larger
        room[count, 0], room[count, 1] = segment_hash(text, begin, end), size
        count += 1
    return count, room


@compiled
def copies_among(segments: Segments, count: int) -> tuple[int, int, int, int, int]:
    """Count the copied, the different and all segments, with their code points.

    Returns the segments that equal another one and their code points, the different segments and theirs, and the code
    points of all.
    """
    copies, copied, different, size, total = 0, 0, 0, 0, 0
    slots = slots_for(count)
    table, alone = np.zeros(slots, np.int32), np.ones(count, np.bool_)
    for segment in range(count):
        key, own = segments[segment, 0], signed(segments[segment, 1])
        total += own
        slot = signed(key >> HALF) & (slots - 1)
        while table[slot] != 0 and segments[table[slot] - 1, 0] != key:
            slot = (slot + 1) & (slots - 1)
        if table[slot] == 0:
            table[slot] = segment + 1
            different += 1
            size += own
            continue
        copies += 1
        copied += own
        if alone[table[slot] - 1]:
            alone[table[slot] - 1] = False
            copies += 1
            copied += own
    return copies, copied, different, size, total

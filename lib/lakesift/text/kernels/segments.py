"""Kernels for lines and paragraphs: their places, hashes and repeats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import Bytes, code_point, code_point_before, signed
from lakesift.text.kernels.characters import SPACE
from lakesift.text.kernels.compiled import compiled

NEWLINE = ord("\n")
FACTOR = np.uint64(0xFF51AFD7ED558CCD)
HALF = np.uint64(32)
STEP = 8  # bytes

# One row of uint64 per segment (line or paragraph): hash, code points.
Segments = NDArray[np.uint64]


@compiled
def stripped_start(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> int:
    """Return the start of `text[start:stop]` without leading white space, else `stop`."""
    while start < stop:
        point, size = code_point(text, start, stop)
        if not classes[point] & SPACE:
            break
        start += size
    return start


@compiled
def stripped_stop(text: Bytes, start: int, stop: int, classes: NDArray[np.uint32]) -> int:
    """Return the end of `text[start:stop]` without trailing white space, else `start`."""
    while stop > start:
        point, size = code_point_before(text, stop, start)
        if not classes[point] & SPACE:
            break
        stop -= size
    return stop


@compiled
def segment_hash(text: Bytes, start: int, stop: int) -> np.uint64:
    """Return the hash of `text[start:stop]`, computed eight bytes at a time."""
    value = np.uint64(stop - start) * FACTOR
    at = start
    while at + STEP <= stop:
        word = np.uint64(text[at])
        for k in range(1, STEP):
            word |= np.uint64(text[at + k]) << np.uint64(8 * k)
        value = (value ^ word) * FACTOR
        value ^= value >> HALF
        at += STEP
    word = np.uint64(0)
    for k in range(stop - at):
        word |= np.uint64(text[at + k]) << np.uint64(8 * k)
    value = (value ^ word) * FACTOR
    return value ^ value >> HALF


@compiled
def segment_end(text: Bytes, start: int, stop: int, min_newlines: int, max_newlines: int) -> tuple[int, int, int]:
    """Return the end of the segment from `start`, the next start, and its code points.

    The next start is `stop + 1` if no segment follows. Runs of at least `min_newlines` newlines separate segments;
    one separator has at most `max_newlines` of them.
    """
    at, size = start, 0
    while at < stop:
        if text[at] != NEWLINE:
            size += (text[at] & 0xC0) != 0x80
            at += 1
            continue
        after = at + 1
        while after < stop and text[after] == NEWLINE and after - at < max_newlines:
            after += 1
        if after - at >= min_newlines:
            return at, after, size
        size += after - at
        at = after
    return stop, stop + 1, size


@compiled
def segments_in(text: Bytes, start: int, stop: int, newlines: int, room: Segments) -> tuple[int, Segments]:
    """Find the segments of `text[start:stop]` as `re.split` with `\\n{newlines,}` does.

    Empty segments at the ends are included. Returns their number and the rows, which are in `room` or in a larger array
    that replaces it.
    """
    count, at = 0, start
    while at <= stop:
        end, after, size = segment_end(text, at, stop, newlines, stop)
        if count == len(room):
            larger = np.empty((2 * len(room), 2), np.uint64)
            larger[:count] = room
            room = larger
        room[count, 0] = segment_hash(text, at, end)
        room[count, 1] = size
        count += 1
        at = after
    return count, room


@compiled
def repeats_among(segments: Segments, count: int) -> tuple[int, int]:
    """Count the segments that equal an earlier one, and their code points."""
    if count < 2:
        return 0, 0
    slots = 4
    while slots < 2 * count:
        slots *= 2
    table = np.zeros(slots, np.int32)
    repeats, size = 0, 0
    for segment in range(count):
        key = segments[segment, 0]
        slot = signed(key >> HALF) & (slots - 1)
        while table[slot] != 0 and segments[table[slot] - 1, 0] != key:
            slot = (slot + 1) & (slots - 1)
        if table[slot] == 0:
            table[slot] = segment + 1
        else:
            repeats += 1
            size += signed(segments[segment, 1])
    return repeats, size

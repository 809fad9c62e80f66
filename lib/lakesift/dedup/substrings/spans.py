"""From runs of windows that go to the bytes that are cut."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lakesift.dedup.substrings.sequences import Sequences, character_start, character_stop
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.compiled import compiled

FIRST_SOLID = 0x21
NOTHING_LEFT = "nothing_left"
REASONS = (NOTHING_LEFT,)
"""Why a document is dropped: of its text only ASCII white space and control characters are left."""


def spans_of(
    buffers: TextBuffers, sequences: Sequences, texts: NDArray[np.int64], runs: NDArray[np.int64], length: int
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Compute the spans of n texts.

    A span goes from the first unit of a window to the last of the last window that touches it or overlaps it. A span of
    bytes that begins or ends inside a character is shortened to the characters that lie in it as a whole.

    Args:
        buffers: n texts.
        sequences: their units.
        texts: int64 per run, its text.
        runs: int64[m, 2], first window and number of windows; sorted by text and first window.
        length: L, units in a window.

    Returns:
        spans int32[..., 2], first byte and the one after the last; int64[n + 1], where those of each text begin;
        int64[n], bytes in them; whether of a text with spans nothing is left.
    """
    spans, firsts = np.empty((len(runs), 2), np.int32), np.zeros(len(buffers) + 1, np.int64)
    removed, is_nothing_left = np.zeros(len(buffers), np.int64), np.zeros(len(buffers), np.bool_)
    fill_spans(
        buffers.data,
        buffers.offsets,
        sequences.offsets,
        sequences.starts,
        sequences.ends,
        texts,
        runs,
        length,
        spans,
        firsts,
        removed,
        is_nothing_left,
    )
    return spans[: firsts[-1]], firsts, removed, is_nothing_left


@compiled
def fill_spans(
    data: Bytes,
    offsets: NDArray[np.int64],
    unit_offsets: NDArray[np.int64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    texts: NDArray[np.int64],
    runs: NDArray[np.int64],
    length: int,
    spans: NDArray[np.int32],
    firsts: NDArray[np.int64],
    removed: NDArray[np.int64],
    is_nothing_left: NDArray[np.bool_],
) -> None:
    """Fill the arrays that `spans_of` returns."""
    count, run = 0, 0
    for text in range(len(offsets) - 1):
        start, stop = offsets[text], offsets[text + 1]
        place, is_left = start, False
        while run < len(runs) and texts[run] == text:
            first, last = runs[run, 0], runs[run, 0] + runs[run, 1] + length - 1
            run += 1
            while run < len(runs) and texts[run] == text and runs[run, 0] <= last:
                last = max(last, runs[run, 0] + runs[run, 1] + length - 1)
                run += 1
            if len(starts):
                origin = unit_offsets[text]
                begin, end = start + starts[origin + first], start + ends[origin + last - 1]
            else:
                begin = character_start(data, start + first, start + last)
                end = character_stop(data, start + last, begin, stop)
            if begin < end:
                spans[count, 0], spans[count, 1] = begin - start, end - start
                removed[text] += end - begin
                is_left = is_left or has_solid(data, place, begin)
                place = end
                count += 1
        firsts[text + 1] = count
        is_nothing_left[text] = count > firsts[text] and not (is_left or has_solid(data, place, stop))


@compiled
def has_solid(data: Bytes, start: int, stop: int) -> bool:
    """Return whether a byte is no ASCII white space and no control character."""
    for at in range(start, stop):
        if data[at] >= FIRST_SOLID:
            return True
    return False

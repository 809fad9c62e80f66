"""Spans of text to remove or replace; most edits find spans and apply them here."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.compiled import compiled

# Start and stop of each span in the texts' data, int64[m, 2]; in order, none overlaps the next, none crosses a text's
# end.
Spans = NDArray[np.int64]
FIRST_ROOM = 256


def exchanged(buffers: TextBuffers, spans: Spans, pieces: TextBuffers | None = None) -> TextBuffers:
    """Return the texts with some spans removed or replaced.

    Args:
        buffers: n texts.
        spans: m spans.
        pieces: m texts that take the spans' places; nothing does where left out.

    Returns:
        The texts; the very same buffers, with all that is known of them, where there is no span.
    """
    if not len(spans):
        return buffers
    if pieces is None:
        pieces = TextBuffers(np.zeros(0, np.uint8), np.zeros(len(spans) + 1, np.int64))
    taken = int((spans[:, 1] - spans[:, 0]).sum())
    put = int(pieces.offsets[-1] - pieces.offsets[0])
    data = np.empty(int(buffers.offsets[-1] - buffers.offsets[0]) - taken + put, np.uint8)
    offsets = np.zeros(len(buffers) + 1, np.int64)
    _exchange(buffers.data, buffers.offsets, spans, pieces.data, pieces.offsets, data, offsets)
    return TextBuffers(data, offsets)


def counts_of(counts: NDArray[np.int64], columns: dict[str, pa.DataType]) -> pa.StructArray:
    """Return int64[n, k] as a struct array of n with the k columns, cast to type."""
    arrays = [
        pa.array(column).cast(kind)
        for column, kind in zip(np.ascontiguousarray(counts.T), columns.values(), strict=True)
    ]
    return pa.StructArray.from_arrays(arrays, names=list(columns))


@compiled
def with_span(spans: Spans, count: int, start: int, stop: int) -> Spans:
    """Write span number `count` into `spans`, or a larger array that replaces it."""
    if count == len(spans):
        larger = np.empty((2 * len(spans), 2), np.int64)
        larger[:count] = spans
        spans = larger
    spans[count, 0], spans[count, 1] = start, stop
    return spans


@compiled
def _exchange(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    spans: Spans,
    pieces: NDArray[np.uint8],
    piece_offsets: NDArray[np.int64],
    to_data: NDArray[np.uint8],
    to_offsets: NDArray[np.int64],
) -> None:
    to, span = 0, 0
    for text in range(len(offsets) - 1):
        at = offsets[text]
        while span < len(spans) and spans[span, 0] < offsets[text + 1]:
            size = spans[span, 0] - at
            to_data[to : to + size] = data[at : at + size]
            to += size
            size = piece_offsets[span + 1] - piece_offsets[span]
            to_data[to : to + size] = pieces[piece_offsets[span] : piece_offsets[span] + size]
            to += size
            at = spans[span, 1]
            span += 1
        size = offsets[text + 1] - at
        to_data[to : to + size] = data[at : at + size]
        to += size
        to_offsets[text + 1] = to

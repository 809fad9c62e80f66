"""`citations@c4` and `policy_lines@c4`: two of C4's line edits on their own.

Source: tensorflow/datasets, `text/c4_utils.py` (clean_page), the same list and pattern as in datatrove a649de79,
`src/datatrove/pipeline/filters/c4_filters.py`. Lines are those of `str.splitlines`; case is folded for ASCII.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.edits.edit import Edit
from lakesift.text.edits.lines import BRACKET, citation_size, scan_line
from lakesift.text.edits.mentions import POLICY
from lakesift.text.edits.spans import FIRST_ROOM, Spans, counts_of, exchanged, with_span
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.characters import character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to

CITATION_COLUMNS: dict[str, pa.DataType] = {"citations": pa.int64()}
POLICY_COLUMNS: dict[str, pa.DataType] = {"lines": pa.int64()}


def remove_citations(buffers: TextBuffers) -> tuple[TextBuffers, pa.StructArray]:
    """Remove `[1]`, `[]`, `[edit]` and `[citation needed]`, and count them per text."""
    counts = np.zeros((len(buffers), 1), np.int64)
    spans = citations(buffers.data, buffers.offsets, character_classes(), counts)
    return exchanged(buffers, spans), counts_of(counts, CITATION_COLUMNS)


def remove_policy_lines(buffers: TextBuffers) -> tuple[TextBuffers, pa.StructArray]:
    """Remove the lines that mention cookies or policies, and count them per text.

    A line is removed with its line end; the last line with the line end before it.
    """
    counts = np.zeros((len(buffers), 1), np.int64)
    spans = policy_lines(buffers.data, buffers.offsets, character_classes(), counts)
    return exchanged(buffers, spans), counts_of(counts, POLICY_COLUMNS)


@compiled
def citations(data: Bytes, offsets: NDArray[np.int64], classes: NDArray[np.uint32], counts: NDArray[np.int64]) -> Spans:
    """Find the spans of the citation marks."""
    spans, count = np.empty((FIRST_ROOM, 2), np.int64), 0
    text_at, classes_at = pointer_to(data), pointer_to(classes)
    for text in range(len(offsets) - 1):
        at, stop = offsets[text], offsets[text + 1]
        while at < stop:
            size = citation_size(text_at, at, stop, classes_at) if text_at[at] == BRACKET else 0
            if size:
                spans = with_span(spans, count, at, at + size)
                count += 1
                counts[text, 0] += 1
            at += max(size, 1)
    return spans[:count]


@compiled
def policy_lines(
    data: Bytes, offsets: NDArray[np.int64], classes: NDArray[np.uint32], counts: NDArray[np.int64]
) -> Spans:
    """Find the spans of the lines that mention a policy."""
    spans, count = np.empty((FIRST_ROOM, 2), np.int64), 0
    text_at, classes_at = pointer_to(data), pointer_to(classes)
    for text in range(len(offsets) - 1):
        at, stop = offsets[text], offsets[text + 1]
        kept = at  # where the last kept line ends, without its line end
        while at < stop:
            end, after, mentioned, _ = scan_line(text_at, at, stop, classes_at)
            if mentioned & POLICY:
                counts[text, 0] += 1
                is_next = count > 0 and spans[count - 1, 1] == at and spans[count - 1, 0] >= offsets[text]
                start = spans[count - 1, 0] if is_next else at
                count -= is_next
                start = min(start, kept) if end == stop else start
                spans = with_span(spans, count, start, after)
                count += 1
            else:
                kept = end
            at = after
    return spans[:count]


CITATIONS = Edit("citations@c4", CITATION_COLUMNS, remove_citations)
POLICY_LINES = Edit("policy_lines@c4", POLICY_COLUMNS, remove_policy_lines)

"""`collapse_newlines@dclm`: never more than two newlines in a row.

Source: mlfoundations/dclm 361714b, `baselines/mappers/modifiers.py` (newline_removal_modifier), with the limit of
`baselines_configs/dclm_baseline_refinedweb.yaml`. White space between newlines keeps them apart.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.buffers import TextBuffers
from lakesift.text.bytes import Bytes
from lakesift.text.compiled import compiled
from lakesift.text.edits.edit import Edit
from lakesift.text.edits.spans import FIRST_ROOM, Spans, counts_of, exchanged, with_span

NEWLINE = ord("\n")
MOST_IN_A_ROW = 2  # `max_consecutive` in the source


def collapse_newlines(buffers: TextBuffers) -> tuple[TextBuffers, pa.StructArray]:
    """The texts with runs of newlines cut to two, and how many newlines went from each."""
    counts = np.zeros((len(buffers), len(COLUMNS)), np.int64)
    return exchanged(buffers, surplus_newlines(buffers.data, buffers.offsets, counts)), counts_of(counts, COLUMNS)


@compiled
def surplus_newlines(data: Bytes, offsets: NDArray[np.int64], counts: NDArray[np.int64]) -> Spans:
    """Spans of the newlines after the second of each run."""
    spans, count = np.empty((FIRST_ROOM, 2), np.int64), 0
    for text in range(len(offsets) - 1):
        at, stop = offsets[text], offsets[text + 1]
        while at < stop:
            if data[at] != NEWLINE:
                at += 1
                continue
            end = at + 1
            while end < stop and data[end] == NEWLINE:
                end += 1
            if end - at > MOST_IN_A_ROW:
                spans = with_span(spans, count, at + MOST_IN_A_ROW, end)
                count += 1
                counts[text, 0] += end - at - MOST_IN_A_ROW
            at = end
    return spans[:count]


COLUMNS: dict[str, pa.DataType] = {"newlines": pa.int64()}
COLLAPSE_NEWLINES = Edit("collapse_newlines@dclm", COLUMNS, collapse_newlines)

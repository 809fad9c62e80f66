"""`collapse_newlines@dclm` and `blank_lines@cc_net`: limit runs of newlines.

The first allows two newlines in a row, the second one.

Source: mlfoundations/dclm 361714b, `baselines/mappers/modifiers.py` (newline_removal_modifier), with the limit of
`baselines_configs/dclm_baseline_refinedweb.yaml`. White space between newlines keeps them apart. The second gives text
the form of cc_net's, which Dolma was made of: one paragraph a line, no line empty (facebookresearch/cc_net bda555b).
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.edits.edit import Edit
from lakesift.text.edits.spans import FIRST_ROOM, Spans, counts_of, exchanged, with_span
from lakesift.text.kernels.buffers import TextBuffers
from lakesift.text.kernels.bytes import Bytes
from lakesift.text.kernels.compiled import compiled

NEWLINE = ord("\n")
MAX_IN_A_ROW = 2  # `max_consecutive` in DCLM's file


def collapse_newlines(buffers: TextBuffers, max_run: int) -> tuple[TextBuffers, pa.StructArray]:
    """Cut runs of newlines to a maximum length, and count the removed ones per text."""
    counts = np.zeros((len(buffers), len(COLUMNS)), np.int64)
    spans = surplus_newlines(buffers.data, buffers.offsets, max_run, counts)
    return exchanged(buffers, spans), counts_of(counts, COLUMNS)


@compiled
def surplus_newlines(data: Bytes, offsets: NDArray[np.int64], max_run: int, counts: NDArray[np.int64]) -> Spans:
    """Find the spans of the newlines after the first `max_run` of each run."""
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
            if end - at > max_run:
                spans = with_span(spans, count, at + max_run, end)
                count += 1
                counts[text, 0] += end - at - max_run
            at = end
    return spans[:count]


COLUMNS: dict[str, pa.DataType] = {"newlines": pa.int64()}
COLLAPSE_NEWLINES = Edit("collapse_newlines@dclm", COLUMNS, partial(collapse_newlines, max_run=MAX_IN_A_ROW))
BLANK_LINES = Edit("blank_lines@cc_net", COLUMNS, partial(collapse_newlines, max_run=1))

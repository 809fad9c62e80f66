"""FineWeb's own signals as datatrove defines them.

Source: datatrove a649de79, `src/datatrove/pipeline/filters/fineweb_quality_filter.py`, after section 3.6 of FineWeb
(arXiv 2406.17557). Lines are those between newlines that are not blank; lengths are in code points.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import code_point_before
from lakesift.text.kernels.characters import TERMINAL, character_classes
from lakesift.text.kernels.compiled import compiled, pointer_to
from lakesift.text.kernels.segments import repeats_among, segment_end, segment_hash, stripped_start
from lakesift.text.kernels.tokens import tokens_of
from lakesift.text.signals.family import Batch, Family

SHORT_LINE = 30  # code points, `short_line_length` in the source


def measure(batch: Batch) -> NDArray[np.float64]:
    """Return one row per text, the columns of `FINEWEB_QUALITY`.

    A text with only blank lines has zeros.
    """
    tokens = tokens_of(batch.texts)
    values = np.zeros((len(tokens.firsts) - 1, len(FINEWEB_QUALITY.columns)))
    measure_tokens(tokens.text, tokens.offsets, tokens.firsts, character_classes(), values)
    return values


@compiled
def measure_tokens(
    text: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    firsts: NDArray[np.int64],
    classes: NDArray[np.uint32],
    values: NDArray[np.float64],
) -> None:
    """Fill the columns of `FINEWEB_QUALITY`; `values` is zeros.

    The number of tokens per text is read from `firsts`.
    """
    text_at, classes_at = pointer_to(text), pointer_to(classes)
    rows = np.empty((1024, 2), np.uint64)
    for document in range(len(values)):
        stop, words = offsets[document + 1], firsts[document + 1] - firsts[document]
        at = offsets[document]
        newlines, lines, terminal, short, characters = -1, 0, 0, 0, 0
        while at <= stop:
            end, after, size = segment_end(text_at, at, stop, 1, 1)
            newlines += 1
            characters += size
            if stripped_start(text_at, at, end, classes_at) < end:
                if lines == len(rows):
                    larger = np.empty((2 * lines, 2), np.uint64)
                    larger[:lines] = rows
                    rows = larger
                rows[lines, 0], rows[lines, 1] = segment_hash(text_at, at, end), size
                lines += 1
                short += size <= SHORT_LINE
                point, _ = code_point_before(text_at, end, at)
                terminal += classes_at[point] & TERMINAL != 0
            at = after
        _, repeated = repeats_among(rows, lines)
        if lines:
            row = values[document]
            row[0], row[1], row[2] = lines, terminal / lines, short / lines
            row[3], row[4] = repeated / max(1, characters), newlines / max(1, words)


FINEWEB_QUALITY = Family(
    "fineweb_quality@datatrove",
    {
        "lines": pa.int64(),
        "line_punct_ratio": pa.float64(),
        "short_line_ratio": pa.float64(),
        "char_dup_ratio": pa.float64(),
        "list_ratio": pa.float64(),
    },
    measure,
)

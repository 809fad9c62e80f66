"""Rows of the tables of cuts.

The columns are doc_id, spans of bytes with their replacements, bytes removed, and the reason to drop a document.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

SPANS = pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32()), ("put", pa.string())]))
CUTS = pa.schema([("doc_id", pa.string()), ("spans", SPANS), ("removed", pa.int64()), ("reason", pa.string())])
CUTS_SQL = "doc_id STRING, spans ARRAY<STRUCT<start: INT, end: INT, put: STRING>>, removed BIGINT, reason STRING"


def cut_rows(
    doc_ids: pa.StringArray,
    spans: NDArray[np.int32],
    firsts: NDArray[np.int64],
    removed: NDArray[np.int64],
    reasons: pa.StringArray,
) -> pa.RecordBatch:
    """Return the rows of the documents that have spans.

    Spans have no replacement.

    Args:
        doc_ids: of n documents.
        spans: int32[m, 2], first byte and the one after the last, document by document.
        firsts: int64[n + 1]; the spans of document i are those from `firsts[i]` to `firsts[i + 1]`.
        removed: int64[n], bytes in them.
        reasons: of n documents; null for one that stays.
    """
    rows = np.flatnonzero(np.diff(firsts) > 0)
    bounds = pa.array(np.append(firsts[rows], len(spans)).astype(np.int32))
    put = pa.array([""], pa.string()).take(pa.array(np.zeros(len(spans), np.int32)))
    values = pa.StructArray.from_arrays([spans[:, 0], spans[:, 1], put], fields=list(SPANS.value_type))
    chosen = pa.array(rows)
    columns = [doc_ids.take(chosen), pa.ListArray.from_arrays(bounds, values), removed[rows], reasons.take(chosen)]
    return pa.RecordBatch.from_arrays(columns, schema=CUTS)

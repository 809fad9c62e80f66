"""Hashes that other documents have.

All documents' hashes of one part are read document by document in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.dedup.paragraphs.units import NOBODY, Integers, Keys
from lakesift.dedup.shared.packing import binary_array, values_of
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.kernels.bytes import signed
from lakesift.text.kernels.compiled import compiled
from lakesift.text.kernels.ngrams import HALF, slots_for

SEEN = pa.schema([("doc_id", pa.string()), ("entries", pa.binary()), ("seen", pa.binary())])


def seen_batches(batches: Iterable[pa.RecordBatch], everywhere: bool) -> Iterator[pa.RecordBatch]:
    """Yield the seen hashes of each document.

    Args:
        batches: doc_id, part, keys, units (see `units.Rows`), sorted by part and within it by the order of documents.
        everywhere: hashes that any other document has are seen; else those that one before has.

    Yields:
        doc_id, entries (passed on) and null, or null and seen: int32, the units of the hashes that were seen.
    """
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        parts = batch.column("part").to_numpy()
        bounds = [0, *(np.flatnonzero(np.diff(parts)) + 1).tolist(), len(parts)]
        for first, last in pairwise(bounds):
            if first == last:
                continue
            if waiting and waiting[0].column("part")[0].as_py() != parts[first]:
                yield from _seen(waiting, everywhere)
                waiting = []
            rows = batch.slice(first, last - first)
            if parts[first] < 0:
                nothing = pa.nulls(len(rows), pa.binary())
                yield pa.RecordBatch.from_arrays([rows.column("doc_id"), rows.column("keys"), nothing], schema=SEEN)
            else:
                waiting.append(rows)
    if waiting:
        yield from _seen(waiting, everywhere)


def _seen(batches: list[pa.RecordBatch], everywhere: bool) -> Iterator[pa.RecordBatch]:
    """Yield the seen hashes of one part, batch by batch.

    An array may be too small for the names of all documents.
    """
    keys = np.concatenate([values_of(batch.column("keys"), "<u8") for batch in batches])
    sizes = [np.diff(buffers_of(batch.column("keys")).offsets) // keys.itemsize for batch in batches]
    is_seen = seen_among(keys, np.append(0, np.cumsum(np.concatenate(sizes))), everywhere)
    first = 0
    for batch, own in zip(batches, sizes, strict=True):
        units = values_of(batch.column("units"), "<i4")
        chosen = is_seen[first : first + len(units)] & (units >= 0)
        first += len(units)
        counts = np.bincount(np.repeat(np.arange(len(own)), own)[chosen], minlength=len(own))
        rows = np.flatnonzero(counts)
        seen = binary_array(units[chosen], np.append(0, np.cumsum(counts[rows])))
        doc_ids = batch.column("doc_id").take(pa.array(rows))
        yield pa.RecordBatch.from_arrays([doc_ids, pa.nulls(len(rows), pa.binary()), seen], schema=SEEN)


@compiled
def seen_among(keys: Keys, firsts: Integers, everywhere: bool) -> NDArray[np.bool_]:
    """Return which keys occur in a document before, or with `everywhere` in any other.

    Args:
        keys: uint64, one document's after the other's.
        firsts: int64[documents + 1], where each document's begin.
        everywhere: whether documents behind count, too.
    """
    is_seen = np.zeros(len(keys), np.bool_)
    table = np.full(slots_for(len(keys)), NOBODY, np.int64)
    owners = np.empty(len(keys), np.int32)
    mask = len(table) - 1
    for document in range(len(firsts) - 1):
        for place in range(firsts[document], firsts[document + 1]):
            owners[place] = document
            slot = signed(keys[place] ^ keys[place] >> HALF) & mask
            while table[slot] != NOBODY and keys[table[slot]] != keys[place]:
                slot = (slot + 1) & mask
            earliest = table[slot]
            if earliest == NOBODY:
                table[slot] = place
            elif owners[earliest] != document:
                is_seen[place] = True
                if everywhere:
                    is_seen[earliest] = True
    return is_seen

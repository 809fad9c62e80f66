"""The four passes over batches of rows; numbers travel as bytes, many in a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lakesift.dedup.shared.cut_rows import cut_rows
from lakesift.dedup.shared.packing import binary_array, values_of
from lakesift.dedup.substrings.anchors import FIELDS, KEY, OFFSET_BITS, PLACE, WINDOWS, Records, anchors_of
from lakesift.dedup.substrings.grouping import (
    WINDOW_FIELDS,
    joined_runs,
    repeated_windows,
    settled_at_once,
    settled_together,
)
from lakesift.dedup.substrings.sequences import sequences_of
from lakesift.dedup.substrings.settings import RepeatedSubstringSettings
from lakesift.dedup.substrings.spans import NOTHING_LEFT, spans_of
from lakesift.dedup.substrings.windows import QUESTION_FIELDS, windows_of
from lakesift.text.kernels.buffers import buffers_of, parts_of

Integers = NDArray[np.int64]
BY_PART = pa.schema([("document", pa.int64()), ("part", pa.int32()), ("records", pa.binary())])
BY_DOCUMENT = pa.schema([("document", pa.int64()), ("is_asked", pa.bool_()), ("records", pa.binary())])
RUN_FIELDS = 2
BYTES_AT_ONCE = 16 << 20  # of text: its anchors take twice the room
ROWS_AT_ONCE = 500  # records in a row: Spark hands over rows by their number, and does not look at their size
SMALL_HALF = np.uint64(0xFFFFFFFF)


def anchor_batches(batches: Iterable[pa.RecordBatch], settings: RepeatedSubstringSettings) -> Iterator[pa.RecordBatch]:
    """Turn documents (document, text) into anchors by part, and runs of windows.

    The windows of the runs go. In a row of anchors document is null, in a row of runs part is null.
    """
    for batch in batches:
        for some in parts_of(batch, BYTES_AT_ONCE):
            sequences = sequences_of(buffers_of(some.column("text")), settings)
            anchors = anchors_of(sequences, some.column("document").to_numpy(), settings.window, settings.anchor)
            cut, compared = settled_at_once(anchors, settings.window, settings.remove)
            parts = (compared[:, KEY].view(np.uint64) & SMALL_HALF) % np.uint64(settings.parts)
            yield _by_part(compared, parts.astype(np.int32))
            documents, runs = _runs_by_document(cut[:, PLACE], cut[:, WINDOWS])
            nothing = pa.nulls(len(documents), pa.int32())
            yield pa.RecordBatch.from_arrays([pa.array(documents), nothing, runs], schema=BY_PART)


def question_batches(
    batches: Iterable[pa.RecordBatch], settings: RepeatedSubstringSettings
) -> Iterator[pa.RecordBatch]:
    """Turn anchors by part into runs of windows that go, and questions, by document.

    Questions ask about windows (is_asked).
    """
    for anchors in _parts(batches, FIELDS):
        cut, asked, divisions = settled_together(anchors, settings.window, settings.remove)
        documents, runs = _runs_by_document(cut[:, PLACE], cut[:, WINDOWS])
        yield _document_batch(documents, False, runs)
        order = np.argsort(asked[:, PLACE])
        places = asked[order, PLACE]
        questions = np.stack(
            [places & (1 << OFFSET_BITS) - 1, asked[order, WINDOWS], asked[order, KEY], divisions[order]], axis=1
        )
        yield _document_batch(*_grouped(places >> OFFSET_BITS, True, questions))


def window_batches(batches: Iterable[pa.RecordBatch], settings: RepeatedSubstringSettings) -> Iterator[pa.RecordBatch]:
    """Turn documents (document, text, records) into windows by part.

    The records are a list of questions.
    """
    for batch in batches:
        for some in parts_of(batch, BYTES_AT_ONCE):
            sequences = sequences_of(buffers_of(some.column("text")), settings)
            texts, questions = _records_of(some.column("records"), QUESTION_FIELDS)
            numbers = some.column("document").to_numpy()
            yield _by_part(*windows_of(sequences, numbers, texts, questions, settings.window, settings.parts))


def repeat_batches(batches: Iterable[pa.RecordBatch], settings: RepeatedSubstringSettings) -> Iterator[pa.RecordBatch]:
    """Turn windows by part into runs of windows that go, by document."""
    for windows in _parts(batches, WINDOW_FIELDS):
        places = repeated_windows(windows, settings.window, settings.remove)
        documents, runs = _runs_by_document(places, np.ones(len(places), np.int64))
        yield _document_batch(documents, False, runs)


def span_batches(batches: Iterable[pa.RecordBatch], settings: RepeatedSubstringSettings) -> Iterator[pa.RecordBatch]:
    """Turn documents (doc_id, text, records: list of runs) into `repeated_substrings`."""
    for batch in batches:
        for some in parts_of(batch, BYTES_AT_ONCE):
            buffers = buffers_of(some.column("text"))
            texts, runs = _records_of(some.column("records"), RUN_FIELDS)
            order = np.lexsort((runs[:, 0], texts))
            sequences = sequences_of(buffers, settings)
            found = spans_of(buffers, sequences, texts[order], runs[order], settings.window)
            spans, firsts, removed, is_nothing_left = found
            reasons = pa.array([None, NOTHING_LEFT], pa.string()).take(pa.array(is_nothing_left.astype(np.int32)))
            yield cut_rows(some.column("doc_id"), spans, firsts, removed, reasons)


def _by_part(records: Records, parts: NDArray[np.int32]) -> pa.RecordBatch:
    order = np.argsort(parts, kind="stable")
    records, parts = records[order], parts[order]
    starts = np.flatnonzero(np.diff(parts, prepend=-1))
    sizes = np.diff(np.append(starts, len(parts)))
    pieces = [np.arange(start, start + size, ROWS_AT_ONCE) for start, size in zip(starts, sizes, strict=True)]
    bounds = np.concatenate([*pieces, [len(parts)]]).astype(np.int64)
    nothing = pa.nulls(len(bounds) - 1, pa.int64())
    return pa.RecordBatch.from_arrays([nothing, parts[bounds[:-1]], binary_array(records, bounds)], schema=BY_PART)


def _parts(batches: Iterable[pa.RecordBatch], fields: int) -> Iterator[Records]:
    """Yield the records of one part after the other.

    The rows (part, records) are sorted by part.
    """
    waiting: list[bytes] = []
    current = -1
    for batch in batches:
        for part, records in zip(batch.column("part").to_pylist(), batch.column("records").to_pylist(), strict=True):
            if part != current and waiting:
                yield _joined(waiting, fields)
                waiting = []
            current = part
            waiting.append(records)
    if waiting:
        yield _joined(waiting, fields)


def _joined(pieces: list[bytes], fields: int) -> Records:
    # Copied, because it is written to later and Arrow's bytes are read-only.
    return np.frombuffer(bytearray(b"".join(pieces)), "<i8").reshape(-1, fields)


def _runs_by_document(places: Integers, sizes: Integers) -> tuple[Integers, pa.BinaryArray]:
    starts, sizes = joined_runs(places, sizes)
    runs = np.stack([starts & (1 << OFFSET_BITS) - 1, sizes], axis=1)
    documents, _, records = _grouped(starts >> OFFSET_BITS, False, runs)
    return documents, records


def _grouped(documents: Integers, is_asked: bool, records: Records) -> tuple[Integers, bool, pa.BinaryArray]:
    starts = np.flatnonzero(np.diff(documents, prepend=-1))
    return documents[starts], is_asked, binary_array(records, np.append(starts, len(documents)))


def _document_batch(documents: Integers, is_asked: bool, records: pa.BinaryArray) -> pa.RecordBatch:
    flags = pa.array(np.full(len(documents), is_asked))
    return pa.RecordBatch.from_arrays([pa.array(documents), flags, records], schema=BY_DOCUMENT)


def _records_of(lists: pa.ListArray, fields: int) -> tuple[Integers, Records]:
    """Return all records of lists of binaries, and the row of each."""
    pieces = lists.flatten()
    buffers = buffers_of(pieces)
    records = values_of(pieces, "<i8").reshape(-1, fields)
    places = (buffers.offsets - buffers.offsets[0]) // (records.itemsize * fields)
    bounds = lists.offsets.to_numpy()
    rows = places[bounds - bounds[0]]
    return np.repeat(np.arange(len(lists)), np.diff(rows)), records

"""The passes of `repeated_substrings` without Spark, and what they must give: a set of windows in plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from lakesift.dedup.shared.cut_rows import CUTS
from lakesift.dedup.substrings.batches import (
    BY_DOCUMENT,
    BY_PART,
    anchor_batches,
    question_batches,
    repeat_batches,
    span_batches,
    window_batches,
)
from lakesift.dedup.substrings.settings import RepeatedSubstringSettings

Spans = list[list[tuple[int, int]]]


def plain_starts(texts: Sequence[Sequence[object]], length: int, remove: str = "all_copies") -> list[list[int]]:
    """Per text (bytes, string or tuple), where a window begins that goes."""
    places: dict[object, list[tuple[int, int]]] = {}
    for number, text in enumerate(texts):
        for at in range(len(text) - length + 1):
            places.setdefault(text[at : at + length], []).append((number, at))
    starts: list[list[int]] = [[] for _ in texts]
    for same in places.values():
        first_text, first_at = same[0]
        for number, at in same:
            overlaps = number == first_text and at < first_at + length
            if len(same) > 1 if remove == "all_copies" else not overlaps:
                starts[number].append(at)
    return [sorted(each) for each in starts]


def plain_ranges(starts: Iterable[int], length: int) -> list[tuple[int, int]]:
    """Windows that touch or overlap as one; deduplicate-text-datasets, src/main.rs, collect."""
    ranges: list[tuple[int, int]] = []
    for start in starts:
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], start + length)
        else:
            ranges.append((start, start + length))
    return ranges


def found_spans(
    texts: Sequence[str], settings: RepeatedSubstringSettings, partition_of: Sequence[int] | None = None
) -> tuple[Spans, list[str | None]]:
    """Spans and reason of each text, with texts divided into partitions of any order."""
    rows = pa.table(
        {
            "doc_id": [str(number) for number in range(len(texts))],
            "document": pa.array(range(len(texts)), pa.int64()),
            "text": pa.array(texts, pa.string()),
        }
    )
    partition = np.zeros(len(texts), int) if partition_of is None else np.array(partition_of)
    parts = [rows.take(np.flatnonzero(partition == each)) for each in np.unique(partition)]
    anchors = _table((each for part in parts for each in anchor_batches(part.to_batches(), settings)), BY_PART)
    answers = _table(question_batches(_sorted(anchors.filter(anchors["part"].is_valid())), settings), BY_DOCUMENT)
    asked = _with_texts(rows, answers.filter(answers["is_asked"]))
    windows = _table(window_batches(asked, settings), BY_PART)
    repeats = _table(repeat_batches(_sorted(windows), settings), BY_DOCUMENT)
    cut = [anchors.filter(anchors["part"].is_null()), answers.filter(pa.compute.invert(answers["is_asked"])), repeats]
    runs = pa.concat_tables([each.select(["document", "records"]) for each in cut])
    spans: Spans = [[] for _ in texts]
    reasons: list[str | None] = [None] * len(texts)
    for row in _table(span_batches(_with_texts(rows, runs), settings), CUTS).to_pylist():
        spans[int(row["doc_id"])] = [(span["start"], span["end"]) for span in row["spans"]]
        assert row["removed"] == sum(span["end"] - span["start"] for span in row["spans"])
        reasons[int(row["doc_id"])] = row["reason"]
    return spans, reasons


def _table(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_batches(list(batches), schema)


def _sorted(rows: pa.Table) -> Iterator[pa.RecordBatch]:
    return iter(rows.select(["part", "records"]).sort_by("part").combine_chunks().to_batches(max_chunksize=3))


def _with_texts(rows: pa.Table, records: pa.Table) -> list[pa.RecordBatch]:
    lists: dict[int, list[bytes]] = {}
    for document, found in zip(records["document"].to_pylist(), records["records"].to_pylist(), strict=True):
        lists.setdefault(document, []).append(found)
    chosen = rows.take(pa.array(list(lists), pa.int64())).combine_chunks()
    gathered = pa.array(list(lists.values()), pa.list_(pa.binary()))
    return chosen.append_column("records", gathered).to_batches()

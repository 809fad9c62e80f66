"""The stage without Spark: its steps with a sort and a group in place of the two shuffles."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pyarrow as pa

from lakesift.dedup.paragraphs.seen import seen_batches
from lakesift.dedup.paragraphs.settings import RepeatedParagraphSettings
from lakesift.dedup.paragraphs.spans import cut_batches
from lakesift.dedup.repeated_paragraphs import METHODS, _row_batches
from lakesift.operators.cuts import without


def cuts_of(texts: list[str], settings: RepeatedParagraphSettings, seed: int = 0) -> dict[int, dict[str, Any]]:
    """The rows of `repeated_paragraphs` by the place of their text; the texts are read in an order drawn by `seed`."""
    find, rule = METHODS[settings.method].find, METHODS[settings.method].rule(settings)
    draw = random.Random(seed)
    places = draw.sample(range(len(texts)), len(texts))
    documents = pa.table(
        {
            "crawl": pa.array([""] * len(texts), pa.string()),
            "source_path": pa.array([""] * len(texts), pa.string()),
            "source_offset": pa.array(places, pa.int64()),
            "doc_id": pa.array([str(place) for place in places], pa.string()),
            "text": pa.array([texts[place] for place in places], pa.string()),
            "salt": pa.array([0] * len(texts), pa.int64()),
        }
    )
    size = draw.randrange(1, len(texts) + 2)
    rows = pa.Table.from_batches(_row_batches(documents.to_batches(max_chunksize=size), find, rule, settings))
    ordered = rows.sort_by([("part", "ascending"), ("source_offset", "ascending")]).combine_chunks()
    seen: dict[str, list[bytes]] = {}
    entries: dict[str, bytes] = {}
    for batch in seen_batches(ordered.to_batches(max_chunksize=draw.randrange(1, 9)), rule.everywhere):
        for row in batch.to_pylist():
            if row["entries"] is not None:
                assert row["doc_id"] not in entries
                entries[row["doc_id"]] = row["entries"]
            else:
                seen.setdefault(row["doc_id"], []).append(row["seen"])
    grouped = pa.RecordBatch.from_arrays(
        [
            pa.array(entries.keys(), pa.string()),
            pa.array(entries.values(), pa.binary()),
            pa.array([seen.get(doc_id, []) for doc_id in entries], pa.list_(pa.binary())),
        ],
        ["doc_id", "entries", "seen"],
    )
    cuts = [row for batch in cut_batches([grouped], rule) for row in batch.to_pylist()]
    for row in cuts:
        spans = [(span["start"], span["end"]) for span in row["spans"]]
        assert all(start < end for start, end in spans)
        assert all(first[1] < second[0] for first, second in pairwise(spans))
        assert row["removed"] == sum(end - start for start, end in spans)
    return {int(row["doc_id"]): row for row in cuts}


def texts_left(texts: list[str], settings: RepeatedParagraphSettings, seed: int = 0) -> list[str | None]:
    """What is left of each text; None for a dropped one."""
    cuts = cuts_of(texts, settings, seed)
    left: list[str | None] = []
    for place, text in enumerate(texts):
        row = cuts.get(place)
        left.append(None if row and row["reason"] else without(text, row["spans"]) if row else text)
    return left

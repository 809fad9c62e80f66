"""Cut text of benchmarks from documents, or drop the documents, by the rule that found it.

gpt3: as Janitor (EleutherAI/lm-evaluation-harness 121b709, lm_eval/decontamination/janitor.py) documents are cut
around n-grams and short slices go; where two slices meet, a paragraph ends. A document without hits stays as it is,
also one of at most 200 characters, for which Janitor returns nothing. datatrove: one hit drops the document. palm
and llama2 evaluate the examples of benchmarks and leave documents alone, as their papers do: `judge_examples`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import numpy as np
import pyarrow as pa
import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from lakesift.dedup.benchmarks.settings import DecontaminateSettings
from lakesift.dedup.shared.cut_rows import CUTS, CUTS_SQL
from lakesift.errors import StageError
from lakesift.operators.operator import Operator
from lakesift.operators.outcome import CUT_COLUMNS
from lakesift.operators.roles import Cuts
from lakesift.operators.table import Table
from lakesift.text.kernels.bytes import character_places

Span = tuple[int, int]

CONTAMINATED, TOO_DIRTY, NO_CLEAN_SLICE = "contaminated", "too_dirty", "no_clean_slice"
REASONS = (CONTAMINATED, TOO_DIRTY, NO_CLEAN_SLICE)
"""Of dropped documents: datatrove's rule; more hits than Janitor cuts; nothing long enough between its cuts."""

PARAGRAPH_BREAK = "\n\n"


def decontaminate(documents: DataFrame, contamination: DataFrame, settings: DecontaminateSettings) -> DataFrame:
    """Apply the rule by which each hit was found.

    Args:
        documents: doc_id, content_hash, text.
        contamination: see `contamination`; those of other documents are passed over.
        settings: see `DecontaminateSettings`.

    Returns:
        doc_id, spans (UTF-8 bytes and their replacement, see `cuts.cut`), removed (bytes), reason (one of REASONS,
        or null: the document stays, cut).

    Raises:
        StageError: in the running plan, when a text is not the one in which the hits were found.
    """
    found = contamination.where(F.col("method").isin("gpt3", "datatrove"))
    if settings.max_documents is not None:
        counted = found.groupBy("method", "ngram").agg(F.countDistinct("doc_id").alias("documents"))
        common = counted.where(F.col("documents") > settings.max_documents)
        found = found.join(common, ["method", "ngram"], "left_anti")
    places = F.sort_array(F.collect_list(F.when(F.col("method") == "gpt3", F.struct("start", "end"))))
    by_document = found.groupBy("doc_id").agg(
        F.first("content_hash").alias("searched"),
        F.bool_or(F.col("method") == "datatrove").alias("drops"),
        F.slice(places, 1, settings.too_dirty_cutoff + 1).alias("places"),
    )
    chosen = documents.select("doc_id", "content_hash", "text").join(by_document, "doc_id")
    return chosen.mapInArrow(partial(cut_batches, settings=settings), CUTS_SQL)


def cut_batches(batches: Iterable[pa.RecordBatch], settings: DecontaminateSettings) -> Iterator[pa.RecordBatch]:
    """Yield rows of `decontaminated`.

    The batches have doc_id, content_hash, text, searched, drops and places.
    """
    for batch in batches:
        rows = []
        for row in batch.to_pylist():
            if row["content_hash"] != row["searched"]:
                raise StageError(
                    f"the text of {row['doc_id']} has changed since contamination was looked for",
                    next_step="put decontaminate right behind contamination in the recipe",
                )
            data, places = row["text"].encode(), [(place["start"], place["end"]) for place in row["places"]]
            rows.append({"doc_id": row["doc_id"], **decision(data, places, row["drops"], settings)})
        yield pa.RecordBatch.from_pylist(rows, schema=CUTS)


def decision(data: bytes, places: Sequence[Span], drops: bool, settings: DecontaminateSettings) -> dict[str, object]:
    """Return spans, removed and reason of one text in UTF-8.

    The hits are at some places, in order.
    """
    slices = [] if drops or len(places) > settings.too_dirty_cutoff else clean_slices(data, places, settings)
    if not slices:
        reason = CONTAMINATED if drops else TOO_DIRTY if len(places) > settings.too_dirty_cutoff else NO_CLEAN_SLICE
        return {"spans": [{"start": 0, "end": len(data), "put": ""}], "removed": len(data), "reason": reason}
    borders = [0, *(border for span in slices for border in span), len(data)]
    cuts = [(start, end) for start, end in zip(borders[::2], borders[1::2], strict=True) if start < end]
    spans = [
        {"start": start, "end": end, "put": PARAGRAPH_BREAK if start > 0 and end < len(data) else ""}
        for start, end in cuts
    ]
    return {"spans": spans, "removed": sum(end - start for start, end in cuts), "reason": None}


def clean_slices(data: bytes, places: Sequence[Span], settings: DecontaminateSettings) -> list[Span]:
    """Return the slices that Janitor keeps of a text, as spans of its bytes.

    This is `_split_chunks` line for line, with its ends of n-grams.

    Args:
        data: the text in UTF-8.
        places: spans of the contaminated n-grams in bytes, at least one, in order.
        settings: lengths in characters.
    """
    first_bytes = character_places(np.frombuffer(data, np.uint8))
    length = len(first_bytes) - 1
    slices, behind, end = [], 0, 0
    for first_byte, last_byte in places:
        start, last = np.searchsorted(first_bytes, [first_byte, last_byte]).tolist()
        start = max(0, start - settings.window_to_remove)
        # Janitor's end of an n-gram is its last character, not the place behind it.
        end = min(length, last - 1 + settings.window_to_remove)
        if start - behind > settings.minimum_slice_length:
            slices.append((behind, start))
        behind = end
    if end < length - settings.minimum_slice_length:
        slices.append((end + 1, length))
    return [(int(first_bytes[start]), int(first_bytes[stop])) for start, stop in slices if start < stop]


OPERATOR = Operator(
    decontaminate,
    role=Cuts(REASONS),
    writes=Table("one document with text of a benchmark", CUT_COLUMNS, "decontaminated"),
    example="- decontaminate: {}",
)

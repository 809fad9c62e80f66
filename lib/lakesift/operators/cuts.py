"""Cut spans out of texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.kernels.content_hash import content_hashes
from lakesift.text.signals import count_words

CHANGED = ("text", "words", "content_hash")


def cut(documents: DataFrame, cuts: DataFrame) -> DataFrame:
    """Documents without the spans that a stage found in them; text, words and content_hash are those of what is left.

    Args:
        documents: doc_id, text, words, content_hash and any other columns.
        cuts: doc_id, spans ARRAY<STRUCT<start: INT, end: INT, put: STRING>>: UTF-8 bytes [start, end) of the text,
            sorted, apart from one another, at borders of characters; `put` takes their place.

    Returns:
        All documents with the same columns in the same order.
    """
    spans = cuts.where(F.size("spans") > 0).select("doc_id", "spans")
    found = documents.select("doc_id", "text").join(spans, "doc_id")
    types = {field.name: field.dataType.simpleString() for field in documents.schema.fields}
    schema = ", ".join(f"{name} {types[name]}" for name in ("doc_id", *CHANGED))
    fresh = found.mapInArrow(_cut_batches, schema).withColumnsRenamed({name: f"cut_{name}" for name in CHANGED})
    joined = documents.join(fresh, "doc_id", "left")
    # An empty text is a text: only a document without spans has none here.
    chosen = {name: F.when(F.col("cut_text").isNull(), F.col(name)).otherwise(F.col(f"cut_{name}")) for name in CHANGED}
    return joined.withColumns(chosen).select(*documents.columns)


def _cut_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        found = zip(batch.column("text").to_pylist(), batch.column("spans").to_pylist(), strict=True)
        texts = [without(text, spans) for text, spans in found]
        array = pa.array(texts, pa.string())
        buffers = buffers_of(array)
        columns = [batch.column("doc_id"), array, count_words(buffers), content_hashes(buffers)]
        yield pa.RecordBatch.from_arrays(columns, ["doc_id", *CHANGED])


def without(text: str, spans: Iterable[Mapping[str, Any]]) -> str:
    """A text without spans of its UTF-8 bytes; see `cut`."""
    data, kept, place = text.encode(), [], 0
    for span in spans:
        kept += [data[place : span["start"]], span["put"].encode()]
        place = span["end"]
    return b"".join([*kept, data[place:]]).decode()

"""Documents with text of benchmarks: one row for each hit of a rule."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame

from lakesift.dedup.benchmarks.benchmark import Example, examples_of, table_of
from lakesift.dedup.benchmarks.hits import END, NGRAM, START, TEXT, WORDS, Search, find_rows
from lakesift.dedup.benchmarks.index import Index, Places, build_index, size_of
from lakesift.dedup.benchmarks.settings import ContaminationSettings, Method
from lakesift.dedup.benchmarks.words import table_of_method
from lakesift.text.kernels.buffers import buffers_of, parts_of

HITS = pa.schema(
    [
        ("doc_id", pa.string()),
        ("content_hash", pa.string()),
        ("task", pa.string()),
        ("example", pa.int64()),
        ("method", pa.string()),
        ("ngram", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("first", pa.int32()),
        ("words", pa.int32()),
        ("example_words", pa.int32()),
    ]
)
SQL_TYPES = {pa.string(): "STRING", pa.int64(): "BIGINT", pa.int32(): "INT"}
JUDGE_EXAMPLES: frozenset[Method] = frozenset({"palm", "llama2"})
MAX_METHODS = 4


@dataclass(frozen=True)
class Benchmarks:
    """Examples as they travel to workers; equal ones have the same digest.

    Attributes:
        digest: SHA-256 of the table, hexadecimal.
        table: Arrow's stream of `benchmark.table_of`, compressed.
    """

    digest: str
    table: bytes = field(compare=False, repr=False)


def search(documents: DataFrame, examples: Sequence[Example], settings: ContaminationSettings) -> DataFrame:
    """Where documents hold n-grams of benchmarks.

    Every hit is verified: the words of the document are those of the example, in the rule's normal form (see `words`).
    The benchmarks travel to the workers with the plan, and each worker process makes the index once.

    Args:
        documents: doc_id, content_hash, text.
        examples: of all benchmarks, see `benchmark.read_benchmarks`.
        settings: see `ContaminationSettings`.

    Returns:
        doc_id, content_hash (of the text in which the spans are), task, example (row in the benchmark's file), method,
        ngram (the words found, in normal form), start and end (UTF-8 bytes of the text; of whole words, with the
        punctuation at them for gpt3), first (which word of the example, of its query and label for datatrove, the
        n-gram begins with), words (how many; for llama2 of the whole match), example_words. With gpt3 and datatrove one
        row for each place in a document at which an n-gram of any example occurs, with the first such example. With
        palm and llama2, for each example (the first `most_examples` that have the n-gram) and word in it, the longest
        match of the document that begins there, at its first place.

    Raises:
        SourceError: the benchmarks have more n-grams than the settings allow.
    """
    for method in settings.methods:
        build_index(examples, method, settings)
    schema = ", ".join(f"`{column.name}` {SQL_TYPES[column.type]}" for column in HITS)
    chosen = documents.select("doc_id", "content_hash", "text")
    return chosen.mapInArrow(partial(hit_batches, benchmarks=packed(examples), settings=settings), schema)


def packed(examples: Sequence[Example]) -> Benchmarks:
    """Pack examples into one piece."""
    sink = pa.BufferOutputStream()
    table = table_of(examples)
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    data = sink.getvalue().to_pybytes()
    return Benchmarks(hashlib.sha256(data).hexdigest(), data)


def hit_batches(
    batches: Iterable[pa.RecordBatch], benchmarks: Benchmarks, settings: ContaminationSettings
) -> Iterator[pa.RecordBatch]:
    """Yield rows of `contamination` for batches of doc_id, content_hash, text."""
    for batch in batches:
        for part in parts_of(batch, settings.bytes_at_once):
            yield from (hits_of(part, benchmarks, method, settings) for method in settings.methods)


def hits_of(
    batch: pa.RecordBatch, benchmarks: Benchmarks, method: Method, settings: ContaminationSettings
) -> pa.RecordBatch:
    """Return the rows of `contamination` of one rule for a batch."""
    examples, index = _indexed(benchmarks, method, settings)
    judges = method in JUDGE_EXAMPLES
    wanted = Search(
        size_of(method, settings),
        consecutive=method == "gpt3",
        skip_budget=settings.llama2.skip_budget if method == "llama2" else -1,
        most_examples=settings.most_examples if judges else 1,
        max_hits=settings.max_hits,
        distinct=judges,
    )
    rows = find_rows(buffers_of(batch.column("text")), index, table_of_method(method), wanted)
    texts, words = pa.array(rows[:, TEXT]), rows[:, NGRAM]
    parts = np.searchsorted(index.firsts, words, side="right") - 1
    whose = pa.array(index.examples[parts])
    columns = [
        batch.column("doc_id").take(texts),
        batch.column("content_hash").take(texts),
        examples.column("task").combine_chunks().take(whose).cast(pa.string()),
        examples.column("number").combine_chunks().take(whose),
        pa.array([method] * len(rows), pa.string()),
        _ngrams(index, rows),
        pa.array(rows[:, START].astype(np.int32)),
        pa.array(rows[:, END].astype(np.int32)),
        pa.array((words - index.firsts[parts]).astype(np.int32)),
        pa.array(rows[:, WORDS].astype(np.int32)),
        pa.array((index.firsts[parts + 1] - index.firsts[parts]).astype(np.int32)),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=HITS)


def _ngrams(index: Index, rows: Places) -> pa.StringArray:
    starts, ends = index.starts[rows[:, NGRAM]], index.starts[rows[:, NGRAM] + rows[:, WORDS]] - 1
    found = [index.words[start:end].tobytes().decode(errors="replace") for start, end in zip(starts, ends, strict=True)]
    return pa.array(found, pa.string())


@lru_cache(maxsize=MAX_METHODS)
def _indexed(benchmarks: Benchmarks, method: Method, settings: ContaminationSettings) -> tuple[pa.Table, Index]:
    table = pa.ipc.open_stream(benchmarks.table).read_all()
    return table.select(["task", "number"]), build_index(examples_of(table), method, settings)

"""The whole operator on Spark: order of documents, joins, and real pages."""

from __future__ import annotations

import gzip
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyspark.sql import DataFrame, SparkSession

from dedup.substrings.windows_locally import found_spans, plain_ranges, plain_starts
from lakesift.dedup.repeated_substrings import repeated_substrings
from lakesift.dedup.substrings.numbers import numbered
from lakesift.dedup.substrings.settings import Removal, RepeatedSubstringSettings

SCHEMA = "crawl STRING, source_path STRING, source_offset BIGINT, doc_id STRING, text STRING"
# By crawl, file, place and name, nothing before everything else.
IN_ORDER = [
    (None, "b", 5, "y", "abcdefgX"),
    ("c1", None, 9, "x", "Yabcdefg"),
    ("c1", "a", None, "w", "cdefgh"),
    ("c1", "a", 3, "u", "zabcd"),
    ("c1", "a", 3, "v", "q"),
    ("c2", "a", 1, "t", "abcdefgX"),
]


@pytest.mark.spark
def test_the_first_copy_in_the_order_of_documents_stays(
    spark: SparkSession, stage: Callable[[DataFrame, str], DataFrame]
) -> None:
    documents = spark.createDataFrame(IN_ORDER[::-1], SCHEMA).repartition(3)
    chosen = RepeatedSubstringSettings(length=4, remove="all_but_first", parts=3)
    cuts = {row.doc_id: row for row in repeated_substrings(documents, chosen, stage).collect()}
    encoded = [row[-1].encode() for row in IN_ORDER]
    for row, starts in zip(IN_ORDER, plain_starts(encoded, 4, "all_but_first"), strict=True):
        spans = [(span.start, span.end, span.put) for span in cuts[row[3]].spans] if row[3] in cuts else []
        assert spans == [(start, end, "") for start, end in plain_ranges(starts, 4)]
    assert cuts["t"].reason == "nothing_left"
    assert cuts["x"].reason is None


@pytest.mark.spark
def test_documents_are_numbered_in_their_order(spark: SparkSession) -> None:
    numbers = numbered(spark.createDataFrame(IN_ORDER[::-1], SCHEMA).repartition(4)).orderBy("document").collect()
    assert [tuple(row) for row in numbers] == [(row[3], number) for number, row in enumerate(IN_ORDER)]


@pytest.mark.parametrize("remove", ["all_copies", "all_but_first"])
def test_real_articles_have_the_spans_of_a_set_of_windows(shared_data: Path, remove: Removal) -> None:
    with gzip.open(shared_data / "near_duplicates" / "article_versions.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines][:60]
    chosen = RepeatedSubstringSettings(remove=remove)
    spans, _ = found_spans(texts, chosen, [number % 3 for number in range(len(texts))])
    encoded = [text.encode() for text in texts]
    for data, cut, starts in zip(encoded, spans, plain_starts(encoded, chosen.window, remove), strict=True):
        borders = [at for at in range(len(data) + 1) if at == len(data) or data[at] & 0xC0 != 0x80]
        ranges = plain_ranges(starts, chosen.window)
        assert cut == [
            (borders[bisect_left(borders, start)], borders[bisect_right(borders, end) - 1]) for start, end in ranges
        ]
    assert sum(map(len, spans)) > len(texts)


def test_what_data_prep_kits_rep_removal_leaves_is_what_is_left(shared_data: Path) -> None:
    # Its windows are 50 tokens of GPT-2; its copies are whole texts, which windows of 50 words find, too.
    tables = shared_data / "parity" / "universal_rep_removal"
    given, left = (pq.read_table(tables / name / "test1.parquet")["text"].to_pylist() for name in ("input", "expected"))
    chosen = RepeatedSubstringSettings(unit="words", length=50, remove="all_but_first")
    spans, _ = found_spans(given, chosen, [number % 3 for number in range(len(given))])
    for text, expected, cut in zip(given, left, spans, strict=True):
        data, kept, at = text.encode(), b"", 0
        for start, end in cut:
            kept, at = kept + data[at:start], end
        assert (kept + data[at:]).decode().strip() == expected.strip()

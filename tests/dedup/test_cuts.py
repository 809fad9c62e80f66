from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from lakesift.operators.cuts import cut, without

SPANS = "ARRAY<STRUCT<start: INT, end: INT, put: STRING>>"


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5), st.sampled_from(["", "\n\n"])), max_size=5))
def test_what_stands_between_spans_stays_byte_for_byte(parts: list[tuple[str, str, str]]) -> None:
    text, left, spans = "", "", []
    for kept, gone, put in parts:
        start = len((text + kept).encode())
        text += kept + gone
        left += kept + put
        spans.append({"start": start, "end": len(text.encode()), "put": put})
    assert without(text, spans) == left


@pytest.mark.spark
def test_only_documents_with_spans_change_and_their_words_and_hash_with_them(spark: SparkSession) -> None:
    hashed = [hashlib.sha256(text.encode()).hexdigest() for text in ("one two three", "four", "")]
    documents = spark.createDataFrame(
        [("a", "one two three", 3, hashed[0]), ("b", "four", 1, hashed[1]), ("c", "", 0, hashed[2])],
        "doc_id STRING, text STRING, words BIGINT, content_hash STRING",
    )
    cuts = spark.createDataFrame([("a", [(3, 7, "")]), ("b", []), ("c", None)], f"doc_id STRING, spans {SPANS}")
    assert [tuple(row) for row in cut(documents, cuts).orderBy("doc_id").collect()] == [
        ("a", "one three", 2, hashlib.sha256(b"one three").hexdigest()),
        ("b", "four", 1, hashed[1]),
        ("c", "", 0, hashed[2]),
    ]

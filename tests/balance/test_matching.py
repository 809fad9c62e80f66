from __future__ import annotations

import gzip
import random
from itertools import product
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from lakesift.balance.metaclip.matching import match_pairs, matchable, spacing
from lakesift.errors import StageError

METADATA = ["dog", "hot dog", "dog park", "park", "a", "T-shirt", "."]
CAPTIONS = "pair_id STRING, language STRING, caption STRING"
MARKS = ",.;:?!`"


def naive_spacing(text: str) -> str:
    """Character by character, where the reference replaces mark by mark."""
    spaced = "".join(f" {c} " if c in MARKS else " " if c in "\t\n\r" else c for c in text)
    return f" {spaced} "


def naive_matches(text: str, entries: list[str]) -> list[int]:
    spaced = naive_spacing(text)
    return [number for number, entry in enumerate(entries) if f" {entry} " in spaced]


@given(st.text(alphabet="ab ,.;:?!`\t\n\r-é", max_size=30))
def test_spacing_sets_marks_apart_and_changes_nothing_else(text: str) -> None:
    assert spacing(text) == naive_spacing(text)


@pytest.mark.spark
def test_matches_are_those_of_the_reference(spark: SparkSession) -> None:
    expected = {
        "hot dog park.": [0, 1, 2, 3, 6],
        "Dog": [],
        "a hot,dog": [0, 4],
        "dog  park": [0, 3],
        "dogs": [],
        "": [],
        "a\ndog\tT-shirt": [0, 4, 5],
        "dog dog dog": [0],
    }
    pairs = spark.createDataFrame([(text, "en", text) for text in expected], CAPTIONS)
    rows = match_pairs(pairs, list(enumerate(METADATA))).collect()
    assert {row.pair_id: row.entries for row in rows} == expected
    assert {row.language for row in rows} == {"en"}


@pytest.mark.spark
def test_ids_are_the_callers_and_come_in_rising_order(spark: SparkSession) -> None:
    pairs = spark.createDataFrame([("1", None, "hot dog park")], CAPTIONS)
    row = match_pairs(pairs, [(70, "dog"), (5, "hot dog"), (2**40, "hot")]).first()
    assert row is not None
    assert row.entries == [5, 70, 2**40]


@pytest.mark.spark
def test_without_entries_nothing_matches(spark: SparkSession) -> None:
    rows = match_pairs(spark.createDataFrame([("1", "en", "a dog")], CAPTIONS), []).collect()
    assert [row.entries for row in rows] == [[]]


@pytest.mark.spark
@pytest.mark.parametrize("entries", [[(0, "dog"), (1, "dog")], [(0, "")]])
def test_repeated_and_empty_entries_are_refused(spark: SparkSession, entries: list[tuple[int, str]]) -> None:
    with pytest.raises(StageError, match="empty or is there twice"):
        match_pairs(spark.createDataFrame([], CAPTIONS), entries)


@pytest.mark.spark
def test_random_texts_of_few_words_match_as_naively(spark: SparkSession) -> None:
    """Few words make nearly every entry overlap with another; matching without overlaps fails on most texts."""
    draw = random.Random(1)
    words = ["a", "dog", "hot", ".", "park"]
    entries = [" ".join(chosen) for length in (1, 2, 3) for chosen in product(words, repeat=length)]
    texts = ["".join(draw.choice([*words, " ", " ", ","]) for _ in range(draw.randrange(25))) for _ in range(2000)]
    pairs = spark.createDataFrame([(str(i), "en", text) for i, text in enumerate(texts)], CAPTIONS)
    rows = match_pairs(pairs, list(enumerate(entries))).collect()
    assert all(row.entries == naive_matches(texts[int(row.pair_id)], entries) for row in rows)
    assert len(rows) == len(texts)


@pytest.mark.spark
def test_real_captions_match_wordnet_as_naively(spark: SparkSession, shared_data: Path) -> None:
    with gzip.open(shared_data / "lists" / "wordnet_lemmas.txt.gz", "rt") as lines:
        entries = sorted({line.rstrip("\n") for line in lines})
    captions = pq.read_table(shared_data / "pairs" / "captions_10000.parquet").column("TEXT").to_pylist()
    pairs = spark.createDataFrame([(str(i), "en", text or "") for i, text in enumerate(captions)], CAPTIONS)
    rows = {int(row.pair_id): row.entries for row in match_pairs(pairs, list(enumerate(entries))).collect()}
    assert len(rows) == len(captions)
    for number in random.Random(2).sample(range(len(captions)), 150):
        assert rows[number] == naive_matches(captions[number] or "", entries)


@pytest.mark.spark
def test_an_entry_is_matchable_when_some_text_has_it(spark: SparkSession) -> None:
    alphabet = " ,.a"
    spaced = {spacing("".join(text)) for length in range(7) for text in product(alphabet, repeat=length)}
    entries = ["".join(entry) for length in range(1, 6) for entry in product(alphabet, repeat=length)]
    frame = spark.createDataFrame([(entry,) for entry in entries], "entry STRING")
    rows = frame.select("entry", matchable(frame.entry).alias("matchable")).collect()
    together = "\n".join(spaced)
    assert {row.entry: row.matchable for row in rows} == {entry: f" {entry} " in together for entry in entries}


@pytest.mark.spark
def test_entries_with_inner_marks_or_line_ends_cannot_match(spark: SparkSession) -> None:
    expected = {"U.S.": False, "St. Louis": False, "a\tb": False, ".": True, "T-shirt": True, "rock 'n' roll": True}
    frame = spark.createDataFrame([(entry,) for entry in expected], "entry STRING")
    rows = frame.select("entry", matchable(frame.entry).alias("matchable")).collect()
    assert {row.entry: row.matchable for row in rows} == expected

from __future__ import annotations

import random
import string
from collections import Counter
from math import log2

import pytest
from pydantic import ValidationError
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from lakesift.balance.metaclip.entries import BigramSettings, EntrySettings, UnigramSettings, build_entries
from lakesift.balance.metaclip.ngrams import pmi
from lakesift.errors import StageError


@pytest.mark.spark
@pytest.mark.parametrize(("pair", "first", "expected"), [(4, 10, 3.2016338611696513), (6, 100, -0.5353317329965552)])
def test_pmi_is_that_of_nltk(spark: SparkSession, pair: int, first: int, expected: float) -> None:
    row = spark.range(1).select(pmi(F.lit(pair), F.lit(first), F.lit(5 if pair == 4 else 10), F.lit(115)).alias("pmi"))
    assert row.first()["pmi"] == pytest.approx(expected, abs=1e-12)  # type: ignore[index]


@pytest.mark.spark
def test_entries_of_all_sources_are_numbered_in_order(spark: SparkSession) -> None:
    lines = spark.createDataFrame(
        [("zebra",), ("7",), (" ant ",), ("",), (".",), ("U.S.",), ("zebra",)], "value STRING"
    )
    text = "new york, new york! The zebra zebra zebra"
    settings = EntrySettings(
        file="x.txt", unigrams=UnigramSettings(min_count=2), bigrams=BigramSettings(min_pmi=1, min_count=2)
    )
    texts = spark.createDataFrame([(text,)], "text STRING")
    rows = build_entries(settings, lines=lines, texts=texts).orderBy("entry_id").collect()
    assert [row.entry_id for row in rows] == list(range(len(rows)))
    assert [row.entry for row in rows[:100]] == sorted(map(str, range(100)))
    # "zebra" and "7" belong to the first source that has them.
    assert [(row.entry, row.source, row.matchable) for row in rows[100:]] == [
        ("U.S.", "file", False),
        ("ant", "file", True),
        ("zebra", "file", True),
        ("new", "unigrams", True),
        ("york", "unigrams", True),
        ("new york", "bigrams", True),
    ]
    assert {row.language for row in rows} == {"en"}


@pytest.mark.spark
def test_corpus_entries_are_those_of_ten_lines_of_python(spark: SparkSession) -> None:
    draw = random.Random(4)
    vocabulary = [
        "a",
        "dog",
        "Dog",
        "hot",
        "park",
        "été",
        "don't",
        "x,y",
        "(",
        "...",
        "犬",
        "猫",
        "long" * 80,
        "\u2003",
    ]
    texts = [draw.choice(" \n").join(draw.choices(vocabulary, k=draw.randrange(40))) for _ in range(60)]
    words, pairs = Counter[str](), Counter[tuple[str, str]]()
    for text in texts:
        spaced = "".join(f" {c} " if c in string.punctuation or c in "犬猫" else c for c in text)
        previous = None
        for word in spaced.split():
            if word in string.punctuation or len(word) > 256:
                previous = None
                continue
            words[word] += 1
            if previous is not None:
                pairs[previous, word] += 1
            previous = word
    total = sum(words.values())
    expected = [word for _, word in sorted((-count, word) for word, count in words.items() if count >= 20)]
    scores = {pair: log2(n * total) - log2(words[pair[0]] * words[pair[1]]) for pair, n in pairs.items() if n >= 3}
    kept = {" ".join(pair) for pair, score in scores.items() if score >= 0.3}
    settings = EntrySettings(
        numbers=False, unigrams=UnigramSettings(min_count=20), bigrams=BigramSettings(min_pmi=0.3, min_count=3)
    )
    frame = spark.createDataFrame([(text,) for text in texts], "text STRING").repartition(7)
    rows = build_entries(settings, texts=frame).orderBy("entry_id").collect()
    assert [row.entry for row in rows if row.source == "unigrams"] == expected
    assert {row.entry for row in rows if row.source == "bigrams"} == kept
    assert kept


@pytest.mark.spark
def test_the_cap_leaves_out_the_last_source_first(spark: SparkSession) -> None:
    texts = spark.createDataFrame([("b b a a c",)], "text STRING")
    settings = EntrySettings(unigrams=UnigramSettings(min_count=1), max_entries=102)
    rows = build_entries(settings, texts=texts).orderBy("entry_id").collect()
    assert [row.entry for row in rows[100:]] == ["a", "b"]


@pytest.mark.spark
def test_a_missing_frame_is_named(spark: SparkSession) -> None:
    with pytest.raises(StageError, match="'lines' is missing"):
        build_entries(EntrySettings(file="x.txt"), texts=spark.createDataFrame([], "text STRING"))


def test_entries_need_more_than_numbers() -> None:
    with pytest.raises(ValidationError, match="a file, unigrams or bigrams"):
        EntrySettings()

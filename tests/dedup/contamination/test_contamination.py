from __future__ import annotations

import gzip
import hashlib
import json
import re
import string
from pathlib import Path

import pytest
from pyspark.errors import PythonException
from pyspark.sql import Row, SparkSession

from dedup.contamination.examples import benchmark, hits_in, settings_for
from lakesift.dedup.benchmarks.benchmark import Example
from lakesift.dedup.benchmarks.search import search as contamination
from lakesift.dedup.benchmarks.settings import ContaminationSettings, DecontaminateSettings, JudgeSettings
from lakesift.dedup.decontaminate import CONTAMINATED, TOO_DIRTY, decontaminate
from lakesift.dedup.judge_examples import judge_examples

HIT = """doc_id STRING, content_hash STRING, task STRING, example BIGINT, method STRING, ngram STRING, start INT, end INT,
first INT, words INT, example_words INT"""
HALF = [f"filler{number}" for number in range(80)]
EXAM = [f"word{number}" for number in range(30)]


def test_exactly_the_real_articles_that_hold_planted_sentences_are_found(shared_data: Path) -> None:
    with gzip.open(shared_data / "web" / "gold_articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = [json.loads(line)["text"] for line in lines]
    sentences = [re.split(r"(?<=[.!?])\s+", article) for article in articles[::4]]
    planted = [own[len(own) // 2] for own in sentences if len(own[len(own) // 2].split()) >= 15]
    plain = str.maketrans(string.ascii_uppercase, string.ascii_lowercase, string.punctuation)
    dirt = set()
    for sentence in planted:
        words = sentence.translate(plain).split()
        dirt |= {" ".join(words[k : k + 13]) for k in range(len(words) - 12)}
    expected = {}
    for number, article in enumerate(articles):
        words = [word.translate(plain) for word in article.split()]
        windows = [" ".join(words[k : k + 13]) for k in range(len(words) - 12)]
        expected[str(number)] = [window for window in windows if window in dirt]
    hits = hits_in(articles, benchmark(*planted), settings_for("gpt3"))
    found = {number: [hit["ngram"] for hit in hits if hit["doc_id"] == number] for number in expected}
    assert found == expected
    assert sum(map(bool, found.values())) >= len(planted) > 10


@pytest.mark.spark
def test_documents_are_cut_or_dropped_by_the_rule_of_their_hits(spark: SparkSession) -> None:
    filler, exam = " ".join(HALF), " ".join(EXAM)
    texts = {
        "clean": filler,
        "cut": f"{filler} {' '.join(EXAM[:13])} {filler}",
        "dirty": f"{filler} {exam} {filler}",
        "twelve": " ".join(EXAM[:12]),
    }
    rows = [(name, hashlib.sha256(text.encode()).hexdigest(), text) for name, text in texts.items()]
    documents = spark.createDataFrame(rows, "doc_id STRING, content_hash STRING, text STRING").repartition(3)
    examples = [Example("exam", 3, None, (exam,))]

    def decided(*methods: str, max_documents: int | None = None) -> dict[str, Row]:
        chosen = ContaminationSettings.model_validate({"files": ["exam.jsonl"], "methods": methods})
        hits = contamination(documents, examples, chosen)
        rule = DecontaminateSettings(max_documents=max_documents)
        return {row.doc_id: row for row in decontaminate(documents, hits, rule).collect()}

    start = len(f"{filler} ") - 200
    by_gpt3 = decided("gpt3", "llama2")
    assert {name: row.reason for name, row in by_gpt3.items()} == {"cut": None, "dirty": TOO_DIRTY}
    assert [tuple(span) for span in by_gpt3["cut"].spans] == [(start, len(texts["cut"]) - start, "\n\n")]
    dropped = decided("datatrove")
    assert {name: row.reason for name, row in dropped.items()} == dict.fromkeys(
        ("cut", "dirty", "twelve"), CONTAMINATED
    )
    # Two documents hold the first 13-gram, one holds the others.
    assert {name: row.reason for name, row in decided("gpt3", max_documents=1).items()} == {"dirty": TOO_DIRTY}


@pytest.mark.spark
def test_a_text_that_changed_since_is_refused(spark: SparkSession) -> None:
    documents = spark.createDataFrame([("a", "new", "text")], "doc_id STRING, content_hash STRING, text STRING")
    hits = spark.createDataFrame([("a", "old", "exam", 0, "gpt3", "text", 0, 4, 0, 1, 1)], HIT)
    with pytest.raises(PythonException, match="put decontaminate right behind contamination"):
        decontaminate(documents, hits, DecontaminateSettings()).collect()


@pytest.mark.spark
def test_examples_are_judged_by_what_all_documents_hold_of_them(spark: SparkSession) -> None:
    def hit(doc_id: str, example: int, method: str, first: int, words: int, of: int) -> tuple[object, ...]:
        return (doc_id, "hash", "exam", example, method, "words", 0, 9, first, words, of)

    palm = [hit(doc, 0, "palm", first, 8, 17) for doc, places in (("a", range(4)), ("b", range(7))) for first in places]
    rows = [
        *palm,  # 7 of 10 8-grams
        *(hit("a", 1, "palm", first, 8, 18) for first in range(7)),  # 7 of 11
        hit("a", 0, "llama2", 0, 12, 20), hit("b", 0, "llama2", 10, 10, 20), hit("c", 0, "llama2", 2, 10, 20),  # all
        hit("a", 1, "llama2", 5, 19, 100), hit("b", 2, "llama2", 5, 20, 100), hit("a", 3, "llama2", 0, 80, 100),
        hit("a", 4, "gpt3", 0, 13, 13),
    ]  # fmt: skip
    judged = judge_examples(spark.createDataFrame(rows, HIT), JudgeSettings()).collect()
    assert {(row.method, row.example): (row.found, row.ngrams, row.verdict) for row in judged} == {
        ("palm", 0): (7, 10, "contaminated"),
        ("palm", 1): (7, 11, "clean"),
        ("llama2", 0): (20, 20, "dirty"),
        ("llama2", 1): (19, 100, "clean"),
        ("llama2", 2): (20, 100, "neither"),
        ("llama2", 3): (80, 100, "dirty"),
    }

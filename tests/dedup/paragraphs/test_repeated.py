from __future__ import annotations

import gzip
import json
from itertools import product
from pathlib import Path

import pytest
from pydantic import ValidationError
from pyspark.sql import Row, SparkSession

from dedup.paragraphs.locally import cuts_of, texts_left
from dedup.paragraphs.test_sequential import cc_net, dolma
from lakesift.dedup.paragraphs.settings import RepeatedParagraphSettings
from lakesift.dedup.repeated_paragraphs import METHODS, repeated_paragraphs

SCHEMA = "doc_id STRING, crawl STRING, source_path STRING, source_offset BIGINT, text STRING"


def with_method(method: str, **more: object) -> RepeatedParagraphSettings:
    return RepeatedParagraphSettings.model_validate({"method": method, **more})


def test_the_examples_of_cc_nets_own_tests() -> None:
    # tests/test_dedup.py: test_simple_dedup; what test_dedup_with_dump finds in both documents goes in two passes.
    texts = ["_Hello\n_World\nI'm so original", "_world\nI'm originaler\n_Hello"]
    assert texts_left(texts, with_method("cc_net")) == [texts[0], "I'm originaler"]
    assert texts_left(texts, with_method("cc_net_two_pass")) == ["I'm so original", "I'm originaler"]
    # test_dedup_fast.
    texts = ["Hello\n_World\nI'm so original", "Good morning\n_World\nI'm originaler"]
    assert texts_left(texts, with_method("cc_net_two_pass")) == [
        "Hello\nI'm so original",
        "Good morning\nI'm originaler",
    ]


def test_a_line_that_only_one_document_repeats_stays_once_in_two_passes() -> None:
    assert texts_left(["a\nb\na", "c"], with_method("cc_net_two_pass")) == ["a\nb", "c"]


def test_bff_empties_a_document_only_when_asked() -> None:
    long, short = " ".join(f"word{number}" for number in range(40)), "a line of less than thirteen words"
    texts = [long, f"{short}\n{long}"]
    assert texts_left(texts, with_method("bff")) == [long, None]
    assert texts_left(texts, with_method("bff", bff={"remove_type": "paragraph"})) == [long, short]


def test_documents_are_dropped_for_a_reason_with_a_name() -> None:
    text = "One two three. Four five six. Seven eight nine. "
    rows = cuts_of(["a\nb", "a\nb"], with_method("dolma"))
    assert {place: row["reason"] for place, row in rows.items()} == {1: "nothing_left"}
    rows = cuts_of([text, f"{text}Ten."], with_method("sentence_spans"))
    assert {place: row["reason"] for place, row in rows.items()} == {1: "few_words_left"}
    chosen = with_method("sentence_spans", sentences={"min_doc_words": 1})
    assert cuts_of([text, f"{text}Ten."], chosen)[1]["reason"] == "few_sentences_left"
    line = " ".join(f"word{number}" for number in range(40))
    assert cuts_of([line, f"{line}\nother words"], with_method("bff"))[1]["reason"] == "repeated_ngrams"


@pytest.mark.parametrize("method", METHODS)
def test_hostile_texts_have_defined_results(method: str) -> None:
    words = " ".join("".join(letters) + "." for letters in product("abcdefg", repeat=3))
    texts = ["", " ", "\n", "\0", "x" * 3_000_000, "\n" * 1_000_000, "x. " * 200_000, words, "é" * 100_000 + "\n", "😀"]
    left = texts_left([*texts, *[words] * 500], with_method(method))
    assert left[7] == (None if method == "cc_net_two_pass" else words)
    assert set(left[len(texts) :]) == {None}
    assert left[0] == ""


def test_settings_of_another_method_are_refused() -> None:
    with pytest.raises(ValidationError, match="bff: not used by the method cc_net"):
        with_method("cc_net", bff={})
    with pytest.raises(ValidationError, match="min_ngram_size is larger"):
        with_method("bff", bff={"min_ngram_size": 20})


def versions(shared_data: Path) -> list[str]:
    with gzip.open(shared_data / "near_duplicates" / "article_versions.jsonl.gz", "rt") as lines:
        return [json.loads(line)["text"] for line in lines]


def test_real_articles_in_several_versions_are_cut_as_the_plain_programs_cut_them(shared_data: Path) -> None:
    texts = versions(shared_data)
    assert texts_left(texts, with_method("cc_net"), 1) == cc_net(texts, False)
    assert texts_left(texts, with_method("cc_net_two_pass"), 2) == cc_net(texts, True)
    assert texts_left(texts, with_method("dolma", dolma={"skip_empty": True}), 3) == dolma(texts, True)


@pytest.mark.spark
def test_the_answer_is_the_same_for_any_partitions_and_parts(spark: SparkSession, shared_data: Path) -> None:
    texts = versions(shared_data)[:120]
    # The order of documents is that of crawl, archive and offset, and not that of their names.
    rows = [(f"{-number:05d}", "1", "archive", number, text) for number, text in enumerate(texts)]
    documents = spark.createDataFrame(rows, SCHEMA)

    def run(partitions: int, **chosen: object) -> list[Row]:
        settings = with_method("dolma_ngrams", **chosen)
        return repeated_paragraphs(documents.repartition(partitions), settings).orderBy("doc_id").collect()

    found = run(1, parts=1)
    assert found == run(5, parts=40)
    expected = cuts_of(texts, with_method("dolma_ngrams"))
    assert {-int(row.doc_id): row.asDict(recursive=True) | {"doc_id": None} for row in found} == {
        place: row | {"doc_id": None} for place, row in expected.items()
    }


@pytest.mark.spark
def test_crawls_are_compared_only_when_asked(spark: SparkSession) -> None:
    rows = [("a", "1", "x", 2, "one\ntwo"), ("b", "2", "x", 1, "one\nthree"), ("c", None, "x", 1, "one\nfour")]
    documents = spark.createDataFrame(rows, SCHEMA)
    within = repeated_paragraphs(documents, with_method("cc_net", within="crawl")).collect()
    assert within == []
    across = repeated_paragraphs(documents, with_method("cc_net")).collect()
    assert sorted((row.doc_id, row.removed) for row in across) == [("a", 4), ("b", 4)]

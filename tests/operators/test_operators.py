"""What operators declare: files that they read, documents that they see, and how their rows add up."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from declared import schema_of
from lakesift.documents.rules.rules import Rule, RuleSet
from lakesift.errors import SetupError, UsageError
from lakesift.operators.accounting import account_of, count
from lakesift.operators.outcome import Decided, kept_documents
from lakesift.operators.registry import find
from lakesift.settings import Settings

# FIPS 180-2, appendix B.1: SHA-256 of "abc".
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

SCORES = [("a", 0.9, 0.9), ("b", 0.1, 0.1), ("d", 0.1, 0.9)]


def files(stage: str, settings: Settings) -> Mapping[str, str]:
    declared = find(stage).files
    assert declared is not None
    return declared(settings)


def reading(stage: str, path: Path) -> Settings:
    model = {"language": {"identifier": "fasttext", "model": str(path)}}
    return find(stage).settings.model_validate({"file": str(path)} if stage == "entries" else model)


@pytest.mark.parametrize("stage", ["documents", "pairs", "entries"])
def test_the_content_of_a_file_that_a_stage_reads_is_part_of_its_fingerprint(stage: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"abc")
    assert files(stage, reading(stage, file)) == {str(file): ABC}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*nowhere: No such file"):
        files("documents", reading("documents", tmp_path / "nowhere"))


def test_what_a_languages_words_need_is_said_before_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icu4py", None)
    settings = find("documents").settings.model_validate({"resources": {"languages": str(tmp_path)}})
    (tmp_path / "th.yml").write_text("language: th\n", encoding="utf-8")
    assert list(files("documents", settings)) == [str(tmp_path / "th")]
    (tmp_path / "th.yml").write_text("language: th\nwords: icu\n", encoding="utf-8")
    with pytest.raises(SetupError, match=r"icu4py(.|\n)*pip install 'lakesift\[signals\]'"):
        files("documents", settings)


def test_models_of_further_identifiers_are_part_of_the_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(b"abc")
    also = [{"identifier": "fasttext", "model": str(tmp_path / "model")}]
    settings = find("documents").settings.model_validate({"language": {"also": also}})
    assert files("documents", settings) == {str(tmp_path / "model"): ABC}


@pytest.mark.spark
def test_rules_over_scores_judge_the_documents_that_are_left(spark: SparkSession) -> None:
    topic = RuleSet(
        name="both@test",
        source="invented",
        rules={
            "off_topic": Rule(drop_when="scores.topic < 0.5"),
            "poor": Rule(drop_when="scores.quality < 0.5 AND words < 10"),
        },
    )
    about = [(name, "en", 1.0, 5, "", "", "", "") for name in "abcd"]
    columns = "doc_id string, language string, language_score float, words bigint, url string, host string"
    twins = [("c", "a", "a", "minhash", 1.0, "one")]
    scores = [(name, "quality", "1", 0.9, {"quality": quality, "topic": topic}) for name, quality, topic in SCORES]
    documents = spark.createDataFrame(about, f"{columns}, registered_domain string, crawl string")
    dropping = Decided(
        1, "near_duplicates", find("near_duplicates"), spark.createDataFrame(twins, schema_of("duplicates"))
    )
    operator = find("score_verdicts")
    settings = operator.settings.model_validate({"rules": ["both@test"]})
    inputs = {
        "uncut_documents": kept_documents(documents, [dropping]),
        "scores": {"scores": spark.createDataFrame(scores, schema_of("scores"))},
    }
    output = operator.function(**inputs, rule_sets=(topic,), settings=settings)
    assert {row.doc_id: row.failed for row in output.collect()} == {
        "a": [],
        "b": ["both@test.off_topic", "both@test.poor"],
        "d": ["both@test.poor"],
    }
    account = account_of(operator, settings, inputs, output)
    assert count("score_verdicts", account) == (3, 1, {"both@test.off_topic": 1, "both@test.poor": 1}, {})
    left = kept_documents(documents, [dropping, Decided(3, "score_verdicts", operator, output)])
    assert [row.doc_id for row in left.collect()] == ["a"]


@pytest.mark.spark
def test_a_crawl_that_pages_does_not_have_is_told(spark: SparkSession) -> None:
    operator = find("documents")
    pages = spark.createDataFrame([("a", "two")], "doc_id string, crawl string")
    with pytest.raises(UsageError, match=r"documents\.crawls names one, which pages does not have; expected two"):
        operator.function(pages, None, operator.settings.model_validate({"crawls": ["one"]}))

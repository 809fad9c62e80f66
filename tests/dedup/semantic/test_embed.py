from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from pyspark.sql import SparkSession

from embedding.tiny_onnx import MARKS, write_encoder
from lakesift.dedup.embed import embed
from lakesift.dedup.semantic.settings import EmbedSettings
from lakesift.errors import UsageError

DOCUMENTS = "doc_id STRING, text STRING"
pytestmark = pytest.mark.spark


def settings_of(**values: Any) -> EmbedSettings:
    return EmbedSettings.model_validate(values)


def test_only_embeddings_that_have_a_direction_are_taken_from_a_given_table(spark: SparkSession) -> None:
    documents = spark.createDataFrame([(doc_id, "") for doc_id in "abcdefg"], DOCUMENTS)
    rows = [
        ("a", [1.0, 0.5]), ("b", [0.0, 0.0]), ("c", [float("nan"), 1.0]), ("d", [float("inf"), 1.0]), ("e", [None, 1.0]),
        ("f", None), ("not a document", [1.0, 1.0]), ("g", [2.0, 1.0]), ("g", [1.0, 2.0]),
    ]  # fmt: skip
    given = spark.createDataFrame(rows, "id STRING, vector ARRAY<DOUBLE>")
    named = settings_of(given={"path": "there", "doc_id": "id", "embedding": "vector"})
    found = {row.doc_id: row.embedding for row in embed(documents, given, named).collect()}
    assert found == {"a": [1.0, 0.5], "g": [1.0, 2.0]}
    with pytest.raises(UsageError, match="there has no column embedding"):
        embed(documents, given, settings_of(given={"path": "there", "doc_id": "id"}))
    with pytest.raises(UsageError, match="is no array"):
        embed(documents, given, settings_of(given={"path": "there", "doc_id": "id", "embedding": "id"}))


def test_exactly_one_source_is_named() -> None:
    for values in ({}, {"given": {"path": "x"}, "doc2vec": {}}):
        with pytest.raises(ValidationError, match="exactly one"):
            settings_of(**values)


@pytest.mark.spark_nlp
def test_an_encoder_in_onnx_gives_the_vector_of_its_graph(spark: SparkSession, tmp_path: Path) -> None:
    pytest.importorskip("sparknlp", reason="needs the extra spark-nlp")
    words = ["red", "green", "blue"]
    rows = np.random.default_rng(2).uniform(1, 2, size=(len(MARKS) + len(words), 4)).astype(np.float32)
    rows[0] = 0
    write_encoder(tmp_path / "encoder", words, rows)
    texts = [("1", "red green"), ("2", "Blue blue red"), ("empty", ""), ("blank", " \n"), ("long", "green " * 200_000)]
    encoder = {"folder": str(tmp_path / "encoder"), "dimensions": 4, "longest": 16}
    found = {
        row.doc_id: row.embedding
        for row in embed(spark.createDataFrame(texts, DOCUMENTS), None, settings_of(encoder=encoder)).collect()
    }
    assert found.keys() == {"1", "2", "long"}
    token = dict(zip([*MARKS, *words], rows, strict=True))
    for doc_id, text in (("1", "red green"), ("2", "blue blue red"), ("long", "green")):
        expected = np.max([token[name] for name in ("[CLS]", "[SEP]", *text.split())], axis=0)
        assert found[doc_id] == pytest.approx(expected.tolist(), abs=1e-5)


@pytest.mark.spark_nlp
def test_a_folder_without_an_encoder_says_what_is_missing(spark: SparkSession, tmp_path: Path) -> None:
    pytest.importorskip("sparknlp", reason="needs the extra spark-nlp")
    documents = spark.createDataFrame([("1", "red")], DOCUMENTS)
    with pytest.raises(UsageError, match="cannot be loaded"):
        embed(documents, None, settings_of(encoder={"folder": str(tmp_path)}))


@pytest.mark.spark_nlp
def test_doc2vec_puts_texts_of_one_subject_together_and_is_the_same_under_any_partitioning(spark: SparkSession) -> None:
    pytest.importorskip("sparknlp", reason="needs the extra spark-nlp")
    draw = np.random.default_rng(1)
    subjects = [["moon", "star", "planet", "orbit", "comet"], ["bread", "butter", "oven", "flour", "yeast"]]
    rows = [(f"{place:02d}", " ".join(draw.choice(subjects[place % 2], size=40))) for place in range(60)]
    rows += [("none", ""), ("null", None)]
    documents = spark.createDataFrame(rows, DOCUMENTS)
    settings = settings_of(doc2vec={"dimensions": 10, "iterations": 20})
    found = {row.doc_id: row.embedding for row in embed(documents, None, settings).collect()}
    assert found.keys() == {f"{place:02d}" for place in range(60)}
    again = {row.doc_id: row.embedding for row in embed(documents.repartition(5), None, settings).collect()}
    assert again == found
    vectors = np.array([found[f"{place:02d}"] for place in range(60)])
    vectors -= vectors.mean(axis=0)
    assert ((vectors @ vectors[0] > 0) == (np.arange(60) % 2 == 0)).mean() > 0.9

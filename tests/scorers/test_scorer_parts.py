from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.errors import ScorerError
from lakesift.scorers.models.settings import SparkNlpSettings
from lakesift.scorers.training.draws import held_out
from lakesift.scorers.training.settings import ScorerTraining
from lakesift.scorers.training.training import digest_of, score_held_out, train_model
from lakesift.text.kernels.shuffling import shuffled

SETTINGS = ScorerTraining.model_validate(
    {"name": "quality", "model": {"kind": "fasttext", "dimensions": 8, "epochs": 1}, "held_out_rows": 30}
)


@pytest.mark.spark
def test_who_is_held_out_depends_on_the_doc_id_and_the_seed_only(labelled: DataFrame) -> None:
    def chosen(documents: DataFrame, seed: int) -> set[str]:
        return {row.doc_id for row in documents.where(held_out(seed, 0.2)).collect()}

    assert chosen(labelled, 1) == chosen(labelled.repartition(7).where("label = 0"), 1) | chosen(
        labelled.where("label = 1"), 1
    )
    assert chosen(labelled, 1) != chosen(labelled, 2)
    assert 24 <= len(chosen(labelled, 1)) <= 72


@pytest.mark.spark
def test_the_training_order_is_one_whatever_the_partitions(labelled: DataFrame) -> None:
    orders = [
        [row.doc_id for row in shuffled(documents, 1, partitions).toLocalIterator()]
        for documents, partitions in ((labelled, 1), (labelled.repartition(5), 4))
    ]
    assert orders[0] == orders[1]
    assert orders[0] != sorted(orders[0])


@pytest.mark.spark
def test_the_digest_of_labelled_documents_is_about_their_content(labelled: DataFrame) -> None:
    assert digest_of(labelled) == digest_of(labelled.repartition(3).orderBy("text"))
    assert digest_of(labelled).startswith("240-")
    assert digest_of(labelled) != digest_of(labelled.withColumn("label", 1 - F.col("label")))
    assert digest_of(labelled.limit(0)) == "0-0000000000000000"


@pytest.mark.spark
def test_the_held_out_part_is_scored_with_its_labels_and_lengths(labelled: DataFrame, tmp_path: Path) -> None:
    measured = score_held_out(labelled, SETTINGS, train_model(labelled, SETTINGS, tmp_path / "model"))

    measuring = labelled.where(held_out(1, 0.2)).toPandas()
    assert 10 <= len(measured) < len(measuring)  # about held_out_rows of them
    assert set(measured["characters"]) <= {len(text) for text in measuring["text"]}
    assert set(measured["label"]) == {0, 1}


@pytest.mark.spark
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda rows: rows.withColumn("label", F.lit(2)), "labels 2"),
        (lambda rows: rows.withColumn("label", F.lit(None).cast("int")), "labels None"),
        (lambda rows: rows.where("label = 1"), "no document with label 0 in the training part"),
        (lambda rows: rows.where("label = 1").union(rows.where("label = 0").where(~held_out(1, 0.2))), "held-out part"),
        (lambda rows: rows.union(rows), "doc_ids repeat"),
    ],
)
def test_unusable_labels_are_named(labelled: DataFrame, tmp_path: Path, spoil: object, message: str) -> None:
    with pytest.raises(ScorerError, match=message):
        train_model(spoil(labelled), SETTINGS, tmp_path / "model")  # type: ignore[operator]
    assert not (tmp_path / "model").exists()


def test_the_kind_decides_which_settings_there_are() -> None:
    settings = ScorerTraining.model_validate({"name": "vectors", "model": {"kind": "spark_nlp", "window": 3}})
    assert settings.model == SparkNlpSettings(window=3)
    with pytest.raises(ValidationError, match="window"):
        ScorerTraining.model_validate({"name": "words", "model": {"kind": "fasttext", "window": 3}})


@pytest.mark.parametrize("alias", ["latest", "v3", "3", ""])
def test_aliases_that_mlflow_keeps_for_itself_are_refused(alias: str) -> None:
    with pytest.raises(ValidationError, match="alias"):
        ScorerTraining(name="quality", alias=alias)

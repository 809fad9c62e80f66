from __future__ import annotations

from pathlib import Path

import fasttext
import pytest
from pyspark.sql import DataFrame, SparkSession

from lakesift.errors import ScorerError
from lakesift.scorers.models.fasttext import MODEL_FILE, line_of
from lakesift.scorers.models.fasttext_process import train_in_process
from lakesift.scorers.models.model_folder import ModelFolder, open_model
from lakesift.scorers.models.settings import FastTextSettings
from lakesift.scorers.scoring.scoring import Scorer
from lakesift.scorers.scoring.scoring import scored as score
from lakesift.scorers.training.settings import ScorerTraining
from lakesift.scorers.training.training import train_model
from scorers.staging import unstaged

QUICK = FastTextSettings(learning_rate=0.5, epochs=10, dimensions=16)


def trained(labelled: DataFrame, folder: Path, model: FastTextSettings = QUICK) -> ModelFolder:
    return train_model(labelled, ScorerTraining(name="quality", model=model), folder)


@pytest.fixture(scope="module")
def model(labelled: DataFrame, tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    return trained(labelled, tmp_path_factory.mktemp("fasttext") / "model")


def test_a_text_becomes_one_line_as_dclm_writes_it() -> None:
    assert line_of("\n First line\r\nsecond\n\nfourth\u2028fifth \t\n") == "First line second  fourth fifth"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("__label__hq buy this", "_label_hq buy this"),
        ("a\0__label__cc", "a\0_label_cc"),
        ("see </s> hidden", "see <s> hidden"),
        ("__label____label__hq", "_label___label__hq"),
        ("<b>x</s>y", "<b>x</s>y"),
        ("my__label__hq", "my__label__hq"),
    ],
)
def test_a_page_cannot_write_fasttexts_own_marks(text: str, line: str) -> None:
    assert line_of(text) == line


@pytest.mark.spark
def test_the_score_is_the_probability_of_the_good_label(
    spark: SparkSession, labelled: DataFrame, model: ModelFolder
) -> None:
    peer = fasttext.load_model(str(model.path / MODEL_FILE))
    rows = {row.doc_id: row for row in labelled.collect()}

    scored = score(labelled, [Scorer("quality", "3", model.path)], None, unstaged).collect()

    assert len(scored) == len(rows)
    for row in scored:
        label, probability = peer.predict(" ".join(rows[row.doc_id].text.strip().splitlines()), k=1)
        expected = probability[0] if label[0] == "__label__hq" else 1 - probability[0]
        assert row.score == pytest.approx(min(1.0, expected), abs=1e-6)
        assert (row.scorer, row.model_version) == ("quality", "3")
    assert min(row.score for row in scored) >= 0
    assert max(row.score for row in scored) <= 1


@pytest.mark.spark
def test_training_gives_the_same_bytes_under_any_partitioning(
    labelled: DataFrame, model: ModelFolder, tmp_path: Path
) -> None:
    again = trained(labelled.repartition(7).orderBy("text"), tmp_path / "again")

    assert (again.path / MODEL_FILE).read_bytes() == (model.path / MODEL_FILE).read_bytes()
    assert again.digest == model.digest
    assert open_model(again.path) == again


def test_a_tiny_model_is_trained_alike_every_time(tmp_path: Path) -> None:
    """fastText trains on unset memory where it can; in small matrices 50 of 60 trainings ended in NaN then."""
    lines = tmp_path / "lines.txt"
    lines.write_text("__label__hq theorem proof of it\n__label__cc buy cheap now of\n" * 20, encoding="utf-8")
    arguments = {"lr": 0.1, "dim": 8, "epoch": 1, "wordNgrams": 1, "minCount": 1, "bucket": 1, "seed": 1}
    models = [tmp_path / f"{number}.bin" for number in range(4)]
    for model in models:
        train_in_process(lines, model, arguments)
    assert len({model.read_bytes() for model in models}) == 1


def test_a_training_that_diverges_is_named(tmp_path: Path) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_text("__label__hq a b c\n__label__cc a d\n" * 20, encoding="utf-8")
    with pytest.raises(ScorerError, match="could not be trained: RuntimeError: Encountered NaN"):
        train_in_process(lines, tmp_path / "model.bin", {"lr": 1e38, "epoch": 50, "bucket": 1})


@pytest.mark.spark
def test_other_settings_give_another_digest(labelled: DataFrame, model: ModelFolder, tmp_path: Path) -> None:
    other = trained(labelled, tmp_path / "other", QUICK.model_copy(update={"word_ngrams": 2, "buckets": 1000}))
    assert other.digest != model.digest


@pytest.mark.spark
def test_odd_texts_are_scored(spark: SparkSession, model: ModelFolder) -> None:
    texts = ["", None, "\0\0", "   \n ", "\u2028", "x" * 3_000_000, "word " * 600_000, "__label__hq </s>", "\U0001f600"]
    documents = spark.createDataFrame(list(enumerate(texts)), "doc_id int, text string").selectExpr(
        "cast(doc_id as string) doc_id", "text"
    )

    scores = [row.score for row in score(documents, [Scorer("quality", "1", model.path)], None, unstaged).collect()]

    assert len(scores) == len(texts)
    assert all(0 <= value <= 1 for value in scores)


@pytest.mark.spark
def test_no_more_documents_train_than_asked_for(labelled: DataFrame, tmp_path: Path) -> None:
    settings = ScorerTraining(name="quality", model=QUICK, training_rows=2)
    few = train_model(labelled, settings, tmp_path / "few")

    words = fasttext.load_model(str(few.path / MODEL_FILE)).get_words()
    everything = {word for row in labelled.collect() for word in row.text.split()}

    assert 0 < len(words) < len(everything)


def test_a_folder_without_a_scorer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScorerError, match="has no scorer"):
        open_model(tmp_path)

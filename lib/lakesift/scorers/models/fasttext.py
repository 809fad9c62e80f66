"""fastText scorer, as DCLM trains and applies it.

Source: mlfoundations/dclm `baselines/train_fasttext_classifier.py` and
`baselines/mappers/enrichers/quality_prediction_enrichers_calc_fasttext.py`. One difference: fastText's own marks in a
text (a word that begins with `__label__`, the word `</s>`, which ends a line) are written otherwise, so that a page can
neither label itself nor hide the text behind them.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from lakesift.errors import ScorerError
from lakesift.scorers.models.fasttext_process import train_in_process
from lakesift.text.kernels.shuffling import shuffled

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from lakesift.scorers.models.model_folder import ModelFolder
    from lakesift.scorers.models.settings import FastTextSettings

MODEL_FILE = "model.bin"
HIGH_QUALITY, COMMON_CRAWL = "__label__hq", "__label__cc"
# Documents that are on the driver at once while the training file is written; memory only, no effect on the model.
FETCHED_ROWS = 2_000
# fastText's word boundaries (Dictionary::readWord) and the two words with a meaning of their own.
_MARKS = re.compile(r"(?<![^ \n\r\t\v\f\0])(?:__label__|</s>(?![^ \n\r\t\v\f\0]))")
_UNMARKED = {"__label__": "_label_", "</s>": "<s>"}


def line_of(text: str) -> str:
    """Return a text as the one line that fastText reads."""
    line = " ".join(text.strip().splitlines())
    return _MARKS.sub(lambda mark: _UNMARKED[mark.group()], line)


def train(labelled: DataFrame, rows: int, settings: FastTextSettings, folder: Path) -> None:
    """Train on the driver: the same documents and settings give the same bytes.

    Args:
        labelled: doc_id, text, label (0 or 1).
        rows: documents to train on, at most; the first in the order of `shuffled`.
        settings: see `FastTextSettings`.
        folder: an empty folder for the model file.

    Raises:
        ScorerError: fastText rejects the documents or diverges.
    """
    ordered = shuffled(labelled.select("doc_id", "text", "label"), settings.seed, 1 + rows // FETCHED_ROWS)
    arguments = {
        "lr": settings.learning_rate,
        "dim": settings.dimensions,
        "epoch": settings.epochs,
        "wordNgrams": settings.word_ngrams,
        "minCount": settings.minimum_count,
        "bucket": settings.buckets,
        "seed": settings.seed,
    }
    with tempfile.TemporaryDirectory(prefix="fasttext-", dir=folder.parent) as scratch:
        lines = Path(scratch) / "labelled.txt"
        _write_lines(lines, islice(ordered.toLocalIterator(), rows))
        train_in_process(lines, folder / MODEL_FILE, arguments)


def score(documents: DataFrame, model: ModelFolder) -> DataFrame:
    """Return the probability of `high quality` for each document.

    Args:
        documents: doc_id, text.
        model: a trained model; each Python worker loads it once.

    Returns:
        doc_id STRING, score DOUBLE in 0 to 1.
    """
    path, digest = str(model.path / MODEL_FILE), model.digest

    def scored(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        loaded = _loaded(path, digest)
        for batch in batches:
            scores = pa.array(_scores(loaded, batch.column("text").to_pylist()), pa.float64())
            yield pa.record_batch([batch.column("doc_id"), scores], names=["doc_id", "score"])

    return documents.select("doc_id", "text").mapInArrow(scored, "doc_id string, score double")


def score_texts(texts: Sequence[str | None], model: ModelFolder) -> list[float]:
    """Score a few texts in this process, as `score` does."""
    return [float(score) for score in _scores(_loaded(str(model.path / MODEL_FILE), model.digest), texts)]


def _write_lines(file: Path, rows: Iterable[Any]) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            stream.write(f"{HIGH_QUALITY if row.label else COMMON_CRAWL} {line_of(row.text or '')}\n")


@lru_cache(maxsize=2)
def _loaded(path: str, digest: str) -> Any:
    """Load the model at a path.

    The digest is part of the cache key, so that a new model under an old path is loaded anew.
    """
    import fasttext

    if not Path(path).is_file():
        raise ScorerError(
            f"the scorer's file {path} is not on this worker",
            expected="a folder that the driver and all workers see at the same path",
            next_step="set LAKESIFT_SCORERS to a shared folder (on Databricks: a Volume, /Volumes/...)",
        )
    return fasttext.load_model(path)


def _scores(loaded: Any, texts: Sequence[str | None]) -> np.ndarray:
    labels, probabilities = loaded.predict([line_of(text or "") for text in texts], k=1)
    scores = np.zeros(len(texts), np.float64)
    for place, (label, probability) in enumerate(zip(labels, probabilities, strict=True)):
        # No label at all: not one known word, where even the line end is rarer than minimum_count. It stays 0.
        if label:
            best = float(probability[0])
            scores[place] = best if label[0] == HIGH_QUALITY else 1.0 - best
    # fastText's soft-max can exceed 1 by 1e-5.
    return np.clip(scores, 0.0, 1.0)

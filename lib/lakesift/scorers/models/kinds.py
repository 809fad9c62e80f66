"""The kinds of scorers, behind one interface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame

from lakesift.errors import ScorerError
from lakesift.scorers.models import fasttext, spark_nlp
from lakesift.scorers.models.model_folder import ModelFolder
from lakesift.scorers.models.settings import FastTextSettings, SparkNlpSettings
from lakesift.settings import Settings
from lakesift.text.catalogue import Catalogue


@dataclass(frozen=True)
class Kind:
    """One kind of scorer.

    Attributes:
        name: by which trainings and model folders name it.
        settings: of a training, with the kind's name in the field `kind`.
        train: labelled (doc_id, text, label), most rows, settings, empty folder: leaves the model files in the folder.
        score: documents (doc_id, text), model -> (doc_id, score).
        score_texts: texts, model -> scores, without a DataFrame, for MLflow's pyfunc.
        extra: of the package that it needs, such as `[spark-nlp]`.
    """

    name: str
    settings: type[Settings]
    train: Callable[[DataFrame, int, Any, Path], None]
    score: Callable[[DataFrame, ModelFolder], DataFrame]
    score_texts: Callable[[Sequence[str | None], ModelFolder], list[float]]
    extra: str = ""


FASTTEXT = Kind("fasttext", FastTextSettings, fasttext.train, fasttext.score, fasttext.score_texts)
SPARK_NLP = Kind(
    "spark_nlp", SparkNlpSettings, spark_nlp.train, spark_nlp.score, spark_nlp.score_texts, extra="[spark-nlp]"
)
KINDS: Catalogue[Kind] = Catalogue(Kind, "lakesift.scorers.models", "lakesift.scorers")
"""All kinds of scorers by name."""


def kind_of(model: ModelFolder) -> Kind:
    """Return the kind of a trained scorer.

    Raises:
        ScorerError: this lakesift does not know it.
    """
    if model.kind not in KINDS:
        raise ScorerError(
            f"{model.path} is a scorer of kind {model.kind}",
            expected=", ".join(KINDS),
            next_step="pip install --upgrade lakesift",
        )
    return KINDS[model.kind]

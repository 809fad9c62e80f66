"""Settings of scorers: training of each kind, split and use of labelled documents."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lakesift.embedding.settings import Doc2VecSettings
from lakesift.settings import Settings


class FastTextSettings(Settings):
    """Supervised fastText on word n-grams.

    The defaults are those of mlfoundations/dclm `baselines/train_fasttext_classifier.py`.
    """

    kind: Literal["fasttext"] = "fasttext"
    learning_rate: float = Field(default=0.1, gt=0, description="DCLM and fastText: 0.1.")
    dimensions: int = Field(default=100, ge=1, le=1000, description="Size of a word vector; DCLM and fastText: 100.")
    epochs: int = Field(default=5, ge=1, description="Passes over the training part; DCLM and fastText: 5.")
    word_ngrams: int = Field(
        default=1, ge=1, le=5, description="Longest word n-gram; DCLM's script: 1, its released bigram model: 2."
    )
    minimum_count: int = Field(default=1, ge=1, description="Rarer words are left out; DCLM and fastText: 1.")
    buckets: int = Field(
        default=2_000_000,
        ge=1,
        description="Hashed n-grams, used where word_ngrams > 1; fastText: 2,000,000, a model of dimensions * 8 MB.",
    )
    seed: int = Field(default=1, ge=0, description="Of fastText's draws and of the order of the documents.")


class SparkNlpSettings(Doc2VecSettings):
    """Mean of Doc2Vec word vectors under a logistic regression."""

    kind: Literal["spark_nlp"] = "spark_nlp"
    regularisation: float = Field(
        default=0.01,
        ge=0,
        description="L2 weight of the logistic regression; ours: some hundred documents overfit at Spark's 0.",
    )


class EnsembleSettings(Settings):
    """Number of parts of equal size by which several scorers are compared."""

    buckets: int = Field(
        default=20, ge=2, le=1000, description="Nemotron-CC (arXiv 2412.02595, section 2.2) and NeMo Curator: 20."
    )

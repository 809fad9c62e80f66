"""Spark NLP scorer: Doc2Vec and a logistic regression on mean vectors.

Both are trained on the labelled documents.

Runs in the JVM; needs the extra `spark-nlp` and Spark NLP's jar in the session. No pretrained model is fetched.
Doc2Vec: Spark NLP's Doc2VecApproach (word2vec; a document is the mean of its words' vectors).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakesift.embedding.spark_nlp import capped, require_spark_nlp, train_doc2vec, with_vectors
from lakesift.errors import SetupError
from lakesift.text.kernels.shuffling import shuffled

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from lakesift.scorers.models.model_folder import ModelFolder
    from lakesift.scorers.models.settings import SparkNlpSettings

VECTORS, HEAD = "doc2vec", "logistic_regression"


def train(labelled: DataFrame, rows: int, settings: SparkNlpSettings, folder: Path) -> None:
    """Train both parts, with one partition in a fixed order.

    The same documents give the same scores.

    Args:
        labelled: doc_id, text, label (0 or 1).
        rows: documents to train on, at most; the first in the order of `shuffled`.
        settings: see `SparkNlpSettings`.
        folder: an empty folder for the two models; on a cluster, on storage that all workers see.

    Raises:
        SetupError: the extra or the jar is missing.
    """
    from pyspark.ml.classification import LogisticRegression

    ordered = shuffled(labelled.select("doc_id", "text", "label"), settings.seed, 1).limit(rows)
    vectors = train_doc2vec(ordered, settings)
    texts = capped(ordered, settings.characters)
    features = _features(vectors, texts, settings.dimensions, "label")
    head = LogisticRegression(regParam=settings.regularisation).fit(features)
    vectors.write().overwrite().save((folder / VECTORS).absolute().as_uri())
    head.write().overwrite().save((folder / HEAD).absolute().as_uri())


def score(documents: DataFrame, model: ModelFolder) -> DataFrame:
    """Return the probability of `high quality` for each document.

    Args:
        documents: doc_id, text.
        model: a trained model.

    Returns:
        doc_id STRING, score DOUBLE in 0 to 1.

    Raises:
        SetupError: the extra or the jar is missing.
    """
    require_spark_nlp()
    from pyspark.ml import PipelineModel
    from pyspark.ml.classification import LogisticRegressionModel
    from pyspark.ml.functions import vector_to_array
    from pyspark.sql import functions as F

    vectors = PipelineModel.load((model.path / VECTORS).absolute().as_uri())
    head = LogisticRegressionModel.load((model.path / HEAD).absolute().as_uri())
    texts = capped(documents.select("doc_id", "text"), model.settings["characters"])
    scored = head.transform(_features(vectors, texts, model.settings["dimensions"], "doc_id"))
    return scored.select("doc_id", F.get(vector_to_array(F.col("probability")), F.lit(1)).alias("score"))


def score_texts(texts: Sequence[str | None], model: ModelFolder) -> list[float]:
    """Score a few texts in the active session, as `score` does.

    Raises:
        SetupError: there is no active Spark session.
    """
    from pyspark.sql import SparkSession

    spark = SparkSession.getActiveSession()
    if spark is None:
        raise SetupError(
            "a Spark NLP scorer needs an active Spark session",
            next_step="start one with lakesift.spark.session.open_session()",
        )
    rows = [(f"{place:09d}", text) for place, text in enumerate(texts)]
    scored = score(spark.createDataFrame(rows, "doc_id string, text string"), model)
    # As many rows as the caller has handed over as texts.
    return [float(row.score) for row in scored.orderBy("doc_id").collect()]


def _features(pipeline: Any, documents: DataFrame, dimensions: int, column: str) -> DataFrame:
    from pyspark.ml.functions import array_to_vector
    from pyspark.sql import functions as F

    embedded, vector = with_vectors(pipeline, documents)
    # A document without a known word has no vector; zeros are the mean of nothing.
    nothing = F.array_repeat(F.lit(0.0).cast("float"), dimensions)
    return embedded.select(column, array_to_vector(F.coalesce(vector, nothing)).alias("features"))

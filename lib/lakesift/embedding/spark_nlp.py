"""Vectors of texts in the JVM, by Spark NLP.

They need the extra `spark-nlp` and its jar in the session.

Doc2Vec: Spark NLP's Doc2VecApproach (word2vec; a document is the mean of its words' vectors). No pretrained model is
fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lakesift.errors import SetupError, UsageError, first_line

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from lakesift.embedding.settings import Doc2VecSettings, SentenceEncoderSettings

VECTORS = "vectors"
ENCODER_FILES = ("model.onnx", "assets/vocab.txt")
"""What BertSentenceEmbeddings.loadSavedModel reads of an encoder's folder."""


def require_spark_nlp() -> None:
    """Check that Spark NLP can be used in the active session.

    Raises:
        SetupError: the extra or the jar is missing.
    """
    try:
        from sparknlp.base import DocumentAssembler
    except ImportError as error:
        raise SetupError("Spark NLP is not installed", next_step="pip install 'lakesift[spark-nlp]'") from error
    try:
        DocumentAssembler()
    except TypeError as error:
        # py4j's error for a class that the JVM does not have: 'JavaPackage' object is not callable.
        raise SetupError(
            "Spark NLP's jar is not in this Spark session",
            expected="com.johnsnowlabs.nlp:spark-nlp_2.12:5.5.3 among the session's jars",
            next_step="start the session with lakesift.spark.session.open_session, or add the jar to the cluster",
        ) from error


def train_doc2vec(ordered: DataFrame, settings: Doc2VecSettings) -> Any:
    """Train word vectors in one partition.

    The same documents in one order give the same vectors.

    Args:
        ordered: text, in the order of training; read from one partition.
        settings: see `Doc2VecSettings`.

    Returns:
        The fitted pipeline, for `with_vectors`.

    Raises:
        SetupError: the extra or the jar is missing.
    """
    require_spark_nlp()
    from pyspark.ml import Pipeline
    from sparknlp.annotator import Doc2VecApproach, Tokenizer
    from sparknlp.base import DocumentAssembler

    doc2vec = (
        Doc2VecApproach()
        .setInputCols(["token"])
        .setOutputCol(VECTORS)
        .setVectorSize(settings.dimensions)
        .setWindowSize(settings.window)
        .setStepSize(settings.learning_rate)
        .setMaxIter(settings.iterations)
        .setMinCount(settings.minimum_count)
        .setNumPartitions(1)
        .setSeed(settings.seed)
    )
    document = DocumentAssembler().setInputCol("text").setOutputCol("document")
    token = Tokenizer().setInputCols(["document"]).setOutputCol("token")
    return Pipeline(stages=[document, token, doc2vec]).fit(capped(ordered, settings.characters))


def sentence_encoder(settings: SentenceEncoderSettings, spark: Any) -> Any:
    """Return the pipeline of an encoder in ONNX, for `with_vectors`.

    A text is encoded as one sentence.

    Args:
        settings: see `SentenceEncoderSettings`.
        spark: the session.

    Raises:
        SetupError: the extra or the jar is missing.
        UsageError: Spark NLP cannot load the folder.
    """
    require_spark_nlp()
    from pyspark.ml import PipelineModel
    from sparknlp.annotator import BertSentenceEmbeddings
    from sparknlp.base import DocumentAssembler

    try:
        loaded = BertSentenceEmbeddings.loadSavedModel(settings.folder, spark)
    except Exception as error:
        # Any Java error of the loader: a missing file, a graph that the runtime rejects.
        raise UsageError(
            f"the sentence encoder in {settings.folder} cannot be loaded: {first_line(error)}",
            expected="a folder with model.onnx and assets/vocab.txt",
        ) from error
    encoder = (
        loaded.setInputCols(["document"])
        .setOutputCol(VECTORS)
        .setDimension(settings.dimensions)
        .setMaxSentenceLength(settings.longest)
        .setBatchSize(settings.batch)
        .setCaseSensitive(settings.case_sensitive)
    )
    return PipelineModel([DocumentAssembler().setInputCol("text").setOutputCol("document"), encoder])


def capped(documents: DataFrame, characters: int) -> DataFrame:
    """Cut each document's text to `characters`; a null becomes an empty text."""
    from pyspark.sql import functions as F

    return documents.withColumn("text", F.substring(F.coalesce("text", F.lit("")), 1, characters))


def with_vectors(pipeline: Any, documents: DataFrame) -> tuple[DataFrame, Column]:
    """Return the documents after a pipeline of this module, and the vector column.

    The vector is ARRAY<FLOAT>, null for a text in which the pipeline found nothing that it knows.
    """
    from pyspark.sql import functions as F

    return pipeline.transform(documents), F.get(VECTORS, F.lit(0))["embeddings"]

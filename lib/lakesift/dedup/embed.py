"""Embed documents: by given embeddings, by word vectors trained on the corpus, or by a sentence encoder."""

from __future__ import annotations

from collections.abc import Mapping

import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame
from pyspark.sql.types import ArrayType

from lakesift.dedup.semantic.settings import CorpusDoc2Vec, EmbedSettings, GivenEmbeddings
from lakesift.embedding.spark_nlp import ENCODER_FILES, capped, sentence_encoder, train_doc2vec, with_vectors
from lakesift.errors import UsageError
from lakesift.operators.files import digests
from lakesift.operators.operator import External, Operator
from lakesift.operators.roles import Measures
from lakesift.operators.table import DOC_ID, Table
from lakesift.operators.table import Column as TableColumn
from lakesift.text.kernels.shuffling import shuffled


def embed(documents: DataFrame, given: DataFrame | None, settings: EmbedSettings) -> DataFrame:
    """Return the embeddings of documents.

    Args:
        documents: doc_id, text.
        given: the table at `settings.given.path`.
        settings: see `EmbedSettings`.

    Returns:
        doc_id, embedding ARRAY<FLOAT>: finite numbers, not all zero. A document without such an embedding (not among
        the given ones, no known word) has no row.

    Raises:
        UsageError: the given table lacks a column, or the encoder cannot be loaded.
        SetupError: Spark NLP is needed and missing.
    """
    if settings.given is not None:
        assert given is not None
        embedded = documents.select("doc_id").join(_given(given, settings.given), "doc_id")
    elif settings.doc2vec is not None:
        embedded = _doc2vec(documents.select("doc_id", "text"), settings.doc2vec)
    else:
        assert settings.encoder is not None
        encoder = sentence_encoder(settings.encoder, documents.sparkSession)
        texts = capped(documents.select("doc_id", "text"), settings.encoder.characters)
        encoded, vector = with_vectors(encoder, texts.where(F.col("text").rlike(r"\S")))
        embedded = encoded.select("doc_id", vector.alias("embedding"))
    return embedded.where(_is_usable(F.col("embedding")))


def _given(given: DataFrame, settings: GivenEmbeddings) -> DataFrame:
    for column in (settings.doc_id, settings.embedding):
        if column not in given.columns:
            raise UsageError(
                f"{settings.path} has no column {column}", expected=f"one of {', '.join(sorted(given.columns))}"
            )
    if not isinstance(given.schema[settings.embedding].dataType, ArrayType):
        raise UsageError(f"column {settings.embedding} of {settings.path} is no array", expected="an array of numbers")
    doc_id, embedding = F.col(settings.doc_id).cast("string"), F.col(settings.embedding).cast("array<float>")
    named = given.select(doc_id.alias("doc_id"), embedding.alias("embedding"))
    return named.groupBy("doc_id").agg(F.min("embedding").alias("embedding"))


def _doc2vec(documents: DataFrame, settings: CorpusDoc2Vec) -> DataFrame:
    model = train_doc2vec(shuffled(documents, settings.seed, 1).limit(settings.training_rows), settings)
    embedded, vector = with_vectors(model, capped(documents, settings.characters))
    return embedded.select("doc_id", vector.alias("embedding"))


def _is_usable(embedding: Column) -> Column:
    # NaN is larger than infinity in Spark, and null is not smaller than anything.
    is_finite = F.forall(embedding, lambda value: F.coalesce(F.abs(value) < F.lit(float("inf")), F.lit(False)))
    return is_finite & F.exists(embedding, lambda value: value != 0)


def files(settings: EmbedSettings) -> Mapping[str, str]:
    """Return the digests of the encoder's files."""
    return digests(*(f"{settings.encoder.folder}/{name}" for name in ENCODER_FILES)) if settings.encoder else {}


def external(settings: EmbedSettings) -> Mapping[str, External]:
    """Return the table of given embeddings."""
    return {"given": External(settings.given.path)} if settings.given else {}


OPERATOR = Operator(
    embed,
    role=Measures(of="documents", missing="no_embedding"),
    writes=Table(
        "the embedding of one document",
        {"doc_id": DOC_ID, "embedding": TableColumn("ARRAY<FLOAT>", "finite numbers, not all zero")},
        "embeddings",
    ),
    example="- embed: {doc2vec: {dimensions: 100}}",
    files=files,
    external=external,
)

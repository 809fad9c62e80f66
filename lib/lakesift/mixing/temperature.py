"""Weigh documents so that languages are sampled in proportion to n^alpha (temperature sampling).

A language with n of N documents is drawn with a probability q proportional to (n / N)^alpha in place of n / N, so that small
languages are seen more often; 1 / alpha is the temperature. Each document has the weight q / (n / N) of its language, 1 on
average, and `publish` multiplies it with its other weights.
Source: XLM (Lample, Conneau 2019, arXiv 1901.07291, section 3.1), alpha 0.5; XLM-R (Conneau et al. 2020, arXiv 1911.02116,
section 3.1), 0.3; multilingual BERT (google-research/bert, multilingual.md), 0.7.
Traps: a language of a few documents gets a large weight, and its documents are repeated as often: `max_weight` bounds it, and
the mean is below 1 then. What is misidentified counts as a language of its own, and documents without a language as one: put
rules over the language before it.
"""

from __future__ import annotations

from typing import Literal

import pyspark.sql.functions as F
from pydantic import Field
from pyspark.sql import DataFrame

from lakesift.operators.operator import Operator
from lakesift.operators.roles import Weighs
from lakesift.operators.table import DOC_ID, Double, String, Table
from lakesift.settings import Settings

UNKNOWN = "un"
# Sums of decimals do not depend on the order of the rows; languages are some hundreds.
EXACT = "decimal(38, 12)"


class TemperatureSettings(Settings):
    """How far small languages are raised."""

    alpha: float = Field(
        default=0.3, ge=0, le=1, description="Exponent; XLM-R (arXiv 1911.02116): 0.3. 1: as they are; 0: all alike."
    )
    unit: Literal["documents", "words"] = Field(
        default="documents", description="What n counts; ours: the papers count sentences."
    )
    max_weight: float | None = Field(
        default=None, gt=0, description="Largest weight of a document; none: unbounded, as published."
    )


def temperature(uncut_documents: DataFrame, settings: TemperatureSettings) -> DataFrame:
    """Weigh the kept documents by the size of their language.

    Args:
        uncut_documents: doc_id, language (null counts as `un`), words.
        settings: see `TemperatureSettings`.

    Returns:
        doc_id, language, weight: one row for each document.
    """
    language, words = F.coalesce("language", F.lit(UNKNOWN)), F.coalesce("words", F.lit(0))
    documents = uncut_documents.select("doc_id", language.alias("language"), words.alias("words"))
    size = F.count("*") if settings.unit == "documents" else F.greatest(F.sum("words"), F.lit(1))
    languages = documents.groupBy("language").agg(F.count("*").alias("documents"), size.alias("size"))
    languages = languages.withColumn("raised", F.pow("size", F.lit(settings.alpha)))
    totals = languages.agg(
        F.sum("documents").alias("all_documents"), F.sum(F.col("raised").cast(EXACT)).cast("double").alias("all_raised")
    )
    weight = F.col("raised") / F.col("all_raised") * F.col("all_documents") / F.col("documents")
    if settings.max_weight is not None:
        weight = F.least(weight, F.lit(settings.max_weight))
    weights = languages.crossJoin(F.broadcast(totals)).select("language", weight.alias("weight"))
    return documents.join(F.broadcast(weights), "language").select("doc_id", "language", "weight")


OPERATOR = Operator(
    temperature,
    role=Weighs(),
    writes=Table(
        "one document and its sampling weight by language",
        {
            "doc_id": DOC_ID,
            "language": String("of the document; un where it was not identified"),
            "weight": Double("1 on average, unless max_weight bounds it"),
        },
    ),
    example="- temperature: {alpha: 0.3}",
)

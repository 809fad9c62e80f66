"""Weigh documents by how common their n-grams are in the corpus, in place of dropping duplicates (SoftDedup).

SoftDedup (arXiv 2407.06654): commonness p is the geometric mean of the probabilities that a 4-gram language model with
Kneser-Ney smoothing, trained on the corpus itself, gives to the document's words; the weight is proportional to 1 / p,
with p the geometric mean of the document's segment. Words are those between white space.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pyspark.sql.functions as F
from pydantic import Field
from pyspark.sql import Column, DataFrame

from lakesift.dedup.minhash.lsh import node_of
from lakesift.dedup.shared.language_model import kneser_ney
from lakesift.dedup.shared.ngram_counts import SCHEMA, count_ngrams
from lakesift.dedup.shared.ranks import with_rank
from lakesift.operators.operator import Materialize, Operator
from lakesift.operators.roles import Weighs
from lakesift.operators.table import DOC_ID, Double, Int, Long, Table
from lakesift.settings import Settings

# Logarithms are summed as whole numbers of 2^-32: a sum of doubles would depend on the order.
SCALE = float(1 << 32)
# Documents are ranked in buckets of this width of log p, at most some ten thousand.
BUCKETS_PER_UNIT = 1024


class CommonnessSettings(Settings):
    """How commonness becomes a weight."""

    segments: int = Field(
        default=20,
        ge=1,
        le=1000,
        description="Segments of equally many documents in the order of their commonness; those of one segment have one"
        " weight. SoftDedup (arXiv 2407.06654) quantises too; this number is ours.",
    )
    longest: int = Field(
        default=1_000_000, ge=1, description="Words of a text, from its start, that are read; ours, for hostile pages."
    )


def commonness(documents: DataFrame, settings: CommonnessSettings, materialize: Materialize) -> DataFrame:
    """Measure the commonness of each document and give it a sampling weight.

    Args:
        documents: doc_id, text.
        settings: see `CommonnessSettings`.
        materialize: called with the names ngrams, types_4 to types_1 and measured.

    Returns:
        doc_id, weight DOUBLE (their mean over documents with words is 1; 1 for a document without), commonness DOUBLE (0 to
        1; null without words), segment INT (0: the least common; null without words), tokens BIGINT: one row a document.
    """
    numbered = documents.select("doc_id", node_of(F.col("doc_id")).alias("node"))
    texts = documents.select(node_of(F.col("doc_id")).alias("node"), "text")
    ngrams = materialize(texts.mapInArrow(partial(count_ngrams, longest=settings.longest), SCHEMA), "ngrams")
    fixed = F.round(F.log("probability") * SCALE).cast("bigint")
    logs = ngrams.join(kneser_ney(ngrams, materialize).select("gram_4", fixed.alias("log")), "gram_4")
    sums = logs.groupBy("node").agg(
        F.sum(F.col("log") * F.col("occurrences")).alias("sum"), F.sum("occurrences").alias("tokens")
    )
    mean = F.round(F.col("sum") / F.col("tokens")).cast("bigint")
    measured = materialize(sums.select("node", "tokens", mean.alias("log")), "measured")
    weighed = numbered.join(_weighed(measured, settings.segments), "node", "left")
    return weighed.select(
        "doc_id",
        F.coalesce("weight", F.lit(1.0)).alias("weight"),
        F.exp(F.col("log") / SCALE).alias("commonness"),
        "segment",
        F.coalesce("tokens", F.lit(0)).cast("bigint").alias("tokens"),
    )


def _weighed(measured: DataFrame, segments: int) -> DataFrame:
    bucket = F.floor(F.col("log") / SCALE * BUCKETS_PER_UNIT)
    ranked = with_rank(measured, bucket, "log", "node")
    segment = F.floor(F.col("rank") * segments / F.col("total")).cast("int")
    ranked = ranked.withColumn("segment", segment)
    mean = F.sum("log").cast("double") / F.count("*") / SCALE
    inverse = ranked.groupBy("segment").agg(F.count("*").alias("rows"), F.exp(-mean).alias("inverse"))
    # One sorted array, so that the sum is taken in one order.
    listed = F.sort_array(F.collect_list(F.struct("segment", "rows", "inverse"))).alias("segments")
    weights = inverse.agg(listed).select(F.inline(F.transform("segments", _weight_in("segments"))))
    return ranked.join(F.broadcast(weights), "segment")


def _weight_in(segments: str) -> Callable[[Column], Column]:
    rows = F.aggregate(segments, F.lit(0).cast("bigint"), lambda total, each: total + each["rows"])
    inverse = F.aggregate(segments, F.lit(0.0), lambda total, each: total + each["rows"] * each["inverse"])
    return lambda each: F.struct(each["segment"].alias("segment"), (each["inverse"] * rows / inverse).alias("weight"))


OPERATOR = Operator(
    commonness,
    role=Weighs(),
    writes=Table(
        "how common the 4-grams of one document are, and its sampling weight",
        {
            "doc_id": DOC_ID,
            "weight": Double("1 on average"),
            "commonness": Double("geometric mean of the probabilities of its words", null="no words"),
            "segment": Int("0: the least common", null="no words"),
            "tokens": Long("words that were read"),
        },
    ),
    example="- commonness: {segments: 20}",
)

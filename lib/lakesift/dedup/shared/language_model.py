"""A 4-gram language model of a corpus with Kneser-Ney smoothing.

It gives each 4-gram of the corpus its probability.
"""

from __future__ import annotations

import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame

from lakesift.dedup.shared.ngram_counts import ORDER
from lakesift.operators.operator import Materialize


def kneser_ney(ngrams: DataFrame, materialize: Materialize) -> DataFrame:
    """Compute interpolated Kneser-Ney with one discount for each n.

    Source: Kneser, Ney 1995; Chen, Goodman 1998, equation 23.

    4-grams have their counts; a shorter n-gram has the number of words that occur before it. From each count the
    discount n1 / (n1 + 2 n2) is taken, n1 and n2 the numbers of n-grams with count 1 and 2 (Chen, Goodman 1998,
    equation 26), and given to the probability of the last word after one word less. A word alone has its share of all
    such counts. N-grams are identified by 64-bit hashes: among 1 billion two have one hash with a probability of 0.03.

    Args:
        ngrams: rows of `count_ngrams`.
        materialize: materializes a frame and returns it as a table; called with the names types_4 to types_1.

    Returns:
        gram_4 BIGINT, probability DOUBLE: one row per different 4-gram.
    """
    types = [materialize(_types(ngrams, ORDER, F.sum("occurrences")), f"types_{ORDER}")]
    for size in range(ORDER - 1, 0, -1):
        types.append(materialize(_types(types[-1], size, F.count("*")), f"types_{size}"))
    *longer, words = types
    total = words.agg(F.sum("count").alias("total"))
    probabilities = words.crossJoin(F.broadcast(total)).select(
        "gram_1", (F.col("count") / F.col("total")).alias("probability")
    )
    for size, frame in enumerate(reversed(longer), start=2):
        probabilities = _smoothed(frame, size, probabilities)
    return probabilities


def _types(frame: DataFrame, size: int, count: Column) -> DataFrame:
    """Return the different n-grams of a size with their counts.

    Their shorter parts are functions of the n-gram.
    """
    shorter = [f"gram_{n}" for n in range(1, size)] + [f"context_{n}" for n in range(2, size + 1)]
    parts = [F.min(column).alias(column) for column in shorter]
    return frame.groupBy(f"gram_{size}").agg(count.alias("count"), *parts)


def _smoothed(types: DataFrame, size: int, shorter: DataFrame) -> DataFrame:
    gram, context = f"gram_{size}", f"context_{size}"
    once, twice = F.count_if(F.col("count") == 1), F.count_if(F.col("count") == 2)
    discount = types.agg(F.coalesce(once / (once + 2 * twice), F.lit(0.0)).alias("discount"))
    contexts = types.groupBy(context).agg(F.sum("count").alias("total"), F.count("*").alias("followers"))
    known = types.join(contexts, context).join(shorter, f"gram_{size - 1}").crossJoin(F.broadcast(discount))
    own = (F.col("count") - F.col("discount")) / F.col("total")
    given_on = F.col("discount") * F.col("followers") / F.col("total")
    return known.select(gram, (own + given_on * F.col("probability")).alias("probability"))

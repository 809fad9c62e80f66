"""Judge each example of a benchmark by how much of it is in the documents, as PaLM and Llama 2 do."""

from __future__ import annotations

import pyspark.sql.functions as F
from pyspark.sql import DataFrame, Window

from lakesift.dedup.benchmarks.settings import JudgeSettings
from lakesift.operators.operator import Operator
from lakesift.operators.roles import Measures
from lakesift.operators.table import Double, Long, String, Table

EXAMPLE = ("task", "example", "method")


def judge_examples(contamination: DataFrame, settings: JudgeSettings) -> DataFrame:
    """Judge the examples by PaLM's and Llama 2's rules.

    PaLM (arXiv 2204.02311, section 8): an example is contaminated when at least 70 % of its 8-grams are in documents.
    Llama 2 (arXiv 2307.09288, appendix A.6): a word is contaminated when it is in a match, which is 10 equal words and
    those behind them of which at most 4 differ; all words of a match count, its differing ones too. An example is clean
    below 20 % of contaminated words, dirty from 80 % on. Both count in the corpus as a whole: one document may have one
    half of an example and another one the other. Llama 2's tokens are those of its tokenizer, ours are words.

    Args:
        contamination: see `contamination`; those of other methods are passed over.
        settings: see `JudgeSettings`.

    Returns:
        task, example, method, ngrams (n-grams of the example; words for llama2), found (of them), coverage (their
        share), verdict (palm: contaminated or clean; llama2: dirty, clean, or neither). Examples without a row are
        clean.
    """
    judged = contamination.where(F.col("method").isin("palm", "llama2"))
    spans = judged.select(*EXAMPLE, "first", "words", "example_words").distinct()
    before = Window.partitionBy(*EXAMPLE).orderBy("first", "words").rowsBetween(Window.unboundedPreceding, -1)
    end = F.col("first") + F.col("words")
    covered = F.coalesce(F.max(end).over(before), F.lit(0))
    new = F.greatest(F.lit(0), end - F.greatest(F.col("first"), covered))
    is_palm = F.col("method") == "palm"
    # 8-grams are counted by the word with which they begin, and each of them is there once.
    counted = spans.withColumn("new", F.when(is_palm, 1).otherwise(new))
    examples = counted.groupBy(*EXAMPLE).agg(
        F.max(F.when(is_palm, F.col("example_words") - F.col("words") + 1).otherwise(F.col("example_words")))
        .cast("bigint")
        .alias("ngrams"),
        F.sum("new").alias("found"),
    )
    coverage = F.col("found") / F.col("ngrams")
    palm = F.when(F.col("coverage") >= settings.palm_share, "contaminated").otherwise("clean")
    llama2 = (
        F.when(F.col("coverage") >= settings.llama2_dirty, "dirty")
        .when(F.col("coverage") < settings.llama2_clean, "clean")
        .otherwise("neither")
    )
    judged_examples = examples.withColumn("coverage", coverage)
    return judged_examples.withColumn("verdict", F.when(is_palm, palm).otherwise(llama2))


OPERATOR = Operator(
    judge_examples,
    role=Measures(),
    writes=Table(
        "one example of a benchmark of which documents hold something",
        {
            "task": String("name of the benchmark"),
            "example": Long("row in the file of the benchmark, from 0"),
            "method": String("palm or llama2"),
            "ngrams": Long("of the example; for llama2 its words"),
            "found": Long("of these, in documents"),
            "coverage": Double("their share, 0 to 1"),
            "verdict": String("palm: contaminated or clean; llama2: dirty, neither or clean"),
        },
        "contaminated_examples",
    ),
    example="- judge_examples: {}",
)

"""Words and word pairs of a corpus, counted in SQL.

The pairs have their pointwise mutual information.
"""

from __future__ import annotations

import string

import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame

# Characters that end a word, and the blocks of scripts without spaces, whose characters are words of their own:
# facebookresearch/MetaCLIP metaclip/metadata/build_ngram.py.
MARKS = string.punctuation + "，。、；：？¿！“”‘’（）【】《》〈〉「」『』～—"
CHARACTER_WORDS = (
    r"\x{2E80}-\x{2FDF}\x{2FF0}-\x{2FFF}\x{3400}-\x{4DBF}\x{4E00}-\x{9FFF}\x{F900}-\x{FAFF}\x{20000}-\x{2A6DF}"
    r"\x{2A700}-\x{2EBEF}\x{0E00}-\x{0FFF}\x{1000}-\x{109F}\x{1780}-\x{17FF}"
)
ALONE = "".join(f"\\x{{{ord(mark):X}}}" for mark in MARKS) + CHARACTER_WORDS
SPACE = r"\x{1C}-\x{1F}\s"
WORD = f"(?U)[^{SPACE}{ALONE}]++|[{ALONE}]"


def adjacent_counts(texts: DataFrame, max_characters: int) -> DataFrame:
    """Count each word together with the word that follows it.

    A word is a run of characters other than white space and punctuation, or one character of a script without spaces.
    Nothing follows the last word of a text or a word before punctuation. Case is kept.

    Args:
        texts: text STRING.
        max_characters: longer words are not counted, and end a pair as punctuation does.

    Returns:
        first STRING, second STRING (null: nothing follows), count BIGINT.
    """
    words = F.regexp_extract_all("text", F.lit(WORD), F.lit(0)).alias("first")
    first = texts.select(words)
    following = first.select("first", F.slice("first", F.lit(2), F.size("first")).alias("second"))
    zipped = following.select(F.inline(F.arrays_zip("first", "second")))
    counted = zipped.where(_is_word("first", max_characters))
    second = F.when(_is_word("second", max_characters), F.col("second")).alias("second")
    return counted.groupBy("first", second).agg(F.count("*").alias("count"))


def unigrams(counts: DataFrame, min_count: int) -> DataFrame:
    """Return the words that occur at least `min_count` times.

    Args:
        counts: the result of `adjacent_counts`.
        min_count: occurrences.

    Returns:
        entry STRING, rank BIGINT: the word and its count.
    """
    return _word_counts(counts).where(F.col("rank") >= min_count)


def pmi_bigrams(counts: DataFrame, min_pmi: float, min_count: int) -> DataFrame:
    """Return the word pairs with a mutual information of at least `min_pmi` bits.

    Args:
        counts: the result of `adjacent_counts`.
        min_pmi: bits.
        min_count: occurrences of the pair.

    Returns:
        entry STRING, rank DOUBLE: the two words with a space between them, and their PMI.
    """
    words = _word_counts(counts)
    pairs = counts.where(F.col("second").isNotNull() & (F.col("count") >= min_count))
    first = words.select(F.col("entry").alias("first"), F.col("rank").alias("first_count"))
    second = words.select(F.col("entry").alias("second"), F.col("rank").alias("second_count"))
    total = words.agg(F.sum("rank").alias("total"))
    counted = pairs.join(first, "first", how="inner").join(second, "second", how="inner").crossJoin(total)
    rank = pmi(F.col("count"), F.col("first_count"), F.col("second_count"), F.col("total"))
    ranked = counted.select(F.concat_ws(" ", "first", "second").alias("entry"), rank.alias("rank"))
    return ranked.where(F.col("rank") >= min_pmi)


def pmi(pair: Column, first: Column, second: Column, total: Column) -> Column:
    """Return the pointwise mutual information in bits.

    It is log2(pair * total) - log2(first * second).

    As nltk's BigramAssocMeasures.pmi (Church, Hanks 1990), `total` being the number of words.
    """
    return F.log2(pair.cast("double") * total) - F.log2(first.cast("double") * second)


def _word_counts(counts: DataFrame) -> DataFrame:
    return counts.groupBy(F.col("first").alias("entry")).agg(F.sum("count").alias("rank"))


def _is_word(column: str, max_characters: int) -> Column:
    word = F.col(column)
    return (F.length(word) <= max_characters) & ~F.lit(MARKS).contains(word)

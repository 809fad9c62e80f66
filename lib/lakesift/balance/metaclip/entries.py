"""Metadata entries: the strings that captions are matched with and balanced over."""

from __future__ import annotations

import string

import pyspark.sql.functions as F
from pydantic import Field, model_validator
from pyspark.sql import Column, DataFrame, Window

from lakesift.balance.metaclip.matching import matchable
from lakesift.balance.metaclip.ngrams import adjacent_counts, pmi_bigrams, unigrams
from lakesift.errors import StageError
from lakesift.settings import Settings

SOURCES = ("numbers", "file", "unigrams", "bigrams")
NUMBERS = 100


class UnigramSettings(Settings):
    """Single words of the corpus."""

    min_count: int = Field(
        default=100, ge=1, description="Occurrences in the corpus; MetaCLIP: 100 in the English Wikipedia."
    )


class BigramSettings(Settings):
    """Pairs of neighbouring words that occur together more often than by chance."""

    min_pmi: float = Field(
        default=30,
        description="Pointwise mutual information in bits; MetaCLIP (metaclip1/build_metadata.py): 30. It cannot exceed"
        " log2 of the words in the corpus: a corpus below 2^30 words needs less.",
    )
    min_count: int = Field(
        default=1, ge=1, description="Occurrences of the pair; MetaCLIP: 1. The rarest pairs have the highest values."
    )


class EntrySettings(Settings):
    """Sources of the entries, in the order numbers, file, unigrams, bigrams."""

    language: str = Field(default="en", description="Language code that is written beside the entries.")
    numbers: bool = Field(default=True, description='"0" to "99", as MetaCLIP.')
    file: str | None = Field(default=None, description="Path of a text file (.gz too), one entry per line.")
    unigrams: UnigramSettings | None = Field(default=None, description="Words of the corpus; none: not used.")
    bigrams: BigramSettings | None = Field(default=None, description="Word pairs of the corpus; none: not used.")
    max_entries: int = Field(
        default=500_000, ge=1, description="MetaCLIP stops at 500,000 (metaclip1/build_metadata.py)."
    )
    max_characters: int = Field(
        default=256,
        ge=1,
        description="Longer entries and words are left out; MetaCLIP 2: 256 (metadata/build_metadata.py).",
    )

    @model_validator(mode="after")
    def _has_a_source(self) -> EntrySettings:
        if self.file is None and self.unigrams is None and self.bigrams is None:
            raise ValueError("entries need a file, unigrams or bigrams")
        return self


def build_entries(
    settings: EntrySettings, *, lines: DataFrame | None = None, texts: DataFrame | None = None
) -> DataFrame:
    """Collect the entries of all sources, each string once.

    The ids depend only on the entries.

    An entry that several sources have belongs to the first of them. Empty strings and single ASCII punctuation marks
    are left out. Within a source, entries are in order of count or PMI, then alphabetical; numbers and files only the
    latter. Ids count from 0 in that order, and the order decides what `max_entries` leaves out.

    Args:
        settings: see `EntrySettings`.
        lines: value STRING, the lines of `settings.file`.
        texts: text STRING, the corpus for unigrams and bigrams.

    Returns:
        entry_id BIGINT, entry STRING, source STRING, language STRING, matchable BOOLEAN (false: no text can have it,
        see `lakesift.balance.metaclip.matching.matchable`).

    Raises:
        StageError: a frame that the settings need was not given.
    """
    candidates = _candidates(settings, lines, texts)
    stripped = candidates.withColumn("entry", F.btrim("entry"))
    first = F.min(F.struct("source_order", F.negative("rank").alias("descending"))).alias("first")
    unique = stripped.where(_usable(settings)).groupBy("entry").agg(first)
    order = Window.orderBy("first.source_order", "first.descending", "entry")
    numbered = unique.withColumn("entry_id", F.row_number().over(order).cast("bigint") - 1)
    sources = F.array(*map(F.lit, SOURCES))
    return numbered.where(F.col("entry_id") < settings.max_entries).select(
        "entry_id",
        "entry",
        F.get(sources, F.col("first.source_order")).alias("source"),
        F.lit(settings.language).alias("language"),
        matchable(F.col("entry")).alias("matchable"),
    )


def _candidates(settings: EntrySettings, lines: DataFrame | None, texts: DataFrame | None) -> DataFrame:
    """Return entry, source_order and rank (higher first) of every requested source."""
    from_corpus = settings.unigrams is not None or settings.bigrams is not None
    found: list[DataFrame] = []
    if settings.file is not None:
        given = _given(lines, "lines")
        found.append(_of_source("file", given.select(F.col("value").alias("entry"), F.lit(0.0).alias("rank"))))
    if from_corpus:
        counts = adjacent_counts(_given(texts, "texts"), settings.max_characters)
        if settings.unigrams is not None:
            found.append(_of_source("unigrams", unigrams(counts, settings.unigrams.min_count)))
        if settings.bigrams is not None:
            pairs = pmi_bigrams(counts, settings.bigrams.min_pmi, settings.bigrams.min_count)
            found.append(_of_source("bigrams", pairs))
    if settings.numbers:
        numbers = found[0].sparkSession.range(NUMBERS)
        found.append(
            _of_source("numbers", numbers.select(F.col("id").cast("string").alias("entry"), F.lit(0.0).alias("rank")))
        )
    together = found[0]
    for frame in found[1:]:
        together = together.union(frame)
    return together


def _given(frame: DataFrame | None, name: str) -> DataFrame:
    if frame is None:
        raise StageError(f"the frame '{name}' is missing", where="entries", expected="what entries.settings ask for")
    return frame


def _of_source(source: str, frame: DataFrame) -> DataFrame:
    order = F.lit(SOURCES.index(source)).alias("source_order")
    return frame.select("entry", order, F.col("rank").cast("double").alias("rank"))


def _usable(settings: EntrySettings) -> Column:
    is_mark = (F.length("entry") == 1) & F.lit(string.punctuation).contains(F.col("entry"))
    return F.length("entry").between(1, settings.max_characters) & ~is_mark

"""Cut substrings that occur at least twice in the corpus, of a length in bytes, words or tokens."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from lakesift.dedup.shared.cut_rows import CUTS_SQL
from lakesift.dedup.substrings.batches import (
    anchor_batches,
    question_batches,
    repeat_batches,
    span_batches,
    window_batches,
)
from lakesift.dedup.substrings.numbers import numbered
from lakesift.dedup.substrings.settings import RepeatedSubstringSettings
from lakesift.dedup.substrings.spans import REASONS
from lakesift.operators.files import digests
from lakesift.operators.operator import Materialize, Operator
from lakesift.operators.outcome import CUT_COLUMNS
from lakesift.operators.roles import Cuts
from lakesift.operators.table import Table

BY_PART = "document BIGINT, part INT, records BINARY"
BY_DOCUMENT = "document BIGINT, is_asked BOOLEAN, records BINARY"


def repeated_substrings(
    documents: DataFrame, settings: RepeatedSubstringSettings, materialize: Materialize
) -> DataFrame:
    """Finds every window of L units that occurs at least twice in the texts, and what of it is cut.

    Definition: Lee et al. 2021, "Deduplicating Training Data Makes Language Models Better" (arXiv 2107.06499), section
    4.1; google-research/deduplicate-text-datasets, src/main.rs, self_similar and collect. No window reaches over the
    end of a document, and windows that touch or overlap are cut as one. As there, the text that is left may repeat
    itself anew where a cut has joined two pieces: the paper runs it twice, a recipe can too.

    No text is compared with another. Equal windows have equal anchors (see `anchors`), so that
    1. each text's anchors, one in about L / 4 units, are grouped by their hash. All windows of an anchor, as a whole,
       are a region: anchors with equal regions repeat all of their windows, which settles copies that are longer than a
       window, and within a batch of texts before anything is shuffled;
    2. of anchors that share a hash and not the region, as at both ends of a copy, the 128-bit hash of every single
       window is taken, and windows are grouped by that.

    Two different windows, or regions, share their 128 bits with a probability of 2^-128 unless someone looks for such:
    among 10^12 different ones, any two do with a probability of 10^-15. Words are compared by 64-bit hashes: among a
    hundred million different words two share one with a probability of 0.0003, and would have to be in equal
    windows.

    Args:
        documents: doc_id, crawl, source_path, source_offset, text; at most 2^32 of them.
        settings: see `RepeatedSubstringSettings`.
        materialize: called with the names numbers, anchors and answers.

    Returns:
        doc_id, spans (UTF-8 bytes of the text, sorted, apart from one another, at borders of characters; `put` is ""),
        removed (bytes in them), reason (one of `spans.REASONS`; null: the document stays, cut): one row per document
        with spans. The same for any partitions and any number of parts.
    """
    numbers = materialize(numbered(documents), "numbers")
    texts = documents.select("doc_id", "text").join(numbers, "doc_id").select("document", "text")
    anchors = materialize(texts.mapInArrow(partial(anchor_batches, settings=settings), BY_PART), "anchors")
    questions = partial(question_batches, settings=settings)
    answers = materialize(_by_part(anchors.where("part IS NOT NULL")).mapInArrow(questions, BY_DOCUMENT), "answers")
    asked = _with_texts(documents, numbers, answers.where("is_asked"))
    windows = asked.select("document", "text", "records").mapInArrow(
        partial(window_batches, settings=settings), BY_PART
    )
    repeats = _by_part(windows).mapInArrow(partial(repeat_batches, settings=settings), BY_DOCUMENT)
    runs = anchors.where("part IS NULL").select("document", "records")
    for more in (answers.where("NOT is_asked"), repeats):
        runs = runs.union(more.select("document", "records"))
    cut = _with_texts(documents, numbers, runs).select("doc_id", "text", "records")
    return cut.mapInArrow(partial(span_batches, settings=settings), CUTS_SQL)


def _by_part(rows: DataFrame) -> DataFrame:
    return rows.select("part", "records").repartition("part").sortWithinPartitions("part")


def _with_texts(documents: DataFrame, numbers: DataFrame, rows: DataFrame) -> DataFrame:
    """Return doc_id, document, text and all records of the documents that have some."""
    gathered = rows.groupBy("document").agg(F.collect_list("records").alias("records"))
    return documents.select("doc_id", "text").join(numbers.join(gathered, "document"), "doc_id")


def files(settings: RepeatedSubstringSettings) -> Mapping[str, str]:
    """Return the digest of the tokenizer."""
    return digests(settings.tokenizer)


OPERATOR = Operator(
    repeated_substrings,
    role=Cuts(REASONS),
    writes=Table("one document with substrings that occur elsewhere", CUT_COLUMNS),
    example="- repeated_substrings: {unit: bytes, length: 100}",
    files=files,
)

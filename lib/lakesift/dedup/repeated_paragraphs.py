"""Cut repeated lines, paragraphs or sentences, as cc_net, Dolma, C4 and DCLM define them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from lakesift.dedup.paragraphs import bff, cc_net, dolma, dolma_ngrams, sentence_spans
from lakesift.dedup.paragraphs.rule import REASONS, Rule
from lakesift.dedup.paragraphs.seen import seen_batches
from lakesift.dedup.paragraphs.settings import Method, RepeatedParagraphSettings
from lakesift.dedup.paragraphs.spans import cut_batches
from lakesift.dedup.paragraphs.units import Units, rows_of
from lakesift.dedup.shared.cut_rows import CUTS_SQL
from lakesift.dedup.shared.order import PLACE
from lakesift.operators.operator import Operator
from lakesift.operators.outcome import CUT_COLUMNS
from lakesift.operators.roles import Cuts
from lakesift.operators.table import Table
from lakesift.text.kernels.buffers import TextBuffers, buffers_of, parts_of

ROWS = "crawl STRING, source_path STRING, source_offset BIGINT, doc_id STRING, part INT, keys BINARY, units BINARY"
SEEN = "doc_id STRING, entries BINARY, seen BINARY"
BYTES_AT_ONCE = 8 << 20  # of text: its units and hashes take several times the room


class MethodKind(NamedTuple):
    """One method: how it finds the units of texts, and when they go."""

    find: Callable[[TextBuffers, RepeatedParagraphSettings], Units]
    rule: Callable[[RepeatedParagraphSettings], Rule]


METHODS: dict[Method, MethodKind] = {
    "cc_net": MethodKind(cc_net.find, cc_net.one_pass),
    "cc_net_two_pass": MethodKind(cc_net.find, cc_net.two_pass),
    "dolma": MethodKind(dolma.find, dolma.rule),
    "dolma_ngrams": MethodKind(dolma_ngrams.find, dolma_ngrams.rule),
    "sentence_spans": MethodKind(sentence_spans.find, sentence_spans.rule),
    "bff": MethodKind(bff.find, bff.rule),
}


def repeated_paragraphs(documents: DataFrame, settings: RepeatedParagraphSettings) -> DataFrame:
    """Find the text that a document shares with others, or with itself.

    The settings choose one of several published methods.

    Each document is read once; its units (lines, sentences) become 64-bit hashes, which are divided into parts. A task
    goes through the hashes of a part document by document in `document_order()`, and the seen ones go back to the
    documents. The answer is the same for any partitions and any number of parts.

    Two different units share a hash with a probability of 2^-64: among ten billion different ones, three pairs do, and
    of each the later (in two passes, both) is cut without being a copy.

    Args:
        documents: doc_id, crawl, source_path, source_offset, text.
        settings: the method and its settings.

    Returns:
        doc_id, spans (UTF-8 bytes of the text, sorted, apart from one another; `put` is ""), removed (bytes in them),
        reason (why the document is dropped, one of `rule.REASONS`; null: it stays, cut): one row per document with
        spans.
    """
    find, rule = METHODS[settings.method].find, METHODS[settings.method].rule(settings)
    salt = F.xxhash64("crawl") if settings.within == "crawl" else F.lit(0).cast("bigint")
    rows = documents.select(*PLACE, "text", salt.alias("salt")).mapInArrow(
        partial(_row_batches, find=find, rule=rule, settings=settings), ROWS
    )
    ordered = rows.repartition("part").sortWithinPartitions("part", *PLACE)
    seen = ordered.select("doc_id", "part", "keys", "units").mapInArrow(
        partial(seen_batches, everywhere=rule.everywhere), SEEN
    )
    gathered = seen.groupBy("doc_id").agg(F.max("entries").alias("entries"), F.collect_list("seen").alias("seen"))
    return gathered.mapInArrow(partial(cut_batches, rule=rule), CUTS_SQL)


def _row_batches(
    batches: Iterable[pa.RecordBatch],
    find: Callable[[TextBuffers, RepeatedParagraphSettings], Units],
    rule: Rule,
    settings: RepeatedParagraphSettings,
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for some in parts_of(batch, BYTES_AT_ONCE):
            units = find(buffers_of(some.column("text")), settings)
            salts = some.column("salt").to_numpy().view(np.uint64)
            for rows in rows_of(units, salts, settings.parts, rule):
                places = some.select(list(PLACE)).take(pa.array(rows.texts))
                columns = [*places.columns, pa.array(rows.parts), rows.keys, rows.units]
                yield pa.RecordBatch.from_arrays(columns, [*PLACE, "part", "keys", "units"])


OPERATOR = Operator(
    repeated_paragraphs,
    role=Cuts(REASONS),
    writes=Table("one document with lines, paragraphs or sentences that others have", CUT_COLUMNS),
    example="- repeated_paragraphs: {method: cc_net}",
)

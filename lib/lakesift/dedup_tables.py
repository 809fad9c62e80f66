"""The tables that deduplication writes, and how each decides over documents."""

from __future__ import annotations

from lakesift.ledger_tables import Table

TWIN = (
    "doc_id STRING NOT NULL",
    "cluster_id STRING NOT NULL COMMENT 'smallest doc_id of the cluster'",
    "keeper_id STRING NOT NULL",
    "method STRING NOT NULL",
    "similarity DOUBLE COMMENT 'to the keeper, 0 to 1; null where the method has none'",
    "crawl STRING",
)
CUT = (
    "doc_id STRING NOT NULL",
    "spans ARRAY<STRUCT<start: INT, end: INT, put: STRING>> COMMENT 'bytes cut from the text, and what takes their place'",
    "removed BIGINT NOT NULL COMMENT 'bytes cut'",
    "reason STRING COMMENT 'why the whole document is dropped; null: it stays, cut'",
)

DEDUPLICATION: dict[str, Table] = {
    "exact_duplicates": Table("one document that has an exact duplicate", TWIN),
    "duplicates": Table("one document that has a near-duplicate", TWIN),
    "semantic_duplicates": Table("one document that says what another says", TWIN),
    "repeated_paragraphs": Table("one document with lines, paragraphs or sentences that others have", CUT),
    "repeated_substrings": Table("one document with substrings that occur elsewhere", CUT),
    "decontaminated": Table("one document with text of a benchmark", CUT),
}

INDEX = Table(
    "one band key of a published document, or (without a key) the document",
    (
        "key BIGINT COMMENT 'null in the row that stands for the document'",
        "node BIGINT NOT NULL COMMENT 'the number that stands for doc_id'",
        "doc_id STRING COMMENT 'with what follows, only without a key'",
        "crawl STRING",
        "cluster_id STRING COMMENT 'the smallest of all rows of the document holds: clusters only grow'",
        "signature BINARY",
    ),
    cluster_by=("key",),
)

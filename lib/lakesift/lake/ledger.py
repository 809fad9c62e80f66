"""How a table is defined, and the tables that keep account: sources, quarantine, data sets, runs, funnel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """One table.

    Args:
        comment: what a row is.
        columns: SQL column definitions, with a comment where the name does not say it.
        cluster_by: columns that the files are clustered by.
        constraints: CHECK constraints, by name.
        grows: True where runs add rows; False where each commit replaces the whole table.
        open_schema: True where the columns depend on the recipe (the signals that it measures).
    """

    comment: str
    columns: tuple[str, ...]
    cluster_by: tuple[str, ...] = ()
    constraints: tuple[tuple[str, str], ...] = ()
    grows: bool = False
    open_schema: bool = False


LEDGER: dict[str, Table] = {
    "sources": Table(
        "one archive file taken in",
        (
            "source_path STRING NOT NULL",
            "crawl STRING",
            "kind STRING COMMENT 'warc, wet, wat, arc or documents'",
            "bytes BIGINT",
            "status STRING NOT NULL COMMENT 'done, or failed with the reason'",
            "records BIGINT",
            "pages BIGINT",
            "links BIGINT",
            "quarantined BIGINT",
            "counted MAP<STRING, BIGINT> COMMENT 'records that need no row, by class'",
            "reason STRING",
            "committed_version BIGINT COMMENT 'version of pages that holds its rows'",
            "settings_fingerprint STRING COMMENT 'ingest settings it was read with'",
        ),
        grows=True,
        constraints=(("status_known", "status IN ('done', 'failed')"),),
    ),
    "quarantine": Table(
        "one record that could not be used, with the reason",
        (
            "crawl STRING",
            "source_path STRING NOT NULL",
            "source_offset BIGINT",
            "stage STRING NOT NULL",
            "reason STRING NOT NULL",
            "detail STRING",
            "head BINARY COMMENT 'first bytes of the record'",
        ),
        grows=True,
    ),
    "datasets": Table(
        "one published version of a data set",
        (
            "name STRING NOT NULL",
            "version BIGINT NOT NULL",
            "delta_version BIGINT NOT NULL",
            "recipe STRING",
            "fingerprint STRING NOT NULL",
            "inputs MAP<STRING, BIGINT>",
            "scorers MAP<STRING, STRING>",
            "documents BIGINT",
            "words BIGINT",
            "mlflow_run_id STRING",
            "published_at TIMESTAMP",
        ),
        grows=True,
    ),
    "runs": Table(
        "one stage of one run",
        (
            "run_id STRING NOT NULL",
            "recipe STRING",
            "stage STRING NOT NULL",
            "fingerprint STRING",
            "status STRING NOT NULL COMMENT 'done, skipped or failed'",
            "inputs MAP<STRING, BIGINT>",
            "output STRING",
            "output_version BIGINT",
            "rows_in BIGINT",
            "rows_out BIGINT",
            "rejected MAP<STRING, BIGINT>",
            "counts MAP<STRING, BIGINT> COMMENT 'what else the stage counted on its way'",
            "seconds DOUBLE",
            "error STRING",
            "started_at TIMESTAMP",
        ),
        grows=True,
    ),
    "funnel": Table(
        "what one rule dropped in one run, by language",
        (
            "run_id STRING NOT NULL",
            "recipe STRING",
            "stage STRING NOT NULL",
            "position INT NOT NULL",
            "rule STRING NOT NULL",
            "language STRING",
            "documents_in BIGINT",
            "words_in BIGINT",
            "dropped_documents BIGINT COMMENT 'in the order of the rules'",
            "dropped_words BIGINT",
            "alone_documents BIGINT COMMENT 'if it were the only rule'",
            "alone_words BIGINT",
        ),
        grows=True,
    ),
}

"""The tables of a lake: columns with comments, clustering and constraints, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lakesift.crawl.html.metadata.columns import sql_type as metadata_type
from lakesift.crawl.pages.nested_types import DATA_TABLES, IMAGES
from lakesift.lake.dedup_tables import DEDUPLICATION, INDEX
from lakesift.lake.ledger import LEDGER, Table
from lakesift.text.kernels.sql_types import sql_type

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FORMAT = "1"
"""Format of the tables below; a lake with a higher one was written by a newer lakesift."""

FORMAT_PROPERTY = "lakesift.format"

PROVENANCE = "STRUCT<url: STRING, crawl: STRING, source_path: STRING, source_offset: BIGINT, fetch_time: TIMESTAMP>"


KEPT = "CASE WHEN kept THEN size(failed) = 0 ELSE size(failed) > 0 END"
VERDICT = (
    "doc_id STRING NOT NULL",
    "kept BOOLEAN NOT NULL",
    "failed ARRAY<STRING> NOT NULL COMMENT 'full names of all rules that failed, in order'",
    "language STRING",
    "words BIGINT",
)
SHARE = "probability >= 0 AND probability <= 1"

TABLES: dict[str, Table] = {
    **LEDGER,
    "pages": Table(
        "one archived page with its text, or one imported text",
        (
            "doc_id STRING NOT NULL COMMENT 'UUID of the WARC-Record-ID of the response'",
            "crawl STRING",
            "url STRING",
            "host STRING",
            "registered_domain STRING",
            "fetch_time TIMESTAMP COMMENT 'UTC'",
            "http_status INT",
            "mime STRING",
            "charset STRING",
            "title STRING",
            "text STRING NOT NULL",
            "extractor STRING NOT NULL COMMENT 'resiliparse, trafilatura, lakesift, wet or import'",
            "source_path STRING NOT NULL",
            "source_offset BIGINT NOT NULL COMMENT 'bytes from the start of the archive'",
            "source_length BIGINT",
            "payload_digest STRING",
            "html BINARY COMMENT 'only where the recipe asks for it'",
            f"metadata {metadata_type()} COMMENT 'what the page and its HTTP headers say of it; null for imported texts and WET'",
            f"tables {sql_type(DATA_TABLES)} COMMENT 'data tables of the page; null unless ingest.extract.tables asks for them'",
        ),
        cluster_by=("crawl", "registered_domain"),
        grows=True,
    ),
    "links": Table(
        "image links of one page, from its HTML or its WAT record",
        (
            "doc_id STRING NOT NULL",
            "crawl STRING",
            "url STRING",
            f"images {sql_type(IMAGES)}",
            "source_path STRING NOT NULL",
            "source_offset BIGINT NOT NULL",
        ),
        grows=True,
    ),
    "site_templates": Table(
        "one block of text that many pages of a host have",
        (
            "host STRING NOT NULL",
            "block BIGINT NOT NULL COMMENT 'XXH64, seed 42, of the line after white space'",
            "pages BIGINT NOT NULL COMMENT 'of different content that have it'",
            "host_pages BIGINT NOT NULL COMMENT 'of different content that the host has'",
            "example STRING COMMENT 'how it begins'",
        ),
        cluster_by=("host",),
    ),
    "documents": Table(
        "one document, measured and edited",
        (
            "doc_id STRING NOT NULL",
            "crawl STRING",
            "url STRING",
            "host STRING",
            "registered_domain STRING",
            "fetch_time TIMESTAMP",
            "source_path STRING",
            "source_offset BIGINT",
            "payload_digest STRING",
            "text STRING COMMENT 'after the edits'",
            "content_hash STRING COMMENT 'SHA-256 of the text'",
            "language STRING",
            "language_score FLOAT COMMENT '0 to 1'",
            "words BIGINT COMMENT 'words of the text'",
            "minhash ARRAY<BIGINT> COMMENT 'band keys'",
            "signature BINARY COMMENT 'uint32, little endian'",
        ),
        cluster_by=("language", "doc_id"),
        open_schema=True,
    ),
    "verdicts": Table("the decision on one document", VERDICT, constraints=(("verdict_has_reasons", KEPT),)),
    "score_verdicts": Table(
        "the decision on one document that was scored", VERDICT, constraints=(("verdict_has_reasons", KEPT),)
    ),
    **DEDUPLICATION,
    "scores": Table(
        "the score of one document by one scorer version, or by an ensemble of several",
        (
            "doc_id STRING NOT NULL",
            "scorer STRING NOT NULL COMMENT 'ensemble: of all in scores'",
            "model_version STRING NOT NULL",
            "score DOUBLE NOT NULL COMMENT '0 to 1, of an ensemble the number of a bucket'",
            "scores MAP<STRING, DOUBLE> COMMENT 'by scorer, 0 to 1'",
        ),
    ),
    "pairs": Table(
        "one image and its text",
        (
            "pair_id STRING NOT NULL",
            "doc_id STRING NOT NULL",
            "crawl STRING",
            "url STRING COMMENT 'of the page'",
            "image_url STRING NOT NULL",
            "caption STRING NOT NULL",
            "caption_source STRING COMMENT 'alt or title'",
            "width INT",
            "height INT",
            "language STRING",
        ),
    ),
    "entries": Table(
        "one MetaCLIP metadata entry",
        (
            "entry_id BIGINT NOT NULL",
            "entry STRING NOT NULL",
            "source STRING NOT NULL",
            "language STRING",
            "matchable BOOLEAN NOT NULL",
        ),
    ),
    "matches": Table(
        "the entries found in one caption",
        ("pair_id STRING NOT NULL", "language STRING", "entries ARRAY<BIGINT> NOT NULL"),
    ),
    "entry_counts": Table(
        "how often one entry was matched, and its probability",
        (
            "entry_id BIGINT NOT NULL",
            "entry STRING NOT NULL",
            "language STRING",
            "count BIGINT NOT NULL",
            "t BIGINT",
            "probability DOUBLE NOT NULL COMMENT 't / max(count, t)'",
        ),
        constraints=(("probability_is_a_share", SHARE),),
    ),
    "draws": Table(
        "the balancing draw of one pair",
        ("pair_id STRING NOT NULL", "probability DOUBLE NOT NULL", "kept BOOLEAN NOT NULL"),
        constraints=(("probability_is_a_share", SHARE),),
    ),
}

DATASET_OF_DOCUMENTS = Table(
    "one chosen document",
    (
        "doc_id STRING NOT NULL",
        "text STRING NOT NULL",
        "language STRING",
        "words BIGINT",
        "weight DOUBLE NOT NULL",
        f"provenance {PROVENANCE}",
        "why MAP<STRING, STRING> COMMENT 'what kept it'",
    ),
)
DATASET_OF_PAIRS = Table(
    "one chosen image and text pair",
    (
        "pair_id STRING NOT NULL",
        "doc_id STRING NOT NULL",
        "image_url STRING NOT NULL",
        "caption STRING NOT NULL",
        "weight DOUBLE NOT NULL",
        f"provenance {PROVENANCE}",
        "why MAP<STRING, STRING> COMMENT 'what kept it'",
    ),
)
DATASET_PREFIX = "dataset_"
PAIRS_PREFIX = "dataset_pairs_"
INDEX_PREFIX = "index_"


def table_of(name: str) -> Table:
    """The definition of a table by name; `dataset_<name>`, `dataset_pairs_<name>` and `index_<name>` are built from their kind."""
    if name.startswith(PAIRS_PREFIX):
        return DATASET_OF_PAIRS
    if name.startswith(DATASET_PREFIX):
        return DATASET_OF_DOCUMENTS
    return INDEX if name.startswith(INDEX_PREFIX) else TABLES[name]


def columns_of(name: str) -> list[str]:
    """Names of a table's columns, in order."""
    return [column.split(" ")[0] for column in table_of(name).columns]


def schema_of(name: str) -> str:
    """Columns of a table as a schema string without comments and constraints, for empty frames and casts."""
    return ", ".join(column.split(" COMMENT ")[0].removesuffix(" NOT NULL") for column in table_of(name).columns)


def create_statement(reference: str, table: Table, more_columns: Sequence[str] = ()) -> str:
    """CREATE TABLE of a definition, with lakesift's format as a property.

    The constraints are properties too (Delta's protocol, "CHECK Constraints"): one commit makes the whole table, so that
    a run killed meanwhile cannot leave a table without them.
    """
    properties = {FORMAT_PROPERTY: FORMAT, **{f"delta.constraints.{name}": check for name, check in table.constraints}}
    listed = ", ".join("'{}' = '{}'".format(name, value.replace("'", "\\'")) for name, value in properties.items())
    columns = ",\n  ".join([*table.columns, *more_columns])
    clustering = f"CLUSTER BY ({', '.join(table.cluster_by)}) " if table.cluster_by else ""
    layout = f"{clustering}COMMENT '{table.comment}' TBLPROPERTIES ({listed})"
    return f"CREATE TABLE IF NOT EXISTS {reference} (\n  {columns}\n) USING delta {layout}"


def more_columns(table: Table, rows: DataFrame) -> list[str]:
    """SQL definitions of the columns that rows have beside those of a definition."""
    fixed = {column.split(" ")[0] for column in table.columns}
    return [f"{field.name} {field.dataType.simpleString()}" for field in rows.schema if field.name not in fixed]

"""The rows of ingest, as Arrow batches.

Pages, image links, quarantined records and counts share one form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

import pyarrow as pa

from lakesift.crawl.html.images import Image
from lakesift.crawl.html.metadata.columns import Metadata, field_types, plain
from lakesift.crawl.html.metadata.columns import sql_type as metadata_type
from lakesift.crawl.pages.nested_types import DATA_TABLES, IMAGES
from lakesift.extraction.tables import DataTable
from lakesift.text.kernels.sql_types import sql_type

RowKind = Literal["page", "links", "quarantine", "counted"]

ROW_COLUMNS: Final = {
    "kind": "STRING",
    "source_path": "STRING",
    "crawl": "STRING",
    "source_offset": "BIGINT",
    "source_length": "BIGINT",
    "doc_id": "STRING",
    "url": "STRING",
    "host": "STRING",
    "registered_domain": "STRING",
    "fetch_time": "TIMESTAMP",
    "http_status": "INT",
    "mime": "STRING",
    "charset": "STRING",
    "title": "STRING",
    "text": "STRING",
    "extractor": "STRING",
    "payload_digest": "STRING",
    "damage": "STRING",
    "source_id": "STRING",
    "given": "MAP<STRING, STRING>",
    "html": "BINARY",
    "metadata": metadata_type(),
    "tables": sql_type(DATA_TABLES),
    "images": sql_type(IMAGES),
    "reason": "STRING",
    "detail": "STRING",
    "head": "BINARY",
    "records": "BIGINT",
    "examples": "ARRAY<BIGINT>",
}
"""Columns of ingest's output; `kind` is page, links (of a WAT), quarantine or counted. Pages may have images."""
ROW_SCHEMA: Final = ", ".join(f"{name} {kind}" for name, kind in ROW_COLUMNS.items())


def arrow_type(kind: type) -> pa.DataType:
    """Return the Arrow type of a class of `metadata.columns`, or of one of its values."""
    if not is_dataclass(kind):
        return {str: pa.string(), bool: pa.bool_(), date: pa.date32(), datetime: pa.timestamp("us", tz="UTC")}[kind]
    found = field_types(kind).items()
    return pa.struct(
        [(name, pa.list_(arrow_type(inner)) if is_list else arrow_type(inner)) for name, (inner, is_list) in found]
    )


_TYPES: Final = {
    "source_offset": pa.int64(),
    "source_length": pa.int64(),
    "fetch_time": pa.timestamp("us", tz="UTC"),
    "http_status": pa.int32(),
    "given": pa.map_(pa.string(), pa.string()),
    "html": pa.binary(),
    "metadata": arrow_type(Metadata),
    "tables": DATA_TABLES,
    "images": IMAGES,
    "head": pa.binary(),
    "records": pa.int64(),
    "examples": pa.list_(pa.int64()),
}


@dataclass(slots=True)
class Row:
    """One row of ingest's output; see `ROW_COLUMNS` and the tables it is split into."""

    kind: RowKind
    source_path: str
    crawl: str
    source_offset: int | None = None
    source_length: int | None = None
    doc_id: str | None = None
    url: str | None = None
    host: str | None = None
    registered_domain: str | None = None
    fetch_time: datetime | None = None
    http_status: int | None = None
    mime: str | None = None
    charset: str | None = None
    title: str | None = None
    text: str | None = None
    extractor: str | None = None
    payload_digest: str | None = None
    damage: str | None = None
    source_id: str | None = None
    given: dict[str, str] | None = None
    html: bytes | None = None
    metadata: Metadata | None = None
    tables: list[DataTable] | None = None
    images: list[Image] | None = None
    reason: str | None = None
    detail: str | None = None
    head: bytes | None = None
    records: int | None = None
    examples: list[int] | None = None


_ARROW_SCHEMA: Final = pa.schema([(field.name, _TYPES.get(field.name, pa.string())) for field in fields(Row)])


def batches_of(rows: Iterable[Row], max_bytes: int, max_rows: int) -> Iterator[pa.RecordBatch]:
    """Gather rows into Arrow batches of limited size.

    A batch has about `max_bytes` of content and at most `max_rows` rows.
    """
    gathered: list[Row] = []
    size = 0
    for row in rows:
        gathered.append(row)
        size += _content_bytes(row)
        if size >= max_bytes or len(gathered) >= max_rows:
            yield _batch(gathered)
            gathered, size = [], 0
    if gathered:
        yield _batch(gathered)


def _content_bytes(row: Row) -> int:
    """Estimate the bytes of a row's large columns; text counts two bytes a character."""
    images = sum(len(image.url) + len(image.alt or "") for image in row.images or ())
    cells = sum(len(cell) for table in row.tables or () for line in table.rows for cell in line)
    return 2 * (len(row.text or "") + images + cells) + len(row.html or b"")


def _batch(rows: list[Row]) -> pa.RecordBatch:
    columns: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in _ARROW_SCHEMA.names}
    columns["images"] = [
        None if images is None else [(image.url, image.alt, image.title, image.width, image.height) for image in images]
        for images in columns["images"]
    ]
    columns["tables"] = [None if tables is None else list(map(vars, tables)) for tables in columns["tables"]]
    columns["metadata"] = [plain(metadata) for metadata in columns["metadata"]]
    arrays = [pa.array(columns[field.name], field.type) for field in _ARROW_SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=_ARROW_SCHEMA)

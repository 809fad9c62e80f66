"""The truth of a sample crawl, as Parquet.

It has one row for every planted page and every record that is no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lakesift.sample.archive import Place
from lakesift.sample.html import Image

TRUTH_FILE = "truth.parquet"
SCHEMA = pa.schema(
    [
        ("url", pa.string()),
        ("doc_id", pa.string()),
        ("kind", pa.string()),
        ("expected", pa.string()),
        ("junk", pa.bool_()),
        ("language", pa.string()),
        ("cluster", pa.string()),
        ("emails", pa.list_(pa.string())),
        ("ips", pa.list_(pa.string())),
        ("images", pa.list_(pa.struct([("url", pa.string()), ("alt", pa.string()), ("good", pa.bool_())]))),
        ("content", pa.list_(pa.string())),
        ("charset", pa.string()),
        ("content_encoding", pa.string()),
        ("source_path", pa.string()),
        ("source_offset", pa.int64()),
        ("source_length", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Planted:
    """One row of the truth.

    Args:
        doc_id: UUID of the response record.
        kind: article, syndicated, mirrored, quoting, a kind of junk, a damage, or a record that is no page.
        expected: "page", "quarantine", or "other" where both are right (errors, redirects, other formats).
        junk: whether a filter for training text should drop it.
        language: ISO 639-1 code; None where the page makes no claim (junk, and records that are no page).
        cluster: name of its group of planted near duplicates, or None.
        content: the page's own texts: title, byline, headings, paragraphs, captions, and last its quotations;
            everything else on it is the site's. Empty for junk.
        place: file name, offset and length of the record.
    """

    url: str
    doc_id: str
    kind: str
    expected: str
    place: Place
    junk: bool = False
    language: str | None = None
    cluster: str | None = None
    emails: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    content: tuple[str, ...] = ()
    charset: str | None = None
    content_encoding: str | None = None


def write_truth(path: Path, rows: Sequence[Planted]) -> None:
    """Write the rows to one Parquet file with the columns of `SCHEMA`."""
    records = [
        {
            **{name: getattr(row, name) for name in SCHEMA.names if not name.startswith(("source_", "images"))},
            "images": [asdict(image) for image in row.images],
            "source_path": row.place.source_path,
            "source_offset": row.place.offset,
            "source_length": row.place.length,
        }
        for row in rows
    ]
    pq.write_table(pa.Table.from_pylist(records, SCHEMA), path, compression="zstd")

"""Cases from the field: small inputs made of public bug reports, each with what is right (shared/data/field)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from lakesift.crawl.ingest import IngestSettings, unit_rows
from lakesift.crawl.pages.rows import Row
from lakesift.crawl.sources.listing import list_sources
from lakesift.crawl.warc.ranges import cut_ranges

CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "field" / "cases"


def cases(kind: str) -> list[Path]:
    """Return the folders of the cases of a kind (record, archive, documents); none where the data is missing."""
    folders = sorted(CASES.iterdir()) if CASES.is_dir() else []
    return [folder for folder in folders if expected(folder)["kind"] == kind]


def expected(folder: Path) -> dict[str, Any]:
    """Read what a case expects."""
    found: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return found


def input_of(folder: Path) -> Path:
    """Return the path of a case's input."""
    return folder / str(expected(folder)["input"])


def response(url: str, block: bytes, number: int = 1) -> bytes:
    """Return a WARC record of an HTTP response."""
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012x}>\r\n"
        f"WARC-Date: 2024-05-06T07:08:09Z\r\nWARC-Target-URI: {url}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def rows_of_archive(path: Path) -> list[Row]:
    """Take an archive in as a Spark task does."""
    settings = IngestSettings()
    units = [unit for file in list_sources([str(path)], settings) for unit in cut_ranges(file, settings.range_bytes)]
    return list(unit_rows(iter(units), settings))


def rows_of_response(folder: Path, url: str, block: bytes) -> list[Row]:
    """Take one HTTP response in; `folder` is for its archive."""
    archive = folder / "one.warc.gz"
    archive.write_bytes(gzip.compress(response(url, block)))
    return rows_of_archive(archive)


def others(rows: Sequence[Row]) -> list[tuple[str | None, str | None]]:
    """Return reason and detail of the rows that are no pages."""
    return [(row.reason, row.detail) for row in rows if row.kind in ("quarantine", "counted")]


def faults(row: Row, case: dict[str, Any]) -> list[str]:
    """List in what a page is not what its case expects."""
    expect, text = case["expect"], row.text or ""
    found = [f"lacks {part!r}" for part in expect.get("contains", ()) if not _holds(text, part)]
    found += [f"holds {part!r}" for part in expect.get("lacks", ()) if part in text]
    found += [
        f"{name} is {getattr(row, name)!r}"
        for name in ("title", "charset")
        if name in expect and getattr(row, name) != expect[name]
    ]
    images = [[image.url, image.alt] for image in row.images or ()]
    if "images" in expect and images != [[urljoin(case["url"], url), alt] for url, alt in expect["images"]]:
        found.append(f"images are {images}")
    said = {"authors": row.metadata and row.metadata.authors, "published": row.metadata and row.metadata.published_date}
    found += [
        f"{name} is {said[name]}" for name, value in expect.get("metadata", {}).items() if value not in str(said[name])
    ]
    return found


def _holds(text: str, part: str) -> bool:
    """Whether a text has a part, with its lines and indentation where the part has some."""
    return part in text if "\n" in part or "  " in part else " ".join(part.split()) in " ".join(text.split())

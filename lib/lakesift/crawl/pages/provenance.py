"""Origin of a page from its record's header: id, URL, time of the fetch, digest."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected
from lakesift.crawl.warc.formats import Fields

RECORD_UUID: Final = re.compile(r"<?\s*urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*>?", re.IGNORECASE)
MAX_DAMAGE_CHARS: Final = 100
WEB_BEGAN: Final = 1989
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def doc_id_of(fields: Fields, names: tuple[str, ...], crawl: str, path: str, offset: int) -> str:
    """Return the document's id: the first UUID in some fields.

    Where none does (ARC, ids that are no UUIDs), UUIDv5 of crawl, full path and offset in the URL namespace (RFC 9562
    section 5.5): the same at every reading of the record.

    Args:
        fields: of the record.
        names: fields that may have the response's id.
        crawl: name of the crawl.
        path: full path of the archive.
        offset: of the record.
    """
    for name in names:
        match = RECORD_UUID.fullmatch(fields.get(name, ""))
        if match:
            return match[1].lower()
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{crawl}\n{path}\n{offset}"))


def target_url_of(fields: Fields, caps: Caps) -> str:
    """Return the record's target URL.

    The angle brackets that old wget writes around it are removed.

    Raises:
        RecordRejected: `bad_target_uri` when it is missing, longer than the cap or has control characters.
    """
    url = fields.get("warc-target-uri", "").strip()
    if url.startswith("<") and url.endswith(">"):
        url = url[1:-1].strip()
    if not url:
        raise RecordRejected("bad_target_uri", "WARC-Target-URI is missing")
    if len(url.encode()) > caps.max_url_bytes:
        raise RecordRejected("bad_target_uri", f"longer than {caps.max_url_bytes} bytes: {url[:200]}")
    if CONTROL.search(url):
        raise RecordRejected("bad_target_uri", f"control characters in {url!r}")
    return url


def fetch_time_of(fields: Fields) -> datetime | None:
    """Return the record's WARC-Date in UTC; None where it is no date, or one before there was a web.

    ClueWeb09 writes days of the year as days. Clocks that were never set write 1601, 1900 or 1970, and Parquet's
    writers refuse days before 1900.
    """
    try:
        time = datetime.fromisoformat(fields.get("warc-date", "").strip())
        moment = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
        return moment if moment.year >= WEB_BEGAN else None
    except (ValueError, OverflowError):
        return None


def digest_of(fields: Fields, payload: bytes) -> str:
    """Return the record's stated payload digest, else the payload's SHA-1 in base32.

    Source: WARC 1.1, section 5.9.
    """
    stated = fields.get("warc-payload-digest", "")
    return stated or f"sha1:{base64.b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode()}"


def damage_of(fields: Fields, found: str | None) -> str | None:
    """Say why a page's body is not whole: what its decoder found, else what the archive says (WARC 1.1, section 5.13)."""
    stated = fields.get("warc-truncated")
    return found or (f"truncated: {stated[:MAX_DAMAGE_CHARS]}" if stated else None)


def is_web(url: str) -> bool:
    """Return whether a URL is of http or https."""
    return url.lower().startswith(("http://", "https://"))


def is_robots_txt(url: str) -> bool:
    """Return whether a URL is of a site's rules for crawlers."""
    try:
        return urlsplit(url).path == "/robots.txt"
    except ValueError:
        return False

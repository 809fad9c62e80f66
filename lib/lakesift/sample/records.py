"""Records between the good pages of an archive.

They are redirects, errors, other formats, and records broken on purpose.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime
from functools import cache
from random import Random

from lakesift.sample.archive import ArchiveWriter, Place, compress, http_response, record, response_headers
from lakesift.sample.article import between

OTHERS = ("not_found", "redirect", "pdf", "json", "empty_body", "revisit")
DAMAGES = ("cut_member", "wrong_length", "garbage", "bad_http", "bad_encoding", "zip_bomb")
_BOMB_BYTES = 48 << 20  # above the cap of 32 MiB in crawl/caps.py, and quick to make
_PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def schedule(names: tuple[str, ...], pages: int, each: int, rng: Random) -> dict[int, list[str]]:
    """Schedule the records by the page before which they are written.

    Each name is used once, and once more for every `each` pages.
    """
    found: dict[int, list[str]] = {}
    for name in names:
        for _ in range(1 + pages // each):
            found.setdefault(rng.randrange(1, pages), []).append(name)
    return found


def add_other(writer: ArchiveWriter, name: str, url: str, date: datetime, rng: Random) -> tuple[str, Place]:
    """Append one record that is sound but no page.

    Returns the id of its response and its place.
    """
    if name == "revisit":
        block = http_response(b"", status="304 Not Modified")
        headers = {
            "WARC-Target-URI": url,
            "WARC-Profile": "http://netpreserve.org/warc/1.0/revisit/server-not-modified",
            "Content-Type": "application/http; msgtype=response",
        }
        record_id = writer.new_id()
        return record_id, writer.add("revisit", record_id, date, block, headers)
    responses = {
        "not_found": lambda: http_response(b"<html><body><h1>404 Not Found</h1></body></html>", status="404 Not Found"),
        "redirect": lambda: http_response(b"", status="301 Moved Permanently", more=f"Location: {url}?moved=1\r\n"),
        "pdf": lambda: http_response(_PDF + rng.randbytes(2_000), content_type="application/pdf"),
        "json": lambda: http_response(
            b'{"items": [%d, %d]}' % (rng.randrange(99), rng.randrange(99)), content_type="application/json"
        ),
        "empty_body": lambda: http_response(b""),
    }
    return writer.page(url, date, responses[name]())


def add_damage(
    writer: ArchiveWriter, name: str, url: str, date: datetime, body: bytes, rng: Random
) -> tuple[str, Place]:
    """Append one broken record.

    Returns the id that it would have had and its place.

    Args:
        name: one of `DAMAGES`.
        body: a whole HTML page that the damage is done to.
    """
    record_id = writer.new_id()
    if name == "garbage":
        return record_id, writer.add_raw(b"\n".join(rng.randbytes(60) for _ in range(between(rng.random, 5, 40))))
    blocks: dict[str, Callable[[], bytes]] = {
        "bad_http": lambda: b"\x00\x01 this is not a response\r\n" + body,
        "bad_encoding": lambda: _cut_body(http_response(body, encoding="gzip")),
        "zip_bomb": _bomb,
    }
    block = blocks[name]() if name in blocks else http_response(body)
    headers = response_headers({"WARC-Target-URI": url}, writer.new_id(), block)
    length = len(block) + between(rng.random, 2_000, 9_000) if name == "wrong_length" else None
    member = compress(record("response", record_id, date, block, headers, length))
    return record_id, writer.add_raw(member[: len(member) // 2] if name == "cut_member" else member)


def _cut_body(response: bytes) -> bytes:
    head, _, body = response.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n" + body[:12] + b"\xff" * (len(body) - 12)


@cache
def _bomb() -> bytes:
    body = gzip.compress(bytes(_BOMB_BYTES), 9, mtime=0)
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body

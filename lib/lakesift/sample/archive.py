"""WARC records as Common Crawl writes them.

Each record is one gzip member; every page has request, response and metadata.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from types import TracebackType
from typing import BinaryIO
from uuid import UUID

import brotli

USER_AGENT = "lakesift-sample/1.0"
_LEVEL = 4
_CHUNK = 4_096


@dataclass(frozen=True)
class Place:
    """Position of a record: file name, and offset and length in the compressed file."""

    source_path: str
    offset: int
    length: int


class ArchiveWriter:
    """Writer of one WARC file; a context manager.

    Every record gets an id from the seed.

    Args:
        path: the file to write; an older one is replaced.
        seed: of the record ids.
        pages: of the whole crawl: one of another size has other pages, and so other ids.
        date: of the warcinfo record.
    """

    def __init__(self, path: Path, seed: int, pages: int, date: datetime) -> None:
        self._path = path
        self._rng = Random(f"{seed}/{pages}/ids/{path.name}")
        self._file: BinaryIO = path.open("wb")
        self._offset = 0
        fields = (
            f"isPartOf: LAKESIFT-SAMPLE-{seed}\r\nsoftware: {USER_AGENT}\r\nformat: WARC File Format 1.0\r\n".encode()
        )
        self.info = self.new_id()
        self.add(
            "warcinfo", self.info, date, fields, {"WARC-Filename": path.name, "Content-Type": "application/warc-fields"}
        )

    def __enter__(self) -> ArchiveWriter:
        """Return the writer itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()

    def new_id(self) -> str:
        """Return a new UUID, without `urn:uuid:`."""
        return str(UUID(int=self._rng.getrandbits(128), version=4))

    def add(self, kind: str, record_id: str, date: datetime, block: bytes, headers: Mapping[str, str]) -> Place:
        """Append one record of this WARC-Type in a gzip member of its own."""
        return self.add_raw(compress(record(kind, record_id, date, block, headers)))

    def add_raw(self, data: bytes) -> Place:
        """Append bytes as they are, for records that are broken on purpose."""
        place = Place(self._path.name, self._offset, len(data))
        self._file.write(data)
        self._offset += len(data)
        return place

    def page(self, url: str, date: datetime, response: bytes) -> tuple[str, Place]:
        """Append request, response and metadata.

        Returns the id of the response and its place.
        """
        request_id, response_id = self.new_id(), self.new_id()
        host, _, path = url.removeprefix("https://").partition("/")
        request = f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n\r\n".encode()
        common = {"WARC-Target-URI": url, "WARC-Warcinfo-ID": f"<urn:uuid:{self.info}>", "WARC-IP-Address": "192.0.2.7"}
        http = "application/http; msgtype={}"
        self.add("request", request_id, date, request, {**common, "Content-Type": http.format("request")})
        place = self.add("response", response_id, date, response, response_headers(common, request_id, response))
        fetched = b"fetchTimeMs: 112\r\ncharset-detected: utf-8\r\n\r\n"
        about = {"WARC-Concurrent-To": f"<urn:uuid:{response_id}>", "Content-Type": "application/warc-fields"}
        self.add("metadata", self.new_id(), date, fetched, {**common, **about})
        return response_id, place


def response_headers(common: Mapping[str, str], request_id: str, block: bytes) -> dict[str, str]:
    """Return the WARC headers of a response, with digests of its block and payload."""
    payload = block.partition(b"\r\n\r\n")[2]
    return {
        **common,
        "WARC-Concurrent-To": f"<urn:uuid:{request_id}>",
        "Content-Type": "application/http; msgtype=response",
        "WARC-Payload-Digest": _digest(payload),
        "WARC-Block-Digest": _digest(block),
    }


def record(
    kind: str, record_id: str, date: datetime, block: bytes, headers: Mapping[str, str], length: int | None = None
) -> bytes:
    """Build one record, uncompressed; `length` overrides the true Content-Length."""
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Date: {date:%Y-%m-%dT%H:%M:%SZ}",
        f"WARC-Record-ID: <urn:uuid:{record_id}>",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Length: {len(block) if length is None else length}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def compress(data: bytes) -> bytes:
    """Compress data to one gzip member without a time stamp."""
    return zlib.compress(data, _LEVEL, wbits=31)


def http_response(
    body: bytes,
    *,
    status: str = "200 OK",
    content_type: str = "text/html",
    encoding: str = "",
    chunked: bool = False,
    more: str = "",
) -> bytes:
    """Build an HTTP/1.1 response.

    Args:
        body: before content encoding.
        status: code and phrase.
        content_type: value of the header.
        encoding: "gzip", "deflate", "br" or "" for none.
        chunked: send the body in chunks instead of with a Content-Length.
        more: further header lines, each ended by CRLF.
    """
    sent = _ENCODERS[encoding](body)
    lines = f"HTTP/1.1 {status}\r\nServer: nginx\r\nContent-Type: {content_type}\r\n{more}"
    if encoding:
        lines += f"Content-Encoding: {encoding}\r\n"
    if chunked:
        pieces = [sent[at : at + _CHUNK] for at in range(0, len(sent), _CHUNK)]
        sent = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        return f"{lines}Transfer-Encoding: chunked\r\n\r\n".encode() + sent
    return f"{lines}Content-Length: {len(sent)}\r\n\r\n".encode() + sent


def _digest(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda body: body,
    "gzip": lambda body: gzip.compress(body, _LEVEL, mtime=0),
    "deflate": zlib.compress,
    "br": lambda body: brotli.compress(body, quality=4),
}

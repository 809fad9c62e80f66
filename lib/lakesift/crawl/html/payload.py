"""HTTP bodies as the origin meant them.

Chunked framing and content codings are undone, within a cap on the result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from lakesift.crawl.html.codings import CODINGS, decompressed
from lakesift.crawl.html.mime import BINARY, HTML, JSON, PLAIN, XHTML, XML, sniff
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected

MAX_CODINGS: Final = 5  # curl refuses more (CURL_CONTENT_ENCODING stack, CVE-2022-32206)
_GZIP: Final = b"\x1f\x8b\x08"
_MAGIC: Final = {_GZIP: "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_UNMARKED: Final = ("deflate", "br")  # codings whose data has no mark of its own
_SURELY_TEXT: Final = 256
_EMPTY_BROTLI: Final = b";"  # the one compressed body that is also a text
_LOOKS_ENCODED: Final = frozenset({BINARY, "application/gzip", "application/zstd"})
_LOOKS_TEXTUAL: Final = frozenset({HTML, XHTML, PLAIN, XML, JSON})
_CHUNK_SIZE: Final = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]{0,4096})?(\r?\n)")
_END_OF_CHUNK: Final = re.compile(rb"\r?\n")
_NO_CODINGS: Final = frozenset({"", "identity", "none", "chunked", "binary", "8bit", "7bit", "utf-8", "utf8"})


class Payload(NamedTuple):
    """A body as the origin meant it, and what is wrong with it: None, or why what is behind it was lost."""

    data: bytes
    damage: str | None


def decode_payload(body: bytes, headers: Mapping[str, str], caps: Caps) -> Payload:
    """Undo Transfer-Encoding and Content-Encoding.

    Source: RFC 9110 section 8.4, RFC 9112 section 7.1.

    Archives often keep the headers of a body that they have already decoded: a body that is not as its headers say is
    handed back as it is, if it looks like text or a known format. Servers say one coding and send another, or the same
    twice: what the bytes are counts. Of a body that was cut or damaged all that stands before the damage is returned.

    Args:
        body: the bytes after the HTTP header block.
        headers: header values by lower-case name; repeated headers joined by commas.
        caps: `max_payload_bytes` limits the result and every step on the way.

    Raises:
        RecordRejected: `bad_content_encoding` for an unknown coding or data of which nothing can be decoded,
            `payload_too_large`.
    """
    transfer = _tokens(headers.get("transfer-encoding", ""))
    codings = [name for name in _tokens(headers.get("content-encoding", "")) + transfer if name not in _NO_CODINGS]
    if len(codings) > MAX_CODINGS:
        raise RecordRejected("bad_content_encoding", f"{len(codings)} codings on top of one another")
    payload = _without_chunks(body) if "chunked" in transfer else Payload(body, None)
    for name in reversed(codings):
        found = _decoded(payload.data, name, caps.max_payload_bytes)
        payload = Payload(found.data, payload.damage or found.damage)
    if len(payload.data) > caps.max_payload_bytes:
        raise RecordRejected("payload_too_large", f"{len(payload.data)} bytes")
    return payload


def _tokens(value: str) -> list[str]:
    return [token.strip().strip("\"'").lower() for token in value.split(",")]


def _without_chunks(body: bytes) -> Payload:
    """Join the chunks of a body, up to the first that is none."""
    pieces: list[bytes] = []
    position = 0
    while position < len(body):
        line = _CHUNK_SIZE.match(body, position)
        if line is None:
            if not pieces:
                return Payload(body, None)
            return Payload(b"".join(pieces), f"no chunk size at byte {position} of the chunked body")
        size = int(line[1], 16)
        if size == 0:
            break
        position = line.end() + size
        end = _END_OF_CHUNK.match(body, position)
        # A text may begin with a line that reads like a size: a chunk's has CR LF, and a line end behind the chunk.
        if not pieces and end is None and (position < len(body) or line[2] == b"\n"):
            return Payload(body, None)
        pieces.append(body[line.end() : position])
        position = end.end() if end else position
    return Payload(b"".join(pieces), None)


def _decoded(data: bytes, name: str, limit: int) -> Payload:
    if _is_decoded_already(data):
        return Payload(data, None)
    if name not in CODINGS:
        raise RecordRejected("bad_content_encoding", f"unknown coding {name!r}")
    found = _first_readable(data, name, limit)
    for _ in range(MAX_CODINGS):
        # A second gzip under one header: a cache or a framework compressed what was compressed already.
        if found.damage is not None or not found.data.startswith(_GZIP):
            break
        inner = decompressed(found.data, "gzip", limit)
        if not inner.data:
            break
        found = Payload(*inner)
    return found


def _first_readable(data: bytes, name: str, limit: int) -> Payload:
    """Decode by what the bytes are, else by the coding that is said, unless all can be read by another."""
    marked = next((coding for magic, coding in _MAGIC.items() if data.startswith(magic)), name)
    found = decompressed(data, marked, limit)
    if found.damage is None:
        return Payload(*found)
    for other in _UNMARKED if marked == name else ():
        attempt = decompressed(data, other, limit) if other != marked else found
        if attempt.damage is None and attempt.data:
            return Payload(*attempt)
    if found.data:
        return Payload(*found)
    raise RecordRejected("bad_content_encoding", f"{name}: {found.damage}")


def _is_decoded_already(data: bytes) -> bool:
    media_type = sniff(data, None)
    if media_type in _LOOKS_ENCODED or data == _EMPTY_BROTLI:
        return False
    # Compressed data without a control byte is rarer than 1 in 10^12 at this length, and a shorter one is rarely UTF-8.
    return media_type not in _LOOKS_TEXTUAL or len(data) >= _SURELY_TEXT or _is_utf8(data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True

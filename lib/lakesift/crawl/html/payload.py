"""HTTP bodies as the origin meant them.

Chunked framing and content codings are undone, within a cap on the result.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Final

import brotli
import zstandard

from lakesift.crawl.html.mime import BINARY, HTML, JSON, PLAIN, XHTML, XML, sniff
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected

MAX_CODINGS: Final = 5  # curl refuses more (CURL_CONTENT_ENCODING stack, CVE-2022-32206)
ZSTD_MAX_WINDOW: Final = 8 << 20  # RFC 9659 section 3: the window of the content coding
MAX_GZIP_MEMBERS: Final = 1_000  # servers send one; millions of empty ones would only cost time
_STEP: Final = 1 << 16
_SURELY_TEXT: Final = 256
_EMPTY_BROTLI: Final = b";"  # the one compressed body that is also a text
_LOOKS_ENCODED: Final = frozenset({BINARY, "application/gzip", "application/zstd"})
_LOOKS_TEXTUAL: Final = frozenset({HTML, XHTML, PLAIN, XML, JSON})
_CHUNK_SIZE: Final = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]{0,4096})?\r?\n")
_END_OF_CHUNK: Final = re.compile(rb"\r?\n")
_NO_CODINGS: Final = frozenset({"", "identity", "none", "chunked", "binary", "8bit", "7bit", "utf-8", "utf8"})


def decode_payload(body: bytes, headers: Mapping[str, str], caps: Caps) -> bytes:
    """Undo Transfer-Encoding and Content-Encoding.

    Source: RFC 9110 section 8.4, RFC 9112 section 7.1.

    Archives often keep the headers of a body that they have already decoded: a body that is not as its headers say is
    handed back as it is, if it looks like text or a known format. Of a truncated body all that can be decoded is
    returned.

    Args:
        body: the bytes after the HTTP header block.
        headers: header values by lower-case name; repeated headers joined by commas.
        caps: `max_payload_bytes` limits the result and every step on the way.

    Raises:
        RecordRejected: `bad_content_encoding` for an unknown coding or damaged data, `payload_too_large`.
    """
    transfer = _tokens(headers.get("transfer-encoding", ""))
    codings = [name for name in _tokens(headers.get("content-encoding", "")) + transfer if name not in _NO_CODINGS]
    if len(codings) > MAX_CODINGS:
        raise RecordRejected("bad_content_encoding", f"{len(codings)} codings on top of one another")
    payload = _without_chunks(body) if "chunked" in transfer else body
    for name in reversed(codings):
        payload = _decoded(payload, name, caps.max_payload_bytes)
    if len(payload) > caps.max_payload_bytes:
        raise RecordRejected("payload_too_large", f"{len(payload)} bytes")
    return payload


def _tokens(value: str) -> list[str]:
    return [token.strip().strip("\"'").lower() for token in value.split(",")]


def _without_chunks(body: bytes) -> bytes:
    pieces: list[bytes] = []
    position = 0
    while position < len(body):
        line = _CHUNK_SIZE.match(body, position)
        if line is None:
            if not pieces:
                return body
            raise RecordRejected("bad_content_encoding", f"no chunk size at byte {position} of the chunked body")
        size = int(line[1], 16)
        if size == 0:
            break
        pieces.append(body[line.end() : line.end() + size])
        position = line.end() + size
        end = _END_OF_CHUNK.match(body, position)
        position = end.end() if end else position
    return b"".join(pieces)


def _decoded(data: bytes, name: str, limit: int) -> bytes:
    steps = _CODINGS.get(name)
    if _is_decoded_already(data):
        return data
    if steps is None:
        raise RecordRejected("bad_content_encoding", f"unknown coding {name!r}")
    output = bytearray()
    try:
        for piece in steps(data):
            output += piece
            if len(output) > limit:
                raise RecordRejected("payload_too_large", f"more than {limit} bytes out of {len(data)} in {name}")
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise RecordRejected("bad_content_encoding", f"{name}: {error}") from error
    return bytes(output)


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


def _gzip_steps(data: bytes) -> Iterator[bytes]:
    position = members = 0
    while data.startswith(b"\x1f\x8b", position):
        members += 1
        if members > MAX_GZIP_MEMBERS:
            raise zlib.error(f"more than {MAX_GZIP_MEMBERS} members")
        position = yield from _inflated(data, position, 31)
    if members == 0:
        raise zlib.error("no gzip header")


def _deflate_steps(data: bytes) -> Iterator[bytes]:
    # RFC 9110 says zlib format; old servers send raw deflate. Two bytes that divide by 31 are a zlib header (RFC 1950).
    is_zlib = data[0] & 0x0F == zlib.DEFLATED and int.from_bytes(data[:2], "big") % 31 == 0
    yield from _inflated(data, 0, 15 if is_zlib else -15)


def _inflated(data: bytes, position: int, wbits: int) -> Generator[bytes, None, int]:
    """Yield the output in steps; return the position behind the stream."""
    stream = zlib.decompressobj(wbits)
    while position < len(data) and not stream.eof:
        piece = data[position : position + _STEP]
        position += len(piece)
        while piece and not stream.eof:
            yield stream.decompress(piece, _STEP)
            piece = stream.unconsumed_tail
    if not stream.eof:  # flushing a finished stream would report its unused data twice
        yield stream.flush()
    return position - len(stream.unused_data)


def _brotli_steps(data: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    for position in range(0, len(data), _STEP):
        output = stream.process(data[position : position + _STEP], output_buffer_limit=_STEP)
        while output or not stream.can_accept_more_data():
            yield output
            output = b"" if stream.is_finished() else stream.process(b"", output_buffer_limit=_STEP)
        if stream.is_finished():
            return


def _zstd_steps(data: bytes) -> Iterator[bytes]:
    reader = zstandard.ZstdDecompressor(max_window_size=ZSTD_MAX_WINDOW).stream_reader(
        io.BytesIO(data), read_across_frames=True
    )
    while piece := reader.read(_STEP):
        yield piece


_CODINGS: Final[dict[str, Callable[[bytes], Iterator[bytes]]]] = {
    "gzip": _gzip_steps,
    "x-gzip": _gzip_steps,
    "deflate": _deflate_steps,
    "br": _brotli_steps,
    "zstd": _zstd_steps,
}

"""HTTP responses in archives: status, headers, body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected
from lakesift.crawl.warc.formats import BLANK_LINE, Fields, header_fields

# Old Icecast servers answer "ICY 200 OK"; some archives have "HTTP/1.1 200" without a reason or "HTTP 200".
STATUS_LINE: Final = re.compile(
    rb"\s{0,16}(?:HTTP(?:/\d(?:\.\d)?)?|ICY)[ \t]{1,16}(\d{3})(?!\d)([^\n]*)(?:\n|$)", re.IGNORECASE
)
# What a proxy says before it hands on the answer (RFC 9110 section 9.3.6); the words are every proxy's own.
TUNNEL: Final = re.compile(rb"connection established|tunnel established|tunnel connection", re.IGNORECASE)
MAX_INTERIM: Final = 16  # responses before the final one; servers send one or two
# Fields whose repetitions are one list (RFC 9110 section 5.3), and their separator; of others the last one counts,
# as in browsers. A robot's rules in X-Robots-Tag end with the line, so its lines are kept apart.
LISTS: Final = {
    **dict.fromkeys(("content-encoding", "transfer-encoding", "content-language", "content-usage", "link"), ", "),
    "x-robots-tag": "\n",
}


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response; header names in lower case, the body as it was transferred.

    The body may be chunked and encoded.
    """

    status: int
    headers: Fields
    body: bytes


def parse_response(block: bytes, caps: Caps) -> Response:
    """Parse a record's block.

    Lines may end in LF alone (ClueWeb09), and headers may end with the block. Of several responses in one block the
    final one counts: interim ones (1xx) and a proxy's `200 Connection established` go before it.

    Raises:
        RecordRejected: `bad_http` without a status line, `header_too_large` beyond the caps.
    """
    found, end = _head(block, 0, caps)
    for _ in range(MAX_INTERIM):
        # Interim responses (RFC 9110 section 15.2) and a proxy's own stand before the answer, each with its headers.
        if not _goes_before(found) or end is None or STATUS_LINE.match(block, end.end()) is None:
            break
        found, end = _head(block, end.end(), caps)
    head, body = (block, b"") if end is None else (block[: end.start()], block[end.end() :])
    lines = head[found.end() :].split(b"\n")
    if len(lines) > caps.max_header_lines:
        raise RecordRejected("header_too_large", f"{len(lines)} HTTP header lines")
    return Response(int(found.group(1)), header_fields(lines, joined=LISTS), body)


def _head(block: bytes, start: int, caps: Caps) -> tuple[re.Match[bytes], re.Match[bytes] | None]:
    """Find a response's status line and the blank line behind its headers; None: the block ends with the headers."""
    stop = start + caps.max_header_bytes
    found = STATUS_LINE.match(block, start, stop)
    if found is None:
        raise RecordRejected("bad_http", f"no status line but {block[start : start + 60]!r}")
    # From the status line's own line end on: a response without any header has its blank line right there.
    end = BLANK_LINE.search(block, max(start, found.end() - 2), stop)
    if end is None and len(block) > stop:
        raise RecordRejected("header_too_large", f"HTTP headers of more than {caps.max_header_bytes} bytes")
    return found, end


def _goes_before(status: re.Match[bytes]) -> bool:
    return status[1].startswith(b"1") or (status[1].startswith(b"2") and TUNNEL.search(status[2]) is not None)

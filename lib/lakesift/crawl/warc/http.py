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
    rb"\s{0,16}(?:HTTP(?:/\d(?:\.\d)?)?|ICY)[ \t]{1,16}(\d{3})(?!\d)[^\n]*(?:\n|$)", re.IGNORECASE
)
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

    Lines may end in LF alone (ClueWeb09), and headers may end with the block.

    Raises:
        RecordRejected: `bad_http` without a status line, `header_too_large` beyond the caps.
    """
    status = STATUS_LINE.match(block, 0, caps.max_header_bytes)
    if status is None:
        raise RecordRejected("bad_http", f"no status line but {block[:60]!r}")
    # From the status line's own line end on: a response without any header has its blank line right there.
    end = BLANK_LINE.search(block, max(0, status.end() - 2), caps.max_header_bytes)
    if end is None and len(block) > caps.max_header_bytes:
        raise RecordRejected("header_too_large", f"HTTP headers of more than {caps.max_header_bytes} bytes")
    head, body = (block, b"") if end is None else (block[: end.start()], block[end.end() :])
    lines = head[status.end() :].split(b"\n")
    if len(lines) > caps.max_header_lines:
        raise RecordRejected("header_too_large", f"{len(lines)} HTTP header lines")
    return Response(int(status.group(1)), header_fields(lines, joined=LISTS), body)

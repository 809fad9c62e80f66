from __future__ import annotations

import pytest

from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected
from lakesift.crawl.warc.http import parse_response


@pytest.mark.parametrize(
    ("block", "status", "headers", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nx", 200, {"a": "b"}, b"x"),
        (b"HTTP/1.1 200 OK\nA: b\n\nx\n\ny", 200, {"a": "b"}, b"x\n\ny"),
        (b"HTTP/1.0 404\r\n\r\nx\r\n\r\n", 404, {}, b"x\r\n\r\n"),
        (b"HTTP/2 301 \r\nLocation: /\r\n\r\n", 301, {"location": "/"}, b""),
        (b"ICY 200 OK\r\n\r\n", 200, {}, b""),
        (b"HTTP/1.1 200 OK\r\nA: b", 200, {"a": "b"}, b""),
        (b"HTTP/1.1 200 OK", 200, {}, b""),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\td\r\n\r\n", 200, {"a": "b c d"}, b""),
        (b"HTTP/1.1 200 OK\r\nno colon\r\nA : b\r\n\r\n", 200, {"a": "b"}, b""),
        (b"HTTP/1.1 200 OK\r\nContent-Type: a\r\nContent-type: b\r\n\r\n", 200, {"content-type": "b"}, b""),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: br\r\n\r\n",
            200, {"content-encoding": "gzip, br"}, b"",
        ),
        ("HTTP/1.1 200 ä\r\nA: é\r\n\r\n".encode("latin-1"), 200, {"a": "é"}, b""),
        (b"HTTP/1.1 200 OK\r\nA: \0\r\n\r\n\0", 200, {"a": "\0"}, b"\0"),
    ],
)  # fmt: skip
def test_responses_are_taken_apart_as_servers_write_them(
    block: bytes, status: int, headers: dict[str, str], body: bytes
) -> None:
    response = parse_response(block, Caps())
    assert (response.status, response.headers, response.body) == (status, headers, body)


@pytest.mark.parametrize("block", [b"", b"<html>", b"HTTP/1.1 20", b"HTTP/1.1 2000 OK", b"GET / HTTP/1.1\r\n\r\n"])
def test_what_is_no_response_is_rejected(block: bytes) -> None:
    with pytest.raises(RecordRejected, match="bad_http"):
        parse_response(block, Caps())


@pytest.mark.parametrize("headers", [b"A: " + b"x" * 100_000, b"A: b\r\n" * 1_000, b"\r" * 100_000])
def test_headers_without_end_are_rejected(headers: bytes) -> None:
    with pytest.raises(RecordRejected, match="header_too_large"):
        parse_response(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n\r\n<html>", Caps())

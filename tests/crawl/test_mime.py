"""Promises of sniff: what can be read as text, whatever the server said."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakesift.crawl.html.mime import PAGE_TYPES, sniff


@pytest.mark.parametrize(
    ("payload", "content_type", "expected"),
    [
        (b"<p>x", "text/html; charset=utf-8", "text/html"),
        (b"hello", "TEXT/HTML", "text/html"),
        (b"hello", "text/html,text/html", "text/html"),
        (b"<!DOCTYPE html><p>x", None, "text/html"),
        (b"\xef\xbb\xbf \n<!-- a > b --><HTML lang=en>", "application/octet-stream", "text/html"),
        (b"<script>x</script>", "", "text/html"),
        (b"<abc>x", "", "text/plain"),
        (b"<html><body>not found", "image/jpeg", "text/html"),
        (b"<html>", "text/plain", "text/html"),
        (b"<p>a snippet</p>", "text/plain", "text/plain"),
        (b"var a = '<html>'", "application/javascript", "application/javascript"),
        (b'<?xml version="1.0"?><html xmlns="http://a">', "application/xhtml+xml", "application/xhtml+xml"),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "">', None, "application/xhtml+xml"),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "">', "text/html", "text/html"),
        (b'<?xml version="1.0"?><rss version="2.0">', "text/html", "text/xml"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", "text/plain", "text/xml"),
        (b"<a/>", "application/atom+xml", "application/atom+xml"),
        (b'{"a": 1}', "text/html", "application/json"),
        (b'[{"a": 1}]', None, "application/json"),
        (b"[[Wiki]] text", "text/plain", "text/plain"),
        (b"plain", None, "text/plain"),
        (b"plain", "no type at all", "text/plain"),
        (b"", None, "text/plain"),
        (b"", "text/html", "text/html"),
        (b"%PDF-1.7 ...", "text/html", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "text/html", "image/png"),
        (b"\xff\xd8\xff\xe0", None, "image/jpeg"),
        (b"GIF89a", "text/plain", "image/gif"),
        (b"PK\x03\x04", "text/plain", "application/zip"),
        (b"\x00\x00\x00 ftypisom", "text/html", "video/mp4"),
        (bytes(range(256)), "text/html", "application/octet-stream"),
        (bytes(range(256)), "application/x-foo", "application/x-foo"),
        (b"one\x00", None, "application/octet-stream"),
        (b"<p>" + b"word " * 100 + b"\x00\x01", "text/html", "text/html"),
        ("<p>größer".encode("utf-16"), "text/html", "text/html"),
        ("<p>größer".encode("utf-16-le"), "text/html; charset=UTF-16LE", "text/html"),
        ("\x1b$B日本".encode("iso2022_jp"), None, "text/plain"),
    ],
)
def test_media_type(payload: bytes, content_type: str | None, expected: str) -> None:
    assert sniff(payload, content_type) == expected


def test_pages_are_html_and_plain_text() -> None:
    assert {"text/html", "application/xhtml+xml", "text/plain"} == PAGE_TYPES


@given(payload=st.binary(max_size=100), content_type=st.none() | st.text(max_size=40))
def test_any_input_has_a_type(payload: bytes, content_type: str | None) -> None:
    assert "/" in sniff(payload, content_type)


@pytest.mark.parametrize("start", [b"<!--", b"<?", b" ", b"<!-- --", b"{", b"["])
def test_hostile_starts_take_no_time(start: bytes) -> None:
    started = time.process_time()
    sniff(start * 1_000_000, None)
    assert time.process_time() - started < 1

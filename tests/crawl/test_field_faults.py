"""What servers and crawlers do wrong costs no page that a browser shows."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from crawl.made_archives import warc
from field.cases import others, response, rows_of_archive, rows_of_response
from lakesift.crawl.html.charset import decode_text
from lakesift.crawl.html.mime import sniff
from lakesift.crawl.pages.rows import Row

URL = "https://harbour.example/a/page.html"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
HTML = b"<!DOCTYPE html><html><body><p>Nets are mended on the quay before noon.</p></body></html>"
TEXT = "Nets are mended on the quay before noon."


def page_of(folder: Path, block: bytes) -> Row:
    (page,) = [row for row in rows_of_response(folder, URL, block) if row.kind == "page"]
    return page


@pytest.mark.parametrize(
    "before",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.0 200 Connection established\r\nVia: proxy\r\n\r\n",
    ],
)
def test_the_answer_behind_interim_responses_is_the_page(tmp_path: Path, before: bytes) -> None:
    page = page_of(tmp_path, before + OK + HTML)
    assert (page.http_status, page.text) == (200, TEXT)


def test_a_page_that_shows_a_status_line_is_its_own_answer(tmp_path: Path) -> None:
    page = page_of(tmp_path, OK.replace(b"html", b"plain") + b"HTTP/1.1 404 Not Found\n\nis what the server said.")
    assert (page.http_status, page.text) == (200, "HTTP/1.1 404 Not Found\n\nis what the server said.")


def test_a_page_of_which_a_part_is_damaged_says_so(tmp_path: Path) -> None:
    body = bytearray(gzip.compress(HTML))
    body[-8] ^= 0xFF
    page = page_of(tmp_path, OK.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n") + bytes(body))
    assert (page.text, (page.damage or "")[:6]) == (TEXT, "gzip: ")
    assert page_of(tmp_path, OK + HTML).damage is None


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b'<?xml version="1.0"?>\n<b>Warning</b>: mysql\n<html><body>x', "text/html"),
        (b'{"ok":1}<html><body>x', "text/html"),
        (b'[{"a":2}]\n<!doctype html>x', "text/html"),
        (b'{"page": "<html><body>x"}', "application/json"),
        (b'<?xml version="1.0"?><rss><item><![CDATA[ <html><body>]]>', "text/xml"),
        (b'<?xml version="1.0"?><!-- made --><urlset> <html>', "text/xml"),
    ],
)
def test_html_behind_a_stray_start_is_html_and_data_stays_data(payload: bytes, expected: str) -> None:
    assert sniff(payload, "text/html; charset=utf-8") == expected


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("start", ["<html><body>", "\r\n <!doctype html><body>", '<?xml version="1.0"?><html>'])
def test_utf16_is_read_without_a_byte_order_mark(codec: str, start: str) -> None:
    payload = (start + "<p>Boote im Hafen, größer als früher; 船 и лодки").encode(codec)
    for content_type in ("text/html", "text/html; charset=utf-8", None):
        assert sniff(payload, content_type) in ("text/html", "application/xhtml+xml")
        text, name = decode_text(payload, content_type, html=True)
        assert name == codec.replace("16-", "16")
        assert text.endswith("船 и лодки")


def test_a_plain_text_in_utf16_is_read_and_binary_data_is_not() -> None:
    payload = "A list of boats in the harbour, by their masters.".encode("utf-16-le")
    assert sniff(payload, "text/plain") == "text/plain"
    assert decode_text(payload, "text/plain", html=False) == (
        "A list of boats in the harbour, by their masters.",
        "utf-16le",
    )
    assert sniff(bytes(range(256)) * 4, "text/html") == "application/octet-stream"
    assert sniff(b"\1\0\2\0\3\0" * 100, None) == "application/octet-stream"


BOTH = b'<html><head><meta charset="utf-8"></head><body><p>'


@pytest.mark.parametrize(
    ("middle", "shown"),
    [
        (b"moored \xed\xa0\xbd\xed\xb8\x80 here", "moored \N{GRINNING FACE} here"),
        (b"the skipper\x92s boat", "the skipper\N{REPLACEMENT CHARACTER}s boat"),
        (b"a caf\xc3 by the sea", "a caf\N{REPLACEMENT CHARACTER} by the sea"),
    ],
)
def test_one_bad_sequence_does_not_refute_what_header_and_page_agree_on(middle: bytes, shown: str) -> None:
    text, name = decode_text(BOTH + middle + b" and so on for some lines." * 5, "text/html; charset=UTF-8", html=True)
    assert name == "utf-8"
    assert shown in text


def test_many_letters_of_another_encoding_refute_even_agreeing_declarations() -> None:
    french = "Le café près du port était fermé à midi, et les pêcheurs déjeunaient sur la jetée. " * 8
    text, name = decode_text(BOTH + french.encode("latin-1"), "text/html; charset=utf-8", html=True)
    assert french in text
    assert name != "utf-8"


def arc(url: str, mime: str, block: bytes) -> bytes:
    return f"{url} 192.0.2.1 20040925001010 {mime} {len(block)}\n".encode() + block + b"\n"


DESCRIPTION = b"1 0 Made\nURL IP-address Archive-date Content-type Archive-length\n"


def test_arc_headers_may_have_spaces_or_nothing_for_a_type(tmp_path: Path) -> None:
    archive = tmp_path / "made.arc"
    types = ["text/html; charset=utf-8", "unknown type", "", "text/html"]
    records = [arc(f"http://arc.example/{place} a", mime, OK + HTML) for place, mime in enumerate(types)]
    archive.write_bytes(arc("filedesc://made.arc", "text/plain", DESCRIPTION) + b"".join(records))
    rows = rows_of_archive(archive)
    assert [row.url for row in rows if row.kind == "page"] == [f"http://arc.example/{place} a" for place in range(4)]
    assert others(rows)[:1] == [("warcinfo", None)]


def test_an_arc_block_without_http_is_the_body_and_its_header_says_the_type(tmp_path: Path) -> None:
    archive = tmp_path / "made.arc"
    bare = [("no-type", HTML), ("text/html", b"<p>" + TEXT.encode()), ("image/gif", b"GIF89a\0\1")]
    records = [arc(f"http://arc.example/{place}", mime, block) for place, (mime, block) in enumerate(bare)]
    archive.write_bytes(arc("filedesc://made.arc", "text/plain", DESCRIPTION) + b"".join(records))
    rows = rows_of_archive(archive)
    assert [(row.text, row.http_status) for row in rows if row.kind == "page"] == [(TEXT, None), (TEXT, None)]
    assert ("not_text", None) in others(rows)


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("/static/", "https://harbour.example/static/a.jpg"),
        ("//cdn.example/i/", "https://cdn.example/i/a.jpg"),
        ("../", "https://harbour.example/a.jpg"),
        ("javascript:void(0)", "https://harbour.example/a/a.jpg"),
    ],
)
def test_a_wat_record_s_base_is_resolved_against_its_page(tmp_path: Path, base: str, expected: str) -> None:
    html = {"Head": {"Base": base}, "Links": [{"path": "IMG@/src", "url": "a.jpg", "alt": "A boat"}]}
    response_ = {"Response-Message": {"Status": "200"}, "HTML-Metadata": html}
    block = json.dumps({"Envelope": {"Payload-Metadata": {"HTTP-Response-Metadata": response_}}}).encode()
    archive = tmp_path / "one.warc.wat"
    fields = {"WARC_Target_URI": URL, "Content_Type": "application/json"}
    archive.write_bytes(warc(block, kind="metadata", **fields))
    (links,) = [row for row in rows_of_archive(archive) if row.kind == "links"]
    assert [image.url for image in links.images or ()] == [expected]


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("1601-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("1899-12-31T23:59:59Z", None),
        ("1996-12-20T01:02:03Z", 1996),
        ("9999-12-31T23:59:59Z", 9999),
    ],
)
def test_a_date_before_the_web_is_no_time_of_a_fetch(tmp_path: Path, date: str, year: int | None) -> None:
    archive = tmp_path / "one.warc"
    archive.write_bytes(response(URL, OK + HTML).replace(b"2024-05-06T07:08:09Z", date.encode()))
    (page,) = [row for row in rows_of_archive(archive) if row.kind == "page"]
    assert (page.fetch_time and page.fetch_time.year) == year


@pytest.mark.parametrize("stated", [3 << 30, 10**18])
def test_a_length_beyond_every_cap_costs_its_own_record_only(tmp_path: Path, stated: int) -> None:
    records = [response(f"{URL}?{number}", OK + HTML, number) for number in range(4)]
    length = f"Content-Length: {len(OK + HTML)}".encode()
    records[1] = records[1].replace(length, f"Content-Length: {stated}".encode())
    archive = tmp_path / "four.warc"
    archive.write_bytes(b"".join(records))
    rows = rows_of_archive(archive)
    assert [row.url for row in rows if row.kind == "page"] == [f"{URL}?{number}" for number in (0, 2, 3)]
    assert [row.reason for row in rows if row.kind == "quarantine"] == ["record_too_large"]


def test_ids_that_name_several_urls_are_not_believed_and_a_record_written_twice_is(tmp_path: Path) -> None:
    archive = tmp_path / "ids.warc"
    archive.write_bytes(b"".join(response(f"{URL}?{number}", OK + HTML) for number in range(3)))
    assert len({row.doc_id for row in rows_of_archive(archive) if row.kind == "page"}) == 3
    archive.write_bytes(response(URL, OK + HTML) * 2)
    assert {row.doc_id for row in rows_of_archive(archive) if row.kind == "page"} == {
        "00000000-0000-4000-8000-000000000001"
    }


def test_records_of_a_counted_class_can_be_found_again(tmp_path: Path) -> None:
    records = [response(f"{URL}?{number}", OK.replace(b"200 OK", b"404 No") + HTML, number) for number in range(12)]
    archive = tmp_path / "twelve.warc"
    archive.write_bytes(b"".join(records))
    (row,) = [row for row in rows_of_archive(archive) if row.reason == "http_error"]
    offsets = [sum(map(len, records[:number])) for number in range(10)]
    assert (row.records, row.examples) == (12, offsets)

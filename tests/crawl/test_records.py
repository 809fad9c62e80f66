from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from typing import Any

import pytest

from crawl.made_archives import COMPRESS, http, source, warc
from lakesift.crawl.html.extract import Page, PageInput
from lakesift.crawl.ingest import IngestSettings, unit_rows
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.records import RecordReader
from lakesift.crawl.pages.rejection import RecordRejected
from lakesift.crawl.pages.rows import Row
from lakesift.crawl.sources.store import StoreSettings
from lakesift.crawl.warc.archives import read_unit
from lakesift.crawl.warc.ranges import cut_ranges


class Plain:
    """An extractor that decodes and rejects what says so."""

    def extract_many(self, pages: Sequence[PageInput]) -> list[Page | RecordRejected]:
        return [
            RecordRejected("extraction_timeout", "slow") if b"slow" in payload
            else Page(payload.decode("utf-8", "replace"), None, "utf-8", "text/html", "resiliparse", [])
            for payload, *_ in pages
        ]  # fmt: skip


def rows_of(
    *records: bytes, caps: Caps | None = None, path: str = "memory://made/a.warc.gz", **options: Any
) -> list[Row]:
    unit = cut_ranges(source(b"".join(map(COMPRESS["gzip"], records)), path), 1 << 40)[0]
    choices: dict[str, Any] = {"accepted_status": frozenset({200}), "keep_html": False} | options
    reader = RecordReader(unit, caps or Caps(), Plain(), extractor_name="resiliparse", **choices)
    return list(reader.rows(read_unit(unit, caps or Caps(), StoreSettings())))


def fate(*records: bytes, **options: Any) -> list[str]:
    rows = rows_of(warc(b"", "warcinfo"), *records, **options)
    return [f"{row.kind} {row.reason or ''}".strip() for row in rows if row.reason != "warcinfo"][:-1]


HTML = http(b"<html><p>x</p>")


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (warc(HTML), "page"),
        (warc(HTML, "Response"), "page"),
        (warc(http(b"words", content_type="text/plain")), "page"),
        (warc(HTML, WARC_Truncated="length"), "page"),
        (warc(HTML, Content_Type=""), "page"),
        (warc(HTML, WARC_Target_URI="hard::made-up"), "page"),
        (warc(b"<html><p>x", "resource", Content_Type="text/html"), "page"),
        (warc(b"x", "conversion", Content_Type="text/plain"), "page"),
        (warc(b"", "warcinfo"), None),
        (warc(b"", "request"), "counted request"),
        (warc(HTML, "revisit"), "counted revisit"),
        (warc(b"", "continuation"), "counted continuation"),
        (warc(b"", "metadata"), "counted metadata"),
        (warc(b"", "patch"), "counted other_type"),
        (warc(b"x", "conversion", Content_Type="image/png"), "counted conversion"),
        (warc(b"x", "resource", WARC_Target_URI="file:///x", Content_Type="text/html"), "counted resource"),
        (warc(b"\x89PNG\r\n\x1a\n", "resource", Content_Type="image/png"), "counted not_text"),
        (warc(b"1.2.3.4", WARC_Target_URI="dns:site", Content_Type="text/dns"), "counted dns"),
        (
            warc(b"220", WARC_Target_URI="ftp://site/x", Content_Type="application/octet-stream"),
            "counted other_protocol",
        ),
        (warc(http(b"", "301 Moved")), "counted redirect"),
        (warc(http(b"<html>gone", "404 Not Found")), "counted http_error"),
        (warc(http(b"<html>later", "503 Busy")), "counted http_error"),
        (
            warc(http(b"User-agent: *", content_type="text/plain"), WARC_Target_URI="http://a/robots.txt"),
            "counted robots_txt",
        ),
        (warc(http(b"")), "counted empty_body"),
        (warc(http(b"%PDF-1.4", content_type="text/html")), "counted not_text"),
        (warc(http(b"body { }", content_type="text/css")), "counted not_text"),
        (warc(b"<html>", Content_Type="application/http"), "quarantine bad_http"),
        (warc(HTML, WARC_Target_URI=""), "quarantine bad_target_uri"),
        (warc(http(b"<p>slow")), "quarantine extraction_timeout"),
    ],
)
def test_each_record_has_one_fate(record: bytes, expected: str | None) -> None:
    assert fate(record) == ([] if expected is None else [expected])


def test_json_metadata_outside_of_wat_files_is_only_counted() -> None:
    assert fate(warc(HTML), warc(b"{", "metadata", Content_Type="application/json")) == ["page", "counted metadata"]


def test_accepted_statuses_are_a_setting() -> None:
    assert fate(warc(http(b"<html>gone", "404 Not Found")), accepted_status=frozenset({200, 404})) == ["page"]


def test_rows_come_in_the_order_of_the_records_and_then_the_counts() -> None:
    records = [warc(http(f"<p>{number}".encode()), number=number) for number in range(200)]
    records[150] = warc(http(b"<p>slow"), number=150)
    rows = rows_of(*records, warc(b"", "request"))
    assert [(row.text or row.reason) for row in rows[:-2]] == [
        "extraction_timeout" if number == 150 else f"<p>{number}" for number in range(200)
    ]
    assert [(row.reason, row.records) for row in rows[-2:]] == [("request", 1), (None, 0)]


def test_a_quarantined_record_shows_its_first_bytes_and_place() -> None:
    row = rows_of(warc(HTML), warc(b"<html>" + b"x" * 1_000, Content_Type="application/http"))[1]
    assert (row.kind, row.reason, len(row.head or b"")) == ("quarantine", "bad_http", 256)
    assert (row.head or b"").startswith(b"WARC/1.0")
    assert row.source_offset == len(COMPRESS["gzip"](warc(HTML)))


def test_html_is_kept_decoded_and_only_when_asked_for() -> None:
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/html\r\n\r\n" + gzip.compress(
        b"<html><p>x</p>"
    )
    assert [row.html for row in rows_of(warc(packed)) if row.kind == "page"] == [None]
    kept = rows_of(warc(packed), keep_html=True)[0]
    assert (kept.html, kept.text) == (b"<html><p>x</p>", "<html><p>x</p>")


def test_a_zip_bomb_in_a_response_is_quarantined() -> None:
    bomb = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/html\r\n\r\n" + gzip.compress(
        b"\0" * (40 << 20)
    )
    assert fate(warc(bomb), caps=Caps(max_payload_bytes=1 << 20)) == ["quarantine payload_too_large"]


def test_text_that_was_cut_within_a_character_is_kept() -> None:
    row = rows_of(warc("süß".encode()[:-1], "conversion", Content_Type="text/plain"))[0]
    assert (row.text or "").startswith("sü")
    assert fate(warc(b"x" * 2_000, "conversion", Content_Type="text/plain"), caps=Caps(max_text_bytes=1_024)) == [
        "quarantine text_too_large"
    ]


def test_a_record_that_lakesift_fails_on_is_quarantined_and_the_rest_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    import lakesift.crawl.pages.records

    def broken(url: str) -> tuple[str, str]:
        if url.endswith("/1"):
            raise IndexError("a bug")
        return "", ""

    monkeypatch.setattr(lakesift.crawl.pages.records, "url_parts", broken)
    assert fate(warc(HTML, number=1), warc(HTML, number=2)) == ["quarantine unexpected_error", "page"]


def wat(envelope: object, **fields: str) -> bytes:
    return warc(json.dumps(envelope).encode(), "metadata", Content_Type="application/json", **fields)


def response(status: object = "200", **html: object) -> dict[str, object]:
    metadata = {"Response-Message": {"Status": status}} | ({"HTML-Metadata": html} if html else {})
    return {"Envelope": {"Payload-Metadata": {"HTTP-Response-Metadata": metadata}}}


def test_wat_records_of_pages_give_their_images() -> None:
    links = [
        {"path": "A@/href", "url": "/other"},
        {"path": "IMG@/src", "url": "a.png", "alt": "A cat", "width": "20"},
        {"path": "IMG@/src", "url": "http://other.example/b.png", "title": "B"},
        "junk",
    ]
    refers = "<urn:uuid:0a183026-e148-401a-838d-1d59036ba6b7>"
    envelope = response(Head={"Base": "http://site.example/x/"}, Links=links)
    row = rows_of(wat(envelope, WARC_Refers_To=refers), path="memory://made/a.wat.gz")[0]
    assert (row.kind, row.doc_id) == ("links", "0a183026-e148-401a-838d-1d59036ba6b7")
    assert [(image.url, image.alt, image.title, image.width) for image in row.images or []] == [
        ("http://site.example/x/a.png", "A cat", None, 20),
        ("http://other.example/b.png", None, "B", None),
    ]


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        ({}, "counted metadata"),
        ({"Envelope": 5}, "counted metadata"),
        ({"Envelope": {"Payload-Metadata": {"HTTP-Request-Metadata": {}}}}, "counted metadata"),
        (response("404"), "counted http_error"),
        (response(301), "counted redirect"),
        (response(), "counted not_text"),
        (response(Links=[]), "counted no_images"),
        (response(Links={"a": 1}), "counted no_images"),
        ([1], "quarantine bad_envelope"),
    ],
)
def test_other_wat_records_are_counted(envelope: object, expected: str) -> None:
    rows = rows_of(warc(b"", "warcinfo"), wat(envelope), path="memory://made/a.wat.gz")
    assert f"{rows[0].kind} {rows[0].reason}" == expected


@pytest.mark.parametrize("block", [b"{", b"\xff", b"[" * 200_000, b'{"Envelope": NaN', b""])
def test_broken_json_is_quarantined(block: bytes) -> None:
    record = warc(block, "metadata", Content_Type="application/json")
    rows = rows_of(warc(b"", "warcinfo"), record, path="memory://made/a.wat.gz")
    assert (rows[0].kind, rows[0].reason) == ("quarantine", "bad_envelope")


def test_a_file_that_cannot_be_read_on_gives_what_came_before_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from lakesift.crawl.sources.store import Store

    data = b"".join(COMPRESS["gzip"](warc(b"", "request", number=number)) for number in range(2_000))
    units = cut_ranges(source(data), 1 << 40)
    real = Store.read

    def read(self: Store, start: int, stop: int) -> bytes:
        if start >= 1 << 16:
            raise OSError("the disk is gone")
        return real(self, start, stop)

    monkeypatch.setattr(Store, "read", read)
    settings = IngestSettings(store=StoreSettings(attempts=1, read_bytes=1 << 16))
    rows = list(unit_rows(iter(units), settings))
    assert [(row.kind, row.reason) for row in rows] == [
        ("quarantine", "read_failed"), ("counted", "request"), ("counted", None),
    ]  # fmt: skip
    assert 100 < (rows[1].records or 0) < 2_000


def test_a_file_that_vanished_is_one_quarantine_row_and_the_next_one_is_read() -> None:
    good = cut_ranges(source(COMPRESS["gzip"](warc(b"", "request"))), 1 << 40)[0]
    gone = good._replace(source_path="memory://made/gone.warc.gz")
    rows = list(unit_rows(iter([gone, good]), IngestSettings(store=StoreSettings(attempts=1))))
    assert [(row.kind, row.reason) for row in rows] == [
        ("quarantine", "unreadable_file"), ("counted", None), ("counted", "request"), ("counted", None),
    ]  # fmt: skip

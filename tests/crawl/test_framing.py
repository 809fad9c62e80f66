from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from crawl.made_archives import COMPRESS, http, page, read, reasons, source, warc
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected

SMALL = Caps(max_header_bytes=1 << 10, max_record_bytes=1 << 16)
ARC_DESCRIPTION = b"1 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n"


def plain(*parts: bytes) -> list[str]:
    return list(reasons(read(source(b"".join(parts)), caps=SMALL)))


def test_line_ends_may_be_lf_and_header_lines_folded() -> None:
    record = b"WARC/1.0\nWARC-Type: response\nContent-Type: text/plain;\n  charset=utf-8\nContent-Length: 3\n\nabc\n\n"
    first, second = read(source(record + record))
    assert first.fields["content-type"] == "text/plain; charset=utf-8"
    assert (first.block, second.block) == (b"abc", b"abc")


@pytest.mark.parametrize("version", ["0.17", "0.18", "1.0", "1.1"])
def test_all_versions_of_warc_are_read(version: str) -> None:
    record = warc(http(b"x")).replace(b"WARC/1.0", f"WARC/{version}".encode())
    assert [found.fields["warc-type"] for found in read(source(COMPRESS["gzip"](record)))] == ["response"]


@pytest.mark.parametrize("compression", ["gzip", "plain"])
@pytest.mark.parametrize("extra", ["", "200 - - 1234 a.arc "], ids=["version 1", "version 2"])
def test_arc_records_read_as_warc_responses(compression: str, extra: str) -> None:
    head = f"filedesc://a.arc 0.0.0.0 20080430204825 text/plain {len(ARC_DESCRIPTION)}\n".encode() + ARC_DESCRIPTION
    bodies = [http(b"<p>one"), http(b"<p>two"), b"20080430204825\nsite.example. 5 IN A 1.2.3.4\n"]
    urls = ["http://site.example/a b", "https://site.example/", "dns:site.example"]
    lines = [
        f"{url} 1.2.3.4 20080430204827 text/html {extra}{len(body)}\n" for url, body in zip(urls, bodies, strict=True)
    ]
    parts = [head, *(line.encode() + body + b"\n" for line, body in zip(lines, bodies, strict=True))]
    file = source(b"".join(COMPRESS[compression](part) for part in parts), "memory://made/a.arc.gz")
    records = read(file)
    assert (file.kind, [record.rejected for record in records]) == ("arc", [None] * 4)
    assert [record.fields["warc-type"] for record in records] == ["warcinfo", "response", "response", "response"]
    assert [record.fields["warc-target-uri"] for record in records[1:]] == urls
    assert [record.block for record in records[1:]] == bodies
    assert records[1].fields["warc-date"] == "2008-04-30T20:48:27Z"


def test_a_length_that_runs_into_the_next_record_costs_only_its_own_record() -> None:
    assert plain(warc(b"abc"), warc(b"abc", Content_Length="300"), warc(b"abc"), warc(b"abc")) == [
        "",
        "wrong_length",
        "",
        "",
    ]


def test_a_length_that_is_too_short_leaves_a_stretch_that_is_reported() -> None:
    assert plain(warc(b"abcdef", Content_Length="3"), warc(b"abc")) == ["", "damaged_bytes", ""]


def test_a_length_beyond_the_end_of_the_file_does_not_swallow_what_follows() -> None:
    assert plain(warc(b"abc", Content_Length="60000"), warc(b"abc")) == ["truncated_record", ""]


@pytest.mark.parametrize("length", ["", "-1", "1e3", "٣", "3, 3.0", "99999999999999999999"])
def test_unusable_lengths_are_rejected(length: str) -> None:
    reason = "record_too_large" if length.startswith("99") else "bad_record_header"
    assert plain(warc(b"x"), warc(b"abc", Content_Length=length)) == ["", reason]


def test_a_repeated_length_counts_once_if_it_is_the_same() -> None:
    same = warc(b"abc").replace(b"Content-Length: 3\r\n", b"Content-Length: 3\r\nContent-Length: 3\r\n")
    other = warc(b"abc").replace(b"Content-Length: 3\r\n", b"Content-Length: 3\r\nContent-Length: 4\r\n")
    assert plain(same, other, same) == ["", "bad_record_header", ""]


def test_headers_without_end_are_cut_off_at_the_cap() -> None:
    endless = b"WARC/1.0\r\nWARC-Type: response\r\n" + b"X-Pad: " + b"y" * 200_000
    assert plain(warc(b"a"), endless, b"\r\n" + warc(b"b")) == ["", "header_too_large", ""]
    many_lines = warc(b"a", **{f"X{number}": "" for number in range(100)})
    assert list(reasons(read(source(many_lines), caps=Caps(max_header_lines=50)))) == ["header_too_large"]


def test_nuls_in_headers_and_blocks_are_data() -> None:
    record = read(source(warc(b"a\0b\0", WARC_Note="x\0y")))[0]
    assert (record.block, record.fields["warc-note"]) == (b"a\0b\0", "x\0y")


def test_a_record_above_the_cap_is_not_kept_in_memory() -> None:
    bomb = gzip.compress(warc(b"\0" * (64 << 20)))
    records = read(source(gzip.compress(warc(b"a")) + bomb + gzip.compress(warc(b"b"))), caps=SMALL)
    assert list(reasons(records)) == ["", "record_too_large", ""]
    assert [len(record.block) for record in records] == [1, 0, 1]


def test_bytes_between_records_are_one_stretch_each() -> None:
    parts = [warc(b"a"), b"junk\n" * 9_000, warc(b"b"), b"\0" * 512]
    assert plain(*parts) == ["", "damaged_bytes", "", "damaged_bytes"]


def test_a_record_may_span_gzip_members() -> None:
    record = warc(http(b"<p>" + b"x" * 500))
    data = gzip.compress(record[:300]) + gzip.compress(record[300:]) + gzip.compress(b"\r\n\r\n" + warc(b"b"))
    first, second = read(source(data))
    assert (first.offset, len(first.block), second.block) == (0, len(record) - record.index(b"\r\n\r\n") - 8, b"b")


def test_a_member_that_begins_a_record_ends_the_one_before() -> None:
    data = gzip.compress(warc(b"a")) + gzip.compress(warc(b"abc", Content_Length="5000")) + gzip.compress(warc(b"b"))
    assert list(reasons(read(source(data)))) == ["", "truncated_record", ""]


@pytest.mark.parametrize("compression", ["gzip", "zstd", "lz4"])
def test_offset_and_length_are_those_of_the_member(compression: str) -> None:
    members = [COMPRESS[compression](warc(page(number), number=number)) for number in range(20)]
    records = read(source(b"".join(members)))
    starts = [sum(map(len, members[:number])) for number in range(20)]
    assert [(record.offset, record.length) for record in records] == [
        (start, len(member)) for start, member in zip(starts, members, strict=True)
    ]


def test_offsets_in_one_stream_are_those_of_the_data() -> None:
    parts = [warc(page(number), number=number) for number in range(20)]
    file = source(gzip.compress(b"".join(parts)))
    assert file.layout == "stream"
    assert [record.offset for record in read(file)] == [sum(map(len, parts[:number])) for number in range(20)]


def test_several_records_in_a_member_have_offsets_of_their_own() -> None:
    members = [warc(b"a"), warc(b"b") + warc(b"c") + warc(b"d"), warc(b"e")]
    data = [gzip.compress(member) for member in members]
    second, third = len(data[0]), len(data[0]) + len(data[1])
    assert [record.offset for record in read(source(b"".join(data)))] == [0, second, second + 1, second + 2, third]


def test_a_dictionary_in_a_zstd_archive_is_used() -> None:
    import zstandard

    parts = [warc(page(number), number=number) for number in range(200)]
    dictionary = zstandard.train_dictionary(4_096, parts)
    compressor = zstandard.ZstdCompressor(dict_data=dictionary)
    packed = zstandard.ZstdCompressor().compress(dictionary.as_bytes())
    head = b"\x5d\x2a\x4d\x18" + len(packed).to_bytes(4, "little") + packed
    data = head + b"".join(compressor.compress(part) for part in parts)
    assert [record.rejected for record in read(source(data), range_bytes=1_000)] == [None] * 200


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"<html>", gzip.compress(b"{}", mtime=0), b"\x1f\x8b\x08junk", b"\0" * 100]
)
def test_what_is_no_archive_is_told_so(data: bytes) -> None:
    with pytest.raises(RecordRejected, match="unknown_format"):
        source(data)


def test_kind_comes_from_the_records_before_the_name() -> None:
    info = warc(b"x", "warcinfo")
    wet, wat = warc(b"x", "conversion"), warc(b"{}", "metadata", Content_Type="application/json")
    kinds = [source(info + rest, f"memory://made/{name}").kind for rest, name in [
        (wet, "x.warc"), (wat, "x.warc"), (warc(b"x"), "x.wat.gz"), (b"", "x.warc.wet.gz"), (b"", "x"),
    ]]  # fmt: skip
    assert kinds == ["wet", "wat", "warc", "wet", "warc"]


def test_reading_the_archives_of_a_folder_needs_no_network(shared_data: Path) -> None:
    from lakesift.crawl.sources.listing import ListingSettings, list_sources

    kinds = {
        Path(file.path).name: file.kind for file in list_sources([str(shared_data / "archives")], ListingSettings())
    }
    assert kinds["whirlwind.warc.wat.gz"] == "wat"
    assert kinds["whirlwind.warc.wet.gz"] == kinds["sample.warc.txt"] == "wet"
    assert sum(kind == "warc" for kind in kinds.values()) == len(kinds) - 3

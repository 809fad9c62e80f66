"""Promises of decode_payload, with bodies made by the codecs themselves and by real servers."""

from __future__ import annotations

import gzip
import time
import zlib
from contextlib import suppress
from pathlib import Path
from random import Random

import brotli
import pytest
import zstandard
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import given
from hypothesis import strategies as st

from lakesift.crawl.html.payload import decode_payload
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected

CAPS = Caps()
HTML = b"<!doctype html><title>T</title><p>" + "Größe ".encode() * 50


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


ENCODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


def chunked(body: bytes, size: int) -> bytes:
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x;x=y\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\nTrailer: x\r\n\r\n"


def reason_of(body: bytes, headers: dict[str, str], caps: Caps = CAPS) -> str:
    with pytest.raises(RecordRejected) as rejection:
        decode_payload(body, headers, caps)
    return rejection.value.reason


@pytest.mark.parametrize("name", ENCODERS)
@given(body=st.binary(max_size=300))
def test_each_coding_is_undone(name: str, body: bytes) -> None:
    assert decode_payload(ENCODERS[name](body), {"content-encoding": name.upper()}, CAPS).data == body


def test_raw_deflate_is_undone() -> None:
    assert decode_payload(raw_deflate(HTML), {"content-encoding": "deflate"}, CAPS).data == HTML


def test_codings_on_top_of_one_another_are_undone_from_the_last() -> None:
    body = chunked(brotli.compress(gzip.compress(HTML)), 7)
    headers = {"content-encoding": "identity, gzip, br", "transfer-encoding": "chunked"}
    assert decode_payload(body, headers, CAPS).data == HTML


def test_transfer_coding_is_undone_before_content_coding() -> None:
    body = chunked(gzip.compress(brotli.compress(HTML)), 100)
    assert decode_payload(body, {"content-encoding": "br", "transfer-encoding": "gzip, chunked"}, CAPS).data == HTML


def test_more_than_five_codings_are_refused() -> None:
    assert reason_of(b"\x1f\x8b\x08", {"content-encoding": "gzip," * 6}) == "bad_content_encoding"


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd", "compress", "sdch", "UTF-8"])
@pytest.mark.parametrize("body", [HTML, b"", b"ok", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", HTML.decode().encode("utf-16")])
def test_a_body_that_was_decoded_already_stays_as_it_is(name: str, body: bytes) -> None:
    assert decode_payload(body, {"content-encoding": name, "transfer-encoding": "chunked"}, CAPS).data == body


@pytest.mark.parametrize("name", ENCODERS)
def test_a_cut_body_gives_its_beginning(name: str) -> None:
    body = Random(1).randbytes(100_000).hex().encode()
    encoded = ENCODERS[name](body)
    decoded = decode_payload(encoded[: len(encoded) // 2], {"content-encoding": name}, CAPS).data
    # A zstd block is up to 128 KiB, and comes whole or not at all.
    assert body.startswith(decoded)
    assert name == "zstd" or len(decoded) > len(body) // 3


def test_a_cut_chunk_gives_its_beginning() -> None:
    body = chunked(HTML, 100)
    assert decode_payload(body[:150], {"transfer-encoding": "chunked"}, CAPS).data.startswith(HTML[:130])


TEXT = " ".join(str(Random(number).random()) for number in range(20_000)).encode()


@pytest.mark.parametrize("name", ["gzip", "deflate", "zstd"])  # brotli has no checksum
def test_what_stands_before_damage_in_the_middle_is_kept_and_marked(name: str) -> None:
    encoders = {**ENCODERS, "zstd": zstandard.ZstdCompressor(write_checksum=True).compress}
    body = bytearray(encoders[name](TEXT))
    body[len(body) // 2 : len(body) // 2 + 40] = b"\xff" * 40
    data, damage = decode_payload(bytes(body), {"content-encoding": name}, CAPS)
    # A zstd block is up to 128 KiB, and comes whole or not at all.
    sound = len(data.rstrip(b"\xff")) if name == "zstd" else len(TEXT) // 3
    assert data[:sound] == TEXT[:sound]
    assert len(data) >= len(TEXT) // 3
    assert damage is not None
    assert damage.startswith(f"{name}: ")


def test_damage_in_brotli_keeps_what_stands_before_it() -> None:
    body = bytearray(brotli.compress(TEXT))
    body[len(body) // 2 : len(body) // 2 + 400] = b"\xff" * 400
    data, damage = decode_payload(bytes(body), {"content-encoding": "br"}, CAPS)
    assert data[: len(TEXT) // 3] == TEXT[: len(TEXT) // 3]
    assert damage is not None


@pytest.mark.parametrize("size", [10, 300, 65_536, 65_537, 200_000])
def test_a_wrong_checksum_costs_nothing_of_the_text(size: int) -> None:
    for name, end in (("gzip", -8), ("deflate", -4)):
        body = bytearray(ENCODERS[name](TEXT[:size]))
        body[end] ^= 0xFF
        data, damage = decode_payload(bytes(body), {"content-encoding": name}, CAPS)
        assert data == TEXT[:size]
        assert damage is not None


def test_a_second_gzip_member_that_is_damaged_costs_nothing_of_the_first() -> None:
    body = gzip.compress(b"first " * 50) + gzip.compress(TEXT)[:10] + b"\xff" * 50
    data, damage = decode_payload(body, {"content-encoding": "gzip"}, CAPS)
    assert data == b"first " * 50
    assert damage is not None


@pytest.mark.parametrize("line", [b"zz\r\n", b"6", b"<p>"])
def test_chunks_before_a_damaged_size_are_kept_and_marked(line: bytes) -> None:
    body = b"5\r\nHello\r\n7\r\n, world\r\n" + line
    assert decode_payload(body, {"transfer-encoding": "chunked"}, CAPS) == (
        b"Hello, world",
        "no chunk size at byte 22 of the chunked body",
    )


@pytest.mark.parametrize(
    "body",
    [b"2024\nwas a good year for the harbour", b"5\r\nGold rings and more of them", b"a\nb\nc\nd", b"12\r\n3"],
)
def test_a_text_that_begins_like_a_chunk_is_no_chunk_unless_cut(body: bytes) -> None:
    data = decode_payload(body, {"transfer-encoding": "chunked"}, CAPS).data
    assert data == (b"3" if body.startswith(b"12") else body)


@pytest.mark.parametrize("said", ["gzip", "deflate", "br"])
@pytest.mark.parametrize("sent", ["gzip", "deflate", "br", "zstd"])
def test_what_the_bytes_are_counts_and_not_what_is_said_of_them(said: str, sent: str) -> None:
    assert decode_payload(ENCODERS[sent](TEXT), {"content-encoding": said}, CAPS) == (TEXT, None)


def test_a_body_in_gzip_twice_is_read_under_one_header() -> None:
    assert decode_payload(gzip.compress(gzip.compress(HTML)), {"content-encoding": "gzip"}, CAPS) == (HTML, None)
    thrice = gzip.compress(gzip.compress(gzip.compress(HTML)))
    assert decode_payload(thrice, {"content-encoding": "gzip, gzip"}, CAPS).data == HTML


def test_an_unknown_coding_of_binary_data_is_refused() -> None:
    assert reason_of(bytes(range(256)), {"content-encoding": "lzma"}) == "bad_content_encoding"


@pytest.mark.parametrize("name", ENCODERS)
def test_a_bomb_stops_at_the_cap(name: str) -> None:
    bomb = ENCODERS[name](bytes(64 << 20))
    caps = Caps(max_payload_bytes=1 << 20)
    assert reason_of(bomb, {"content-encoding": name}, caps) == "payload_too_large"
    assert reason_of(ENCODERS[name](bomb), {"content-encoding": f"{name}, {name}"}, caps) == "payload_too_large"


def test_a_plain_body_keeps_the_cap_too() -> None:
    assert reason_of(bytes(2048), {}, Caps(max_payload_bytes=1024)) == "payload_too_large"


def test_several_gzip_members_are_one_body_and_millions_are_refused() -> None:
    members = gzip.compress(b"a") + gzip.compress(b"b" * 200_000) + gzip.compress(b"c")
    assert decode_payload(members + b"\0junk", {"content-encoding": "gzip"}, CAPS).data == b"a" + b"b" * 200_000 + b"c"
    started = time.process_time()
    assert reason_of(gzip.compress(b"") * 500_000, {"content-encoding": "gzip"}) == "bad_content_encoding"
    assert time.process_time() - started < 5


@pytest.mark.parametrize("name", ["gzip", "br", "zstd"])
def test_time_grows_with_the_size(name: str) -> None:
    data = Random(1).randbytes(8 << 20)
    encoded = brotli.compress(data, quality=1) if name == "br" else ENCODERS[name](data)
    started = time.process_time()
    assert len(decode_payload(encoded, {"content-encoding": name}, CAPS).data) == 8 << 20
    assert time.process_time() - started < 5


def test_chunks_of_one_byte_take_linear_time() -> None:
    started = time.process_time()
    assert decode_payload(b"1\r\na\r\n" * 500_000, {"transfer-encoding": "chunked"}, CAPS).data == b"a" * 500_000
    assert time.process_time() - started < 5


@given(
    body=st.binary(max_size=200),
    coding=st.sampled_from([*ENCODERS, "x", ""]),
    transfer=st.sampled_from(["", "chunked"]),
)
def test_any_bytes_are_decoded_or_rejected(body: bytes, coding: str, transfer: str) -> None:
    with suppress(RecordRejected):
        decode_payload(body, {"content-encoding": coding, "transfer-encoding": transfer}, CAPS)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("sample-0000.warc.gz", b"<!DOCTYPE"),
        ("odd/example-iana.org-chunked.warc", b"<!doctype"),
        ("odd/example-bad-non-chunked.warc.gz", b"<!doctype"),
        ("odd/example-wrong-chunks.warc.gz", b"<!doctype"),
    ],
)
def test_bodies_of_real_servers(shared_data: Path, name: str, start: bytes) -> None:
    checked = 0
    with (shared_data / "archives" / name).open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response, auto_decode="none"):
            headers = {key.lower(): value for key, value in record.http_headers.asdict().items()}
            if "html" in headers.get("content-type", ""):
                assert (
                    decode_payload(record.reader.read(), headers, CAPS).data.lstrip().lower().startswith(start.lower())
                )
                checked += 1
                break
    assert checked

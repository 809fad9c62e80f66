from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from crawl.made_archives import COMPRESS, http, page, read, source, warc
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.sources.sources import SourceFile, Unit
from lakesift.crawl.warc.framing import Record
from lakesift.crawl.warc.ranges import cut_ranges

RECORDS = [warc(page(number), number=number) for number in range(400)]


def summary(records: list[Record]) -> list[tuple[int, int, str, bytes]]:
    return [(r.offset, r.length, r.rejected.reason if r.rejected else "", r.block) for r in records]


def cut(file: SourceFile, count: int) -> list[tuple[int, int, str, bytes]]:
    assert file.bytes is not None
    return summary(read(file, -(-file.bytes // count)))


@pytest.mark.parametrize("compression", ["gzip", "zstd", "lz4", "plain"])
def test_ranges_give_the_same_records_however_a_file_is_cut(compression: str) -> None:
    file = source(b"".join(COMPRESS[compression](record) for record in RECORDS))
    assert file.layout == ("plain" if compression == "plain" else "members")
    whole = cut(file, 1)
    assert len(whole) == len(RECORDS)
    assert all(cut(file, count) == whole for count in (2, 7, 50))


def test_ranges_smaller_than_a_record_give_the_same_records() -> None:
    file = source(b"".join(COMPRESS["gzip"](record) for record in RECORDS[:40]))
    assert cut(file, 2_000) == cut(file, 1)


@pytest.mark.parametrize("name", ["example.warc.gz", "warcfile.warc.lz4", "odd/example-wrong-chunks.warc.gz"])
def test_real_archives_give_the_same_records_however_they_are_cut(shared_data: Path, name: str) -> None:
    file = source((shared_data / "archives" / name).read_bytes())
    whole = cut(file, 1)
    assert all(cut(file, count) == whole for count in (2, 7, 50))


def test_damage_gives_the_same_rows_however_a_file_is_cut() -> None:
    draw = random.Random(7)
    data = bytearray(b"".join(COMPRESS["gzip"](record) for record in RECORDS))
    for _ in range(20):
        data[draw.randrange(1_000, len(data))] ^= 1 << draw.randrange(8)
    file = source(bytes(data))
    whole = cut(file, 1)
    assert any(reason for _, _, reason, _ in whole)
    assert all(cut(file, count) == whole for count in (2, 7, 50))


def test_an_archive_inside_a_record_is_not_taken_for_the_file_itself() -> None:
    draw = random.Random(7)
    inner = b"".join(gzip.compress(warc(page(number), number=9_000 + number), mtime=0) for number in range(300))
    # Random bytes around it make the outer member store them all as they are.
    outer = gzip.compress(warc(http(draw.randbytes(40_000) + inner + draw.randbytes(40_000))), compresslevel=0, mtime=0)
    assert inner[:5_000] in outer
    data = b"".join(COMPRESS["gzip"](record) for record in RECORDS[:50])
    file = source(data + outer + data)
    whole = cut(file, 1)
    assert len(whole) == 101
    assert all(cut(file, count) == whole for count in (2, 7, 50))


def test_ranges_cover_a_file_and_differ_by_a_byte_at_most() -> None:
    file = SourceFile("x", "local", 1_000, "warc", "gzip", "members", None)
    units = cut_ranges(file, 300)
    assert [(unit.start, unit.end) for unit in units] == [(0, 250), (250, 500), (500, 750), (750, 1_000)]
    assert units[0] == Unit("x", "local", "warc", "gzip", "members", 1_000, 0, 250)


def test_one_stream_is_one_unit_and_a_failed_file_none() -> None:
    stream = source(gzip.compress(b"".join(RECORDS)))
    assert (stream.layout, len(cut_ranges(stream, 1_000)), len(read(stream))) == ("stream", 1, len(RECORDS))
    assert cut_ranges(SourceFile("x", "local", 9, None, None, None, "unknown_format"), 1_000) == []


def test_records_above_the_cap_are_the_same_however_a_file_is_cut() -> None:
    caps = Caps(max_record_bytes=1 << 11)
    file = source(b"".join(COMPRESS["gzip"](record) for record in RECORDS[:100]), caps=caps)
    assert file.bytes is not None
    whole = summary(read(file, caps=caps))
    assert {reason for _, _, reason, _ in whole} == {"", "record_too_large"}
    assert summary(read(file, file.bytes // 20, caps)) == whole

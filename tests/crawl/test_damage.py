"""Damaged archives: nothing crashes, and what can be counted is counted."""

from __future__ import annotations

import gzip
import random
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawl.made_archives import COMPRESS, page, read, source, warc
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected
from lakesift.crawl.warc.framing import Record

RECORDS = [warc(page(number), number=number) for number in range(60)]
MEMBERS = {name: [COMPRESS[name](record) for record in RECORDS] for name in COMPRESS}


def sound(records: list[Record]) -> set[str]:
    return {record.fields.get("warc-record-id", "") for record in records if record.rejected is None}


def identity(number: int) -> str:
    return f"<urn:uuid:00000000-0000-4000-8000-{number:012x}>"


@pytest.mark.parametrize("compression", ["gzip", "zstd", "lz4"])
def test_a_cut_file_loses_only_the_record_that_is_cut(compression: str) -> None:
    members = MEMBERS[compression]
    data = b"".join(members)
    for cut in random.Random(1).sample(range(len(members[0]) + 1, len(data)), 60):
        ends = [sum(map(len, members[: number + 1])) for number in range(len(members))]
        whole = sum(end <= cut for end in ends)
        records = read(source(data[:cut]))
        rejected = [record.rejected.reason for record in records if record.rejected]
        assert sound(records) == {identity(number) for number in range(whole)}
        assert rejected in ([], ["truncated_record"], ["damaged_compression"])
        assert bool(rejected) == (cut not in ends)


@pytest.mark.parametrize("compression", ["gzip", "zstd", "lz4"])
def test_a_flipped_bit_costs_its_own_record_and_is_reported(compression: str) -> None:
    members = MEMBERS[compression]
    draw = random.Random(2)
    for _ in range(150):
        number = draw.randrange(1, len(members))
        damaged = bytearray(members[number])
        damaged[draw.randrange(len(damaged))] ^= 1 << draw.randrange(8)
        records = read(source(b"".join([*members[:number], bytes(damaged), *members[number + 1 :]])))
        others = {identity(other) for other in range(len(members)) if other != number}
        # zstd and lz4 frames may carry no checksum of their data, so a flip can go unseen.
        assert others <= sound(records)
        assert len(records) >= len(members)
        assert len(records) - len(sound(records)) <= 2


def test_a_damaged_first_member_does_not_hide_the_archive() -> None:
    members = MEMBERS["gzip"]
    damaged = bytearray(members[0])
    damaged[30] ^= 0xFF
    records = read(source(bytes(damaged) + b"".join(members[1:])))
    assert sound(records) == {identity(number) for number in range(1, len(members))}


def test_one_damaged_stream_gives_all_that_comes_before_the_damage() -> None:
    data = bytearray(gzip.compress(b"".join(RECORDS)))
    place = len(data) // 2
    data[place : place + 8] = b"\xff" * 8
    inflate, before = zlib.decompressobj(wbits=31), b""
    try:
        for byte in data:
            before += inflate.decompress(bytes([byte]))
    except zlib.error:
        pass
    records = read(source(bytes(data)))
    countable = before.count(b"WARC/1.0\r\n")
    assert 5 < countable < len(RECORDS)
    assert sum(record.head.startswith(b"WARC/1.0") for record in records) == countable
    assert any(record.rejected for record in records)


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(MEMBERS)),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=40), st.booleans()), min_size=1, max_size=6),
)
def test_no_damage_crashes_or_repeats_an_offset(compression: str, changes: list[tuple[float, bytes, bool]]) -> None:
    data = bytearray(b"".join(MEMBERS[compression]))
    for place, junk, inserts in changes:
        at = int(place * (len(data) - 1))
        data[at : at if inserts else at + len(junk)] = junk
    try:
        file = source(bytes(data))
    except RecordRejected:
        return
    records = read(file)
    offsets = [record.offset for record in records]
    assert offsets == sorted(set(offsets))
    # A change costs the records it touches, at most their neighbours, and never those far from it.
    assert len(sound(records)) >= len(RECORDS) - 3 * len(changes) or file.layout != "members"
    file_bytes = file.bytes
    assert file_bytes is not None
    in_parts = read(file, max(1, file_bytes // 5))
    assert [(record.offset, record.block) for record in in_parts] == [(r.offset, r.block) for r in records]


@settings(max_examples=100)
@given(st.binary(max_size=2_000), st.sampled_from(sorted(COMPRESS)))
def test_no_bytes_behind_a_record_crash(junk: bytes, compression: str) -> None:
    records = read(source(COMPRESS[compression](warc(b"a") + junk)))
    assert records[0].fields.get("warc-type") == "response"


def test_a_bomb_is_read_through_in_bounded_memory_and_time() -> None:
    import tracemalloc

    bomb = gzip.compress(
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n" + b"\0" * (100 << 20)
    )
    file = source(gzip.compress(warc(b"a")) + bomb + gzip.compress(warc(b"b")))
    tracemalloc.start()
    reasons = [record.rejected.reason if record.rejected else "" for record in read(file)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reasons == ["", "", "damaged_bytes", ""]
    assert peak < 16 << 20


@pytest.mark.parametrize("compression", ["gzip", "plain"])
def test_many_false_starts_take_linear_time(compression: str) -> None:
    false = {
        # Members that begin well and never end: each could be decoded up to the end of the file.
        "gzip": gzip.compress(b"WARC/1.0\r\nWARC-Type: x\r\n", mtime=0)[:-12] + b"\xff" * 20,
        "plain": b"\r\nWARC/1.0\r\nWARC-Type: x\r\nContent-Length: 60000000\r\n\r\n",
    }[compression]
    took = []
    for count in (1_000, 4_000):
        file = source(COMPRESS[compression](warc(b"a")) + false * count)
        start = time.process_time()
        read(file, caps=Caps(max_resyncs=100_000))
        took.append(time.process_time() - start)
    assert took[1] < 8 * took[0] + 1

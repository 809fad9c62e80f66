"""Archive files: their format, detected from bytes, and the records of a unit.

A unit is a file or a byte range of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple, cast

from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected
from lakesift.crawl.sources.sources import Kind, Layout, Unit
from lakesift.crawl.sources.store import RangeReader, Store, StoreSettings
from lakesift.crawl.warc.codecs import Codec, Compression, DamagedData, codec_of, compression_of
from lakesift.crawl.warc.formats import DIALECTS, Dialect
from lakesift.crawl.warc.framing import Record, records
from lakesift.crawl.warc.members import pieces
from lakesift.crawl.warc.ranges import first_start

PROBE_BYTES: Final = 1 << 20
PROBE_RECORDS: Final = 64
NAME_KIND: Final = re.compile(r"\.(wat|wet)\b", re.IGNORECASE)
# A dictionary in front of a .warc.zst and the first record behind it.
HEAD_BYTES: Final = 1 << 20


class Shape(NamedTuple):
    """The format of a file, as reading a part of it needs it."""

    kind: Kind
    compression: Compression
    layout: Layout
    repeats_ids: bool = False


def shape_of(store: Store, size: int, caps: Caps) -> Shape:
    """Detect a file's format from its first MiB.

    Names decide only between WAT, WET and WARC when no record does.

    Raises:
        RecordRejected: `unknown_format`, also for an empty file.
        OSError: when it cannot be read.
    """
    if size == 0:
        raise RecordRejected("unknown_format", "the file is empty")
    probe = RangeReader(store, min(size, PROBE_BYTES), PROBE_BYTES)
    head = probe.read(0, HEAD_BYTES)
    compression = compression_of(head)
    codec = _codec(compression, head)
    dialect = _probe_dialect(probe, codec)
    # A record that the probe cuts is only known to be longer than the probe.
    found = list(islice(records(pieces(probe, 0, probe.size, codec, dialect, 0), dialect, caps, True), PROBE_RECORDS))
    layout: Layout = "plain" if compression == "plain" else "members" if found and found[0].is_alone else "stream"
    return Shape(_kind(found, dialect, store.full_path), compression, layout, _repeats_ids(found))


def _repeats_ids(found: list[Record]) -> bool:
    """Whether pages of several URLs have one record id, as some writers give them: such ids name nothing."""
    urls: dict[str, str] = {}
    for record in found:
        fields = record.fields
        id_field = {"response": "warc-record-id", "conversion": "warc-refers-to"}.get(fields.get("warc-type", ""))
        name, url = fields.get(id_field or "", ""), fields.get("warc-target-uri", "")
        if name and urls.setdefault(name, url) != url:
            return True
    return False


def _codec(compression: Compression, head: bytes) -> Codec:
    try:
        return codec_of(compression, head)
    except DamagedData as error:
        raise RecordRejected("unknown_format", f"{compression}: {error}") from None


def _probe_dialect(probe: RangeReader, codec: Codec) -> Dialect:
    """Return the format of the first member that begins with a record.

    Damaged members before it are skipped. Without such a member the record is rejected as `unknown_format`.
    """
    for dialect in DIALECTS.values():
        for piece in pieces(probe, 0, probe.size, codec, dialect, PROBE_RECORDS):
            if piece.begins_record:
                return dialect
            if piece.data.strip(b"\r\n") and piece.damage is None:
                break
    first = next(pieces(probe, 0, probe.size, codec, dialect, 0))
    begin = f"begins with {first.data[:40]!r}"
    raise RecordRejected("unknown_format", begin if first.data else f"{codec.name}: {first.damage or 'no data'}")


def _kind(found: list[Record], dialect: Dialect, path: str) -> Kind:
    if dialect.name == "arc":
        return "arc"
    types = {record.fields.get("warc-type", "").lower(): record for record in reversed(found)}
    if types.keys() & {"response", "request", "revisit", "resource"}:
        return "warc"
    if "conversion" in types:
        return "wet"
    if "metadata" in types and types["metadata"].fields.get("content-type", "").startswith("application/json"):
        return "wat"
    name = NAME_KIND.search(path)
    return cast(Kind, name.group(1).lower()) if name else "warc"


def read_unit(unit: Unit, caps: Caps, store: StoreSettings) -> Iterator[Record]:
    """Yield the records of a unit, in order.

    Memory holds one read block and one record.

    Raises:
        OSError: (and the file system's own errors) when the file cannot be read.
        SourceError: when the protocol's package is missing.
        RecordRejected: `unknown_format` when the file has changed.
    """
    files = Store(unit.source_path, store)
    source = RangeReader(files, unit.bytes)
    head = RangeReader(files, unit.bytes, HEAD_BYTES).read(0, HEAD_BYTES) if unit.compression == "zstd" else b""
    codec = _codec(unit.compression, head)
    dialect = DIALECTS["arc" if unit.kind == "arc" else "warc"]
    begin, stop = 0, unit.bytes
    if unit.layout == "members":
        begin = first_start(source, unit.start, codec, dialect)
        if unit.end < unit.bytes:
            stop = first_start(RangeReader(files, unit.bytes, PROBE_BYTES), unit.end, codec, dialect)
    parts = pieces(source, begin, stop, codec, dialect, caps.max_resyncs)
    for record in records(parts, dialect, caps, unit.layout == "members"):
        # Nothing marks a record's start in plain data, so a later range reads (quickly) what comes before it.
        if unit.layout == "plain" and not unit.start <= record.offset < unit.end:
            if record.offset >= unit.end:
                return
            continue
        yield record

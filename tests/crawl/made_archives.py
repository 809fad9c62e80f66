"""Archives that tests make themselves, and a record counter that knows nothing of the library."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator

import fsspec
import lz4.frame
import zstandard

from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.sources.sources import SourceFile
from lakesift.crawl.sources.store import Store, StoreSettings
from lakesift.crawl.warc.archives import read_unit, shape_of
from lakesift.crawl.warc.framing import Record
from lakesift.crawl.warc.ranges import cut_ranges


def warc(block: bytes, kind: str = "response", number: int = 0, **fields: str) -> bytes:
    """One WARC record; `fields` replace or add header fields, underscores for hyphens."""
    header = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{number:012x}>",
        "WARC-Target-URI": f"http://site.example/{number}",
        "WARC-Date": "2024-05-18T01:58:10Z",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    }
    header |= {name.replace("_", "-"): value for name, value in fields.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in header.items())
    return f"WARC/1.0\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def http(body: bytes, status: str = "200 OK", content_type: str = "text/html") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n\r\n".encode() + body


def page(number: int) -> bytes:
    """A page whose size differs with its number, some compressible and some not."""
    noise = zlib.crc32(bytes([number % 251])).to_bytes(4, "big").hex() * (number * 37 % 400)
    return http(f"<html><body><p>Page {number}.</p><p>{noise}</p></body></html>".encode())


COMPRESS = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "zstd": lambda data: zstandard.ZstdCompressor().compress(data),
    "lz4": lz4.frame.compress,
    "plain": bytes,
}


def source(data: bytes, path: str = "memory://made/a.warc.gz", caps: Caps | None = None) -> SourceFile:
    """Put an archive into fsspec's memory and describe it."""
    with fsspec.open(path, "wb") as file:
        file.write(data)
    shape = shape_of(Store(path, StoreSettings()), len(data), caps or Caps())
    return SourceFile(path, "local", len(data), *shape[:3], None, shape.repeats_ids)


def read(file: SourceFile, range_bytes: int = 1 << 40, caps: Caps | None = None) -> list[Record]:
    """All records of a file, read in ranges one after the other."""
    units = cut_ranges(file, range_bytes)
    return [record for unit in units for record in read_unit(unit, caps or Caps(), StoreSettings(read_bytes=1 << 16))]


def decompressed(data: bytes) -> bytes:
    """All that Python's own modules can decompress of a file, member by member, up to the first damage."""
    output = b""
    if data.startswith(b"\x04\x22\x4d\x18"):
        return bytes(lz4.frame.open(io.BytesIO(data)).read())
    while data.startswith(b"\x1f\x8b"):
        inflate = zlib.decompressobj(wbits=31)
        output += inflate.decompress(data)
        data = inflate.unused_data
    return output or data


def count_records(data: bytes) -> int:
    """Lines that begin a WARC record."""
    return len(re.findall(rb"(?m)^WARC/\d\.\d+\r?$", decompressed(data)))


def reasons(records: list[Record]) -> Iterator[str]:
    return (record.rejected.reason if record.rejected else "" for record in records)

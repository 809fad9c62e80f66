"""Reads a sample crawl by its truth, with nothing of the library: the independent view of the tests."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli

Row = dict[str, Any]
_DECODERS: dict[str | None, Callable[[bytes], bytes]] = {
    None: bytes,
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
}


def member(folder: Path, row: Row) -> bytes:
    """The compressed bytes of the record that the row is about."""
    with (folder / row["source_path"]).open("rb") as file:
        file.seek(row["source_offset"])
        return file.read(row["source_length"])


def page_text(folder: Path, row: Row) -> str:
    """The HTML of a planted page, decoded as the truth says."""
    http = zlib.decompress(member(folder, row), wbits=31).partition(b"\r\n\r\n")[2].removesuffix(b"\r\n\r\n")
    head, _, body = http.partition(b"\r\n\r\n")
    if b"Transfer-Encoding: chunked" in head:
        chunks, rest = [], body
        while (size := int(rest.partition(b"\r\n")[0], 16)) > 0:
            rest = rest.partition(b"\r\n")[2]
            chunks.append(rest[:size])
            rest = rest[size + 2 :]
        body = b"".join(chunks)
    return _DECODERS[row["content_encoding"]](body).decode(row["charset"])

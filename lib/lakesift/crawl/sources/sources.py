"""What is known of an archive file before it is read, and the units that it is read in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from lakesift.crawl.warc.codecs import Compression

Kind = Literal["warc", "wet", "wat", "arc"]
# `members`: a compressed member per record; can be cut. `plain`: not compressed; can be cut. `stream`: one whole unit.
Layout = Literal["members", "plain", "stream"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the source.

    Attributes:
        path: full path, see `store.normal_path`.
        crawl: the CC-MAIN-YYYY-WW in the path, else the recipe's name for the crawl.
        bytes: size of the file; None when it could not be asked.
        kind, compression, layout: what it is; None for a file that cannot be taken in.
        reason: why it cannot be taken in: `<a key of REASONS>: <detail>`; None for an archive.
        repeats_ids: its first records have one id for several URLs, so that their ids name nothing.
    """

    path: str
    crawl: str
    bytes: int | None
    kind: Kind | None
    compression: Compression | None
    layout: Layout | None
    reason: str | None
    repeats_ids: bool = False


class Unit(NamedTuple):
    """What one call reads: the records that begin in bytes [start, end) of a file. A row of `ingest_records`' input."""

    source_path: str
    crawl: str
    kind: Kind
    compression: Compression
    layout: Layout
    bytes: int
    start: int
    end: int
    repeats_ids: bool = False


UNIT_SCHEMA: Final = (
    "source_path STRING, crawl STRING, kind STRING, compression STRING, layout STRING, "
    "bytes BIGINT, start BIGINT, end BIGINT, repeats_ids BOOLEAN"
)
"""Schema of a DataFrame of units, for `createDataFrame`."""

"""Byte ranges of one archive, so that many workers share it.

They are cut without reading, and resolved to members when read.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from lakesift.crawl.sources.sources import SourceFile, Unit
from lakesift.crawl.warc.codecs import Codec
from lakesift.crawl.warc.formats import Dialect
from lakesift.crawl.warc.members import Source, candidates, member_pieces

# A hostile file can have any number of false starts; after so many the range gives up and the one before it reads on.
MAX_CANDIDATES: Final = 10_000


def cut_ranges(file: SourceFile, range_bytes: int) -> list[Unit]:
    """Cut a file into units of nearly equal length, at most `range_bytes`.

    The cut itself reads nothing. A file whose records cannot be found from the middle (one compressed stream) is one
    unit; a file that cannot be ingested gives none.

    Args:
        file: as `listing.list_sources` describes it.
        range_bytes: longest unit, in bytes of the file.
    """
    if file.kind is None or file.compression is None or file.layout is None or file.bytes is None:
        return []
    count = 1 if file.layout == "stream" else max(1, -(-file.bytes // range_bytes))
    edges = [file.bytes * index // count for index in range(count + 1)]
    shape = (file.path, file.crawl, file.kind, file.compression, file.layout, file.bytes)
    return [Unit(*shape, start, end, file.repeats_ids) for start, end in pairwise(edges)]


def first_start(source: Source, position: int, codec: Codec, dialect: Dialect) -> int:
    """Return the offset of the first trustworthy member from `position` on.

    It is the file's size when there is none.

    A range owns the members from `first_start(start)` to `first_start(end)`, so a record has exactly one owner however
    the file is cut: a reader of an earlier member meets the same boundary. A start is trustworthy when its
    data begins with a record and everything from it on decompresses for longer than the format can store without
    compressing. Otherwise a `.warc.gz` that was archived inside a record, and so is in the file byte by
    byte, would be taken for the file's own records.
    """
    if position <= 0:
        return 0
    doomed: set[int] = set()
    for count, candidate in enumerate(candidates(source, position, source.size, codec)):
        if count == MAX_CANDIDATES:
            break
        if _is_trustworthy(source, candidate, codec, dialect, doomed):
            return candidate
    return source.size


def _is_trustworthy(source: Source, candidate: int, codec: Codec, dialect: Dialect, doomed: set[int]) -> bool:
    """Return whether the members from here on are sound for far enough.

    `doomed` collects members with damage close behind.
    """
    far_enough = candidate + codec.longest_stored_bytes
    position, passed = candidate, set()
    while position < source.size and position <= far_enough:
        passed.add(position)
        is_first = position == candidate
        end = None if position in doomed else _sound_end(source, position, far_enough, codec, dialect, is_first)
        if end is None:
            # Every later candidate before the damage is even closer to it.
            doomed |= passed
            return False
        position = end
    return True


def _sound_end(
    source: Source, position: int, far_enough: int, codec: Codec, dialect: Dialect, is_first: bool
) -> int | None:
    """Return the offset behind a member, or far enough in it.

    It is None when the member is damaged, or begins no record as the first must.
    """
    for piece in member_pieces(source, position, codec, dialect):
        begins_wrongly = is_first and piece.is_first and not piece.begins_record
        if piece.damage is not None or begins_wrongly:
            return None
        if piece.end is not None or piece.reached > far_enough:
            return piece.end or piece.reached
    return None

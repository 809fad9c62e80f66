"""Decompressed data of an archive in pieces, member by member.

Reading goes on behind damage.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

from lakesift.crawl.warc.codecs import Codec, DamagedData, Decoder
from lakesift.crawl.warc.formats import Dialect

# Output gathered before the first piece of a member: enough to recognise any record's start.
FIRST_PIECE_BYTES: Final = 1 << 14
# A damaged member can decode into its neighbours before the damage shows; the next member is searched so far back.
LOOK_BACK_BYTES: Final = 1 << 16
SCAN_BYTES: Final = 1 << 16
CUT: Final = "the file ends within a compressed member"


class Source(Protocol):
    """A source of compressed bytes; see `store.RangeReader`."""

    size: int

    def read(self, position: int, length: int) -> bytes:
        """Read `length` bytes from `position`; fewer only at the end."""
        ...


class Piece(NamedTuple):
    """A piece of one member's decompressed data."""

    member: int  # offset of the member in the file
    data: bytes
    is_first: bool
    begins_record: bool  # only in first pieces: the member begins with a record (after line ends)
    end: int | None  # offset behind the member, when it ends cleanly with this piece
    damage: str | None  # the error, when nothing of the member can be read behind this piece
    reached: int  # offset up to which the file was read for it


def pieces(source: Source, begin: int, stop: int, codec: Codec, dialect: Dialect, max_resyncs: int) -> Iterator[Piece]:
    """Yield all members that begin in [begin, stop), in pieces.

    Behind damage the next member that begins with a record is looked for, first within the damaged one: the data of a
    damaged member can swallow the next one.

    Args:
        source: the file.
        begin: offset of a member's first byte.
        stop: offset where no further member is begun.
        codec: the file's compression.
        dialect: the file's record format.
        max_resyncs: so often is a new start looked for; after that the rest is one damaged stretch.
    """
    position = begin
    while position < stop:
        for piece in member_pieces(source, position, codec, dialect):
            yield piece
        if piece.end is not None:
            position = piece.end
            continue
        max_resyncs -= 1
        restart = max(position + 1, piece.reached - LOOK_BACK_BYTES)
        position = next_member(source, restart, stop, codec, dialect) if max_resyncs >= 0 else stop


def member_pieces(source: Source, start: int, codec: Codec, dialect: Dialect) -> Iterator[Piece]:
    """Yield the pieces of one member; the last one has an `end` or a `damage`."""
    decoder = codec.decoder()
    position, gathered, is_first = start, b"", True
    while True:
        chunk = source.read(position, codec.step_bytes) if decoder.hungry else b""
        end = damage = None
        if decoder.hungry and not chunk:
            end, damage = (position, None) if codec.name == "plain" else (None, CUT)
        else:
            before = decoder.copy() if position > start and chunk else None
            try:
                gathered += decoder.feed(chunk)
            except DamagedData as error:
                damage = f"{error} at compressed offset {position}"
                gathered += _salvage(before or (codec.decoder() if position == start else None), chunk)
            position += len(chunk)
            if decoder.finished:
                end = position - decoder.unused
        is_last = end is not None or damage is not None
        if is_last or len(gathered) >= (FIRST_PIECE_BYTES if is_first else 1):
            begins = is_first and bool(dialect.start.match(gathered.lstrip(b"\r\n")))
            yield Piece(start, gathered, is_first, begins, end, damage, position)
            gathered, is_first = b"", False
        if is_last:
            return


def _salvage(decoder: Decoder | None, chunk: bytes) -> bytes:
    """Repeat a failed step byte by byte, and return its output.

    Records before the damage are not lost.
    """
    output = bytearray()
    if decoder is None:
        return b""
    try:
        for at in range(len(chunk)):
            output += decoder.feed(chunk[at : at + 1])
            while not decoder.hungry:
                output += decoder.feed(b"")
    except DamagedData:
        pass  # The same damage again, now at the exact byte; the caller already reports it.
    return bytes(output)


def next_member(source: Source, start: int, stop: int, codec: Codec, dialect: Dialect) -> int:
    """Return the offset of the first member from `start` on that begins with a record.

    It is `stop` when there is none before that.
    """
    for candidate in candidates(source, start, stop, codec):
        if begins_record(source, candidate, codec, dialect):
            return candidate
    return stop


def candidates(source: Source, start: int, stop: int, codec: Codec) -> Iterator[int]:
    """Yield the offsets in [start, stop) of the codec's magic bytes."""
    position, buffer = start, b""
    while position - len(buffer) < stop and codec.magic:
        chunk = source.read(position, SCAN_BYTES)
        if not chunk:
            return
        buffer += chunk
        base = position + len(chunk) - len(buffer)
        at = buffer.find(codec.magic)
        while 0 <= at < stop - base:
            yield base + at
            at = buffer.find(codec.magic, at + 1)
        position += len(chunk)
        buffer = buffer[-(len(codec.magic) - 1) :]


def begins_record(source: Source, candidate: int, codec: Codec, dialect: Dialect) -> bool:
    """Return whether a member whose data begins with a record begins here.

    The member may be damaged further on.
    """
    return next(member_pieces(source, candidate, codec, dialect)).begins_record

"""Records from decompressed pieces: their boundaries, and bytes of no record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected
from lakesift.crawl.warc.formats import Dialect, Fields
from lakesift.crawl.warc.members import CUT, Piece
from lakesift.crawl.warc.stretch import OVERLAP_BYTES, Run, runs

HEAD_BYTES = 256


@dataclass(frozen=True, slots=True)
class Record:
    """One record, or one stretch of bytes that is none.

    Attributes:
        offset: where it begins. In a file of one member per record: the member's offset in the file (plus the record's
            place in the member, should it have several); else the offset in the decompressed data.
        length: bytes of the member where the record is alone in it, else bytes of the record's header and block.
        fields: header fields, names in lower case; empty where the header is unusable.
        block: the bytes behind the header; empty for a rejected record.
        rejected: why the record cannot be used; None for a sound one.
        head: the first 256 bytes.
        is_alone: the record is the only one in its member.
    """

    offset: int
    length: int
    fields: Fields
    block: bytes
    rejected: RecordRejected | None
    head: bytes
    is_alone: bool


def records(parts: Iterator[Piece], dialect: Dialect, caps: Caps, member_offsets: bool) -> Iterator[Record]:
    """Yield all records of a unit, in order.

    Each stretch of damage is one more record, with its reason.

    Args:
        parts: the unit's pieces (see `members.pieces`).
        dialect: the file's record format.
        caps: limits on header and block.
        member_offsets: offsets are those of members (files with a member per record), else of decompressed data.
    """
    for run in runs(parts):
        found = enumerate(_records_of_run(run, dialect, caps))
        for index, (start, length, fields, block, rejected, head) in found:
            is_alone = index == 0 and not run.skip_line_ends() and run.end is not None
            offset = run.member + index if member_offsets else start
            whole = run.end - run.member if is_alone and member_offsets and run.end is not None else length
            yield Record(offset, whole, fields, block, rejected, head, is_alone)


_Found = tuple[int, int, Fields, bytes, RecordRejected | None, bytes]


def _records_of_run(run: Run, dialect: Dialect, caps: Caps) -> Iterator[_Found]:
    found_any = False
    while run.skip_line_ends():
        found_any = True
        start = run.position
        head = run.slice(0, HEAD_BYTES)
        fields: Fields = {}
        block, rejected = b"", None
        try:
            header_bytes, fields = _header(run, dialect, caps)
            block = _block(run, dialect, caps, header_bytes, int(fields["content-length"]))
        except RecordRejected as rejection:
            rejected = rejection
        yield start, run.record_bytes or run.position - start, fields, block, rejected, head
    if run.damage is not None and not found_any:
        yield run.position, 0, {}, b"", _damage(run), b""


def _header(run: Run, dialect: Dialect, caps: Caps) -> tuple[int, Fields]:
    """Return length and fields of the header block at the run's position.

    On rejection the run moves to the next record.
    """
    run.record_bytes = 0
    run.fill(caps.max_header_bytes)
    if not dialect.start.match(run.data):
        skipped = run.skip_to_start(dialect, 0)
        unreadable = run.is_empty and run.damage is not None
        raise _damage(run) if unreadable else RecordRejected("damaged_bytes", f"{skipped} bytes are no record")
    end = dialect.header_end.search(run.data, 0, caps.max_header_bytes)
    if end is None:
        is_cut = len(run.data) < caps.max_header_bytes
        run.skip_to_start(dialect, 1)
        raise _damage(run) if is_cut else RecordRejected("header_too_large", f"more than {caps.max_header_bytes} bytes")
    try:
        return end.end(), dialect.fields(run.slice(0, end.start()), caps.max_header_lines)
    except RecordRejected:
        run.skip_to_start(dialect, 1)
        raise


def _block(run: Run, dialect: Dialect, caps: Caps, header_bytes: int, length: int) -> bytes:
    """Return the block behind the header, and move the run behind it.

    The record is rejected when the data contradicts its length.
    """
    if length > caps.max_record_bytes:
        # The length may be a lie, and what stands behind the record must not go with it: the next record's start counts.
        run.skip_to_start(dialect, header_bytes)
        raise RecordRejected("record_too_large", f"{length} bytes are stated, the cap is {caps.max_record_bytes}")
    end = header_bytes + length
    run.fill(end)
    if len(run.data) < end:
        seen = len(run.data) - header_bytes
        run.skip_to_start(dialect, header_bytes)
        rejection = _damage(run)
        raise RecordRejected(rejection.reason, f"{seen} of {length} bytes are there; {rejection.detail}")
    after = run.after_line_ends(end)
    if after is None and run.damage is not None:
        run.discard(end)
        raise _damage(run)
    if after is not None and not dialect.start.match(run.data, after):
        # The stated end may lie within the next record's first line, so the search looks further than the end.
        inner = dialect.inner_start.search(run.data, header_bytes, after + OVERLAP_BYTES)
        if inner is not None and inner.start(1) < end:
            real = inner.start(1) - header_bytes
            run.discard(inner.start(1))
            raise RecordRejected("wrong_length", f"{length} bytes are stated, the next record begins after {real}")
    run.record_bytes = end
    block = run.slice(header_bytes, end)
    run.discard(end)
    return block


def _damage(run: Run) -> RecordRejected:
    """Return the reason why a run's last record is incomplete."""
    if run.damage is None:
        return RecordRejected(
            "truncated_record", "the data ends, or the next record begins, before this one is complete"
        )
    return RecordRejected("truncated_record" if run.damage == CUT else "damaged_compression", run.damage)

"""A stretch of decompressed data that is read on its own.

It reaches from one member that begins with a record to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lakesift.crawl.warc.formats import Dialect
from lakesift.crawl.warc.members import Piece

LINE_ENDS = re.compile(rb"[\r\n]*")
# The start of a record may cross the end of the data read so far.
OVERLAP_BYTES = 1 << 14


class Pieces:
    """Pieces with a look at the next one, and the amount of data before it."""

    def __init__(self, parts: Iterator[Piece]) -> None:
        self._parts = parts
        self.next = next(parts, None)

    def take(self) -> Piece:
        """Return the next piece; only to be called while there is one."""
        piece = self.next
        assert piece is not None
        self.next = next(self._parts, None)
        return piece


def runs(parts: Iterator[Piece]) -> Iterator[Run]:
    """Cut pieces into runs.

    A run begins with every member that begins with a record, even against the record before it: so damage stays in
    its run, and reading gives the same records from any start. A member that begins otherwise continues the
    run before it (writers that flush within a record), unless it or the one before it is damaged.
    """
    source, position = Pieces(parts), 0
    while source.next is not None:
        run = Run(source, position)
        yield run
        run.discard_all()
        # A stretch of damage counts as one byte, so that offsets in decompressed data stay unique.
        position = run.position + (run.damage is not None)


class Run:
    """A buffer over one run.

    Attributes:
        data: bytes read and not yet discarded.
        position: offset of `data` in the unit's decompressed data.
        member: offset in the file of the run's first member.
        end: offset in the file behind the last member read, when it ended cleanly.
        damage: the error at the run's end; known once it is over.
        record_bytes: length of the sound record that was read last, 0 for another.
    """

    def __init__(self, source: Pieces, position: int) -> None:
        self._source = source
        self.data = bytearray()
        self.position = position
        self.end: int | None = None
        self.damage: str | None = None
        self.record_bytes = 0
        self.is_over = False
        assert source.next is not None
        self.member = source.next.member
        self._pull()

    @property
    def is_empty(self) -> bool:
        """True if nothing is left, neither read nor to be read."""
        return self.is_over and not self.data

    def _pull(self) -> None:
        piece = self._source.take()
        self.data += piece.data
        self.end, self.damage = piece.end, piece.damage
        following = self._source.next
        goes_on = following is not None and (
            not following.is_first or not (following.begins_record or following.damage or self.damage)
        )
        self.is_over = not goes_on

    def fill(self, length: int) -> None:
        """Read until `data` has at least `length` bytes or the run is over."""
        while len(self.data) < length and not self.is_over:
            self._pull()

    def slice(self, start: int, stop: int) -> bytes:
        """Return bytes [start, stop) of `data`."""
        with memoryview(self.data) as view:
            return bytes(view[start:stop])

    def discard(self, length: int) -> None:
        """Drop the next `length` bytes, read or not; fewer when the run is over before."""
        while True:
            dropped = min(length, len(self.data))
            del self.data[:dropped]
            self.position += dropped
            length -= dropped
            if not length or self.is_over:
                return
            self._pull()

    def discard_all(self) -> None:
        """Drop the whole rest of the run."""
        while not self.is_empty:
            self.discard(max(1, len(self.data)))

    def after_line_ends(self, at: int) -> int | None:
        """Return the index of the first byte from `at` on that is no CR or LF.

        It is None when the run ends before one.
        """
        while True:
            match = LINE_ENDS.match(self.data, at)
            end = match.end() if match else at
            if end < len(self.data):
                self.fill(end + OVERLAP_BYTES)
                return end
            if self.is_over:
                return None
            self._pull()

    def skip_line_ends(self) -> bool:
        """Drop CR and LF; return False when nothing else is left in the run."""
        while not self.is_empty:
            match = LINE_ENDS.match(self.data)
            if match and match.end():
                self.discard(match.end())
            if self.data:
                return True
            if not self.is_over:
                self._pull()
        return False

    def skip_to_start(self, dialect: Dialect, at: int) -> int:
        """Drop data until the next record's start behind `at`; return the bytes dropped.

        Without such a start all of the run is dropped.
        """
        before = self.position
        while True:
            found = dialect.inner_start.search(self.data, at)
            if found is not None:
                self.discard(found.start(1))
                return self.position - before
            if self.is_over:
                self.discard(len(self.data))
                return self.position - before
            self.discard(max(0, len(self.data) - OVERLAP_BYTES))
            at = 0
            self._pull()

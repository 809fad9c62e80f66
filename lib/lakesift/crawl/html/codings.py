"""Content codings of HTTP, undone step by step, so that what stands before damage is kept."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import Final, NamedTuple

import brotli
import zstandard

from lakesift.crawl.pages.rejection import RecordRejected

ZSTD_MAX_WINDOW: Final = 8 << 20  # RFC 9659 section 3: the window of the content coding
MAX_GZIP_MEMBERS: Final = 1_000  # servers send one; millions of empty ones would only cost time
STEP: Final = 1 << 16
INPUT: Final = 1 << 12  # of one step of zlib, which copies what it did not use
ERRORS: Final = (zlib.error, brotli.error, zstandard.ZstdError)


class Decompressed(NamedTuple):
    """What came out, and the decoder's error behind it; None where there was none."""

    data: bytes
    damage: str | None


def decompressed(data: bytes, name: str, limit: int) -> Decompressed:
    """Decompress data; of damaged data what stands before the damage, to the byte.

    Args:
        data: compressed.
        name: a key of `CODINGS`.
        limit: most bytes of the result.

    Returns:
        Also of data that ends too early: all that it has, which is no damage (archives cut bodies).

    Raises:
        RecordRejected: `payload_too_large`.
    """
    output, damage = _run(data, name, limit, fine_from=None)
    if damage is None:
        return Decompressed(bytes(output), None)
    # A decoder that fails keeps back what it made in that step, so the last steps are taken byte by byte.
    output, damage = _run(data, name, limit, fine_from=len(output))
    return Decompressed(bytes(output), f"{name}: {damage}")


def _run(data: bytes, name: str, limit: int, fine_from: int | None) -> tuple[bytearray, Exception | None]:
    output = bytearray()
    size = _Size(output, fine_from)
    try:
        for piece in CODINGS[name](data, size):
            output += piece
            if len(output) > limit:
                raise RecordRejected("payload_too_large", f"more than {limit} bytes out of {len(data)} in {name}")
    except ERRORS as error:
        return output, error
    return output, None


class _Size:
    """Most bytes of the next step's output: many, and single ones from a place in the output on."""

    def __init__(self, output: bytearray, fine_from: int | None) -> None:
        self._output, self._fine_from = output, fine_from

    def __call__(self) -> int:
        left = STEP if self._fine_from is None else self._fine_from - len(self._output)
        return max(1, min(STEP, left))


def _gzip_steps(data: bytes, size: _Size) -> Iterator[bytes]:
    position = members = 0
    while data.startswith(b"\x1f\x8b", position):
        members += 1
        if members > MAX_GZIP_MEMBERS:
            raise zlib.error(f"more than {MAX_GZIP_MEMBERS} members")
        position = yield from _inflated(data, position, 31, size)
    if members == 0:
        raise zlib.error("no gzip header")


def _deflate_steps(data: bytes, size: _Size) -> Iterator[bytes]:
    # RFC 9110 says zlib format; old servers send raw deflate. Two bytes that divide by 31 are a zlib header (RFC 1950).
    is_zlib = data[0] & 0x0F == zlib.DEFLATED and int.from_bytes(data[:2], "big") % 31 == 0
    yield from _inflated(data, 0, 15 if is_zlib else -15, size)


def _inflated(data: bytes, position: int, wbits: int, size: _Size) -> Generator[bytes, None, int]:
    """Yield the output in steps; return the position behind the stream."""
    stream = zlib.decompressobj(wbits)
    while position < len(data) and not stream.eof:
        piece = data[position : position + INPUT]
        position += len(piece)
        while piece and not stream.eof:
            step = size()
            # A checksum fails in the step that reads its end, so single bytes of output need single bytes of input.
            taken = 1 if step == 1 else len(piece)
            yield stream.decompress(piece[:taken], step)
            piece = stream.unconsumed_tail + piece[taken:]
    if not stream.eof:  # flushing a finished stream would report its unused data twice
        yield stream.flush()
    return position - len(stream.unused_data)


def _brotli_steps(data: bytes, size: _Size) -> Iterator[bytes]:
    stream, position = brotli.Decompressor(), 0
    while position < len(data) and not stream.is_finished():
        # It hands out what it has when it needs more input, so here steps are of the input.
        step = size()
        output = stream.process(data[position : position + step], output_buffer_limit=STEP)
        position += step
        while output or not stream.can_accept_more_data():
            yield output
            output = b"" if stream.is_finished() else stream.process(b"", output_buffer_limit=STEP)


def _zstd_steps(data: bytes, size: _Size) -> Iterator[bytes]:
    reader = zstandard.ZstdDecompressor(max_window_size=ZSTD_MAX_WINDOW).stream_reader(
        io.BytesIO(data), read_across_frames=True
    )
    while piece := reader.read(size()):
        yield piece


CODINGS: Final[dict[str, Callable[[bytes, _Size], Iterator[bytes]]]] = {
    "gzip": _gzip_steps,
    "x-gzip": _gzip_steps,
    "deflate": _deflate_steps,
    "br": _brotli_steps,
    "zstd": _zstd_steps,
}
"""By name of the coding: data, size of a step -> its output in steps."""

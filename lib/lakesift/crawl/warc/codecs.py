"""The compressions of archives: detection, and decoders that find a member's end."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple, Protocol

import lz4.frame
import zstandard

Compression = Literal["gzip", "zstd", "lz4", "plain"]

# Output of one decoding step. A small compressed member can be a bomb, so no step may give much more than this.
STEP_BYTES: Final = 1 << 20
# Windows above 128 MiB need `zstd --long` on the reading side as well; a hostile frame could ask for terabytes.
ZSTD_MAX_WINDOW_BYTES: Final = 1 << 27
# First bytes of the frame that may carry a dictionary (iipc/warc-specifications, warc-zstd 1.0, "Dictionary").
ZSTD_DICTIONARY_MAGIC: Final = b"\x5d\x2a\x4d\x18"
MAX_DICTIONARY_BYTES: Final = 8 << 20
_LZ4: Any = lz4.frame  # has no types


class DamagedData(Exception):
    """Compressed bytes that cannot be decompressed."""


class Decoder(Protocol):
    """Decompresses one member (gzip) or frame (zstd, lz4).

    `hungry`: more input is needed; else `feed(b"")` gives more output. `finished`: the member ended cleanly, and the
    last `unused` bytes of all that was fed do not belong to it.
    """

    hungry: bool
    finished: bool
    unused: int

    def feed(self, data: bytes) -> bytes:
        """Decompress more input.

        Raises:
            DamagedData: when the bytes cannot be decompressed.
        """
        ...

    def copy(self) -> Decoder | None:
        """Copy the state, to repeat a failing step in smaller ones; None if impossible."""
        ...


class GzipDecoder:
    """One gzip member, with its checksum verified."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=31)
        self.hungry, self.finished, self.unused = True, False, 0

    def feed(self, data: bytes) -> bytes:
        """Decompress more input; see `Decoder.feed`."""
        try:
            output = self._inflate.decompress(self._inflate.unconsumed_tail or data, STEP_BYTES)
        except zlib.error as error:
            raise DamagedData(str(error)) from None
        self.finished = self._inflate.eof
        self.unused = len(self._inflate.unused_data)
        self.hungry = not self._inflate.unconsumed_tail
        return output

    def copy(self) -> GzipDecoder:
        """Copy the state; see `Decoder.copy`."""
        other = GzipDecoder()
        other._inflate = self._inflate.copy()
        return other


class ZstdDecoder:
    """One zstd frame; a skippable frame is an empty one."""

    def __init__(self, dictionary: bytes | None = None) -> None:
        training = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        decompressor = zstandard.ZstdDecompressor(dict_data=training, max_window_size=ZSTD_MAX_WINDOW_BYTES)
        self._decompress = decompressor.decompressobj()
        self.hungry, self.finished, self.unused = True, False, 0

    def feed(self, data: bytes) -> bytes:
        """Decompress more input; see `Decoder.feed`."""
        try:
            output = self._decompress.decompress(data)
        except zstandard.ZstdError as error:
            raise DamagedData(str(error)) from None
        self.finished = self._decompress.eof
        self.unused = len(self._decompress.unused_data) if self.finished else 0
        return output

    def copy(self) -> None:
        """Return None; see `Decoder.copy`."""
        return None


class Lz4Decoder:
    """One lz4 frame."""

    def __init__(self) -> None:
        self._decompress = _LZ4.LZ4FrameDecompressor()
        self.hungry, self.finished, self.unused = True, False, 0

    def feed(self, data: bytes) -> bytes:
        """Decompress more input; see `Decoder.feed`."""
        try:
            output = bytes(self._decompress.decompress(data, max_length=STEP_BYTES))
        except (RuntimeError, EOFError, ValueError) as error:
            raise DamagedData(str(error)) from None
        self.finished = self._decompress.eof
        self.unused = len(self._decompress.unused_data or b"") if self.finished else 0
        self.hungry = self._decompress.needs_input
        return output

    def copy(self) -> None:
        """Return None; see `Decoder.copy`."""
        return None


class PlainDecoder:
    """No compression: the whole file is one member, which ends with the file."""

    def __init__(self) -> None:
        self.hungry, self.finished, self.unused = True, False, 0

    def feed(self, data: bytes) -> bytes:
        """Return the data itself."""
        return data

    def copy(self) -> None:
        """Return None; see `Decoder.copy`."""
        return None


class Codec(NamedTuple):
    """The properties of a compression that reading needs."""

    name: Compression
    magic: bytes
    decoder: Callable[[], Decoder]
    # Bytes taken from the file in one step. A byte of zstd can give 32 KiB, and its decoder has no output limit.
    step_bytes: int
    # The longest stretch that the format can store without compressing it; see `ranges.first_start`.
    longest_stored_bytes: int


CODECS: Final[dict[Compression, Codec]] = {
    "gzip": Codec("gzip", b"\x1f\x8b\x08", GzipDecoder, 1 << 15, 1 << 16),
    "zstd": Codec("zstd", b"\x28\xb5\x2f\xfd", ZstdDecoder, 1 << 10, 1 << 17),
    "lz4": Codec("lz4", b"\x04\x22\x4d\x18", Lz4Decoder, 1 << 15, 1 << 22),
    "plain": Codec("plain", b"", PlainDecoder, 1 << 18, 0),
}


def compression_of(head: bytes) -> Compression:
    """Return the compression that the first bytes of a file show."""
    for name, codec in CODECS.items():
        if codec.magic and head.startswith(codec.magic):
            return name
    is_skippable_frame = head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F
    return "zstd" if is_skippable_frame else "plain"


def codec_of(compression: Compression, head: bytes) -> Codec:
    """Return the codec of a file.

    Args:
        compression: see `compression_of`.
        head: the file's first bytes, at least as many as a zstd dictionary in front of the records takes.

    Raises:
        DamagedData: when the dictionary cannot be decompressed.
    """
    codec = CODECS[compression]
    if compression != "zstd" or not head.startswith(ZSTD_DICTIONARY_MAGIC):
        return codec
    dictionary = head[8 : 8 + int.from_bytes(head[4:8], "little")]
    if dictionary.startswith(codec.magic):
        try:
            dictionary = zstandard.ZstdDecompressor().decompress(dictionary, max_output_size=MAX_DICTIONARY_BYTES)
        except zstandard.ZstdError as error:
            raise DamagedData(f"dictionary: {error}") from None
    return codec._replace(decoder=lambda: ZstdDecoder(dictionary))

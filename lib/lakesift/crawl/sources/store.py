"""Files and object stores by byte range, with retries: the only access to storage in this package."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import fsspec
from pydantic import Field

from lakesift.errors import SourceError
from lakesift.settings import Settings

Result = TypeVar("Result")

# Packages that bring the file system of a protocol.
PROTOCOL_PACKAGES: Final = {
    "s3": "s3fs",
    "abfs": "adlfs",
    "abfss": "adlfs",
    "gs": "gcsfs",
    "http": "aiohttp",
    "https": "aiohttp",
}
TRANSIENT_STATUS: Final = frozenset({408, 429, 500, 502, 503, 504})
TRANSIENT_TEXT: Final = re.compile(
    r"SlowDown|Slow Down|Too ?Many ?Requests|reduce your request rate|ServiceUnavailable|InternalError|Throttl"
    r"|RequestTimeout|Connection reset|Server disconnected|\b(?:429|502|503|504)\b",
    re.IGNORECASE,
)
_FSSPEC: Any = fsspec.core  # has no types
LASTING_ERRORS: Final = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)


class StoreSettings(Settings):
    """How storage is read and how long a store that asks for patience is given it."""

    attempts: int = Field(default=7, ge=1, description="Tries of one read before the file is given up.")
    first_wait_seconds: float = Field(
        default=0.5,
        ge=0,
        description="Wait before the second try; it doubles with each further try, times a draw from 0.5..1 "
        "(exponential backoff with jitter, as AWS's architecture blog advises against SlowDown).",
    )
    longest_wait_seconds: float = Field(default=30.0, ge=0, description="Upper limit of one wait.")
    seed: int = Field(
        default=0, description="Seed of the jitter; with the path it makes the waits of many workers differ."
    )
    read_bytes: int = Field(
        default=8 << 20, ge=1 << 16, description="Bytes of one range read; S3's guide names 8-16 MiB as efficient."
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="Options for fsspec's file system, for instance {'anon': True} for s3."
    )


def is_transient(error: BaseException) -> bool:
    """Whether a storage error is worth another try: 429, 503, SlowDown, a reset connection, a timeout."""
    if isinstance(error, LASTING_ERRORS):
        return False
    if isinstance(error, (ConnectionError, TimeoutError)):
        return True
    status = getattr(error, "status", None) or getattr(error, "code", None)
    if isinstance(status, int):
        return status in TRANSIENT_STATUS
    return bool(TRANSIENT_TEXT.search(f"{type(error).__name__} {error}"))


def with_retries(
    call: Callable[[], Result], path: str, settings: StoreSettings, sleep: Callable[[float], None] = time.sleep
) -> Result:
    """Call until it succeeds, fails for good, or the attempts are used up; raises the call's own last error."""
    jitter = random.Random(f"{settings.seed} {path}")
    for attempt in range(1, settings.attempts + 1):
        try:
            return call()
        except Exception as error:
            if attempt == settings.attempts or not is_transient(error):
                raise
            wait = min(settings.longest_wait_seconds, settings.first_wait_seconds * 2 ** (attempt - 1))
            sleep(wait * jitter.uniform(0.5, 1.0))
    raise AssertionError("unreachable: attempts is at least 1")


def normal_path(path: str) -> str:
    """One spelling for every way to write a path, so that a source has one name in the lake.

    Local paths become absolute without a protocol; `s3a:`/`s3n:` become `s3:`; `dbfs:/x` becomes the mounted `/dbfs/x`
    and `dbfs:/Volumes/x` the volume `/Volumes/x`.
    """
    if path.startswith("dbfs:/") and not path.startswith("dbfs://"):
        rest = path.removeprefix("dbfs:")
        path = rest if rest.startswith("/Volumes/") else f"/dbfs{rest}"
    path = re.sub(r"^s3[an]://", "s3://", path)
    if path.startswith("file:"):
        path = re.sub(r"^file:(//)?", "", path)
    return path if "://" in path else str(Path(path).expanduser().resolve())


class Store:
    """The file system behind one path.

    Args:
        path: a normal path (see `normal_path`).
        settings: retries and read size.

    Raises:
        SourceError: when the protocol is unknown or its package is not installed.
    """

    def __init__(self, path: str, settings: StoreSettings) -> None:
        protocol = path.split("://", 1)[0] if "://" in path else "file"
        try:
            self.file_system, self.path = _FSSPEC.url_to_fs(path, **settings.options)
        except (ImportError, ValueError) as error:
            package = PROTOCOL_PACKAGES.get(protocol)
            step = f"pip install {package}" if package else "use a path that fsspec knows (file, s3, https, abfss, ...)"
            raise SourceError(f"cannot open {protocol}: {error}", where=path, next_step=step) from error
        self.is_local = protocol == "file"
        self.full_path = path
        self.settings = settings

    def attempt(self, call: Callable[[], Result]) -> Result:
        """Run one storage call with this store's retries."""
        return with_retries(call, self.full_path, self.settings)

    def name_of(self, path: str) -> str:
        """The full name of a path that the file system returned, as `normal_path` would write it."""
        return path if self.is_local or "://" in path else str(self.file_system.unstrip_protocol(path))

    def size(self) -> int:
        """Size of the file in bytes.

        Raises:
            OSError: when it is missing or unreadable, or the store does not tell its size.
        """
        size = self.attempt(lambda: self.file_system.info(self.path))["size"]
        if size is None:
            raise OSError(f"the store does not tell the size of {self.full_path}")
        return int(size)

    def read(self, start: int, stop: int) -> bytes:
        """The bytes [start, stop) of the file; fewer at its end. Raises OSError and what the file system raises."""
        return bytes(self.attempt(lambda: self.file_system.cat_file(self.path, start=start, end=stop)))


class RangeReader:
    """Small sequential reads of one file, served from large range reads; never more than one of these in memory.

    Args:
        store: the file's store.
        size: size of the file (or of the part that may be seen) in bytes.
        block_bytes: bytes of one range read; the store's `read_bytes` when None.
    """

    def __init__(self, store: Store, size: int, block_bytes: int | None = None) -> None:
        self.store, self.size = store, size
        self._block_bytes = block_bytes or store.settings.read_bytes
        self._start, self._block = 0, b""

    def read(self, position: int, length: int) -> bytes:
        """The `length` bytes from `position`; fewer only at the end of the file."""
        at = position - self._start
        data = self._block[at : at + length] if at >= 0 else b""
        while len(data) < length and position + len(data) < self.size:
            self._start = position + len(data)
            self._block = self.store.read(self._start, min(self._start + self._block_bytes, self.size))
            if not self._block:
                break
            data += self._block[: length - len(data)]
        return data

"""What files are: digests of those that decide what an operator writes, and how one is known from its replacement."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import fsspec

from lakesift.errors import UsageError

SAMPLE_BYTES: Final = 1 << 16
OF_CONTENT: Final = ("ETag", "etag", "e_tag", "md5", "md5Hash", "content_md5", "checksum", "generation")
OF_TIME: Final = ("mtime", "LastModified", "last_modified", "Last-Modified", "updated", "created")
"""What file systems of fsspec say of a file, under the names that they have for it."""


def identity(storage: Any, path: str, whole_bytes: int = 2 * SAMPLE_BYTES) -> str:
    """Return what tells a file from another one under its name: its size, and what its storage knows of its content.

    On object stores that is the ETag or digest. Elsewhere it is the content of a small file, and the time of the last
    change with both ends of a larger one.

    Args:
        storage: a file system of fsspec.
        path: of a file, as the file system names it.
        whole_bytes: files up to this size are read whole, so that a copy of the same content is the same file.

    Raises:
        OSError: it is gone, or may not be read.
    """
    about = storage.info(path)
    size = about.get("size")
    known = _first(about, OF_CONTENT)
    if not known and size is not None and "file" in _protocols(storage):
        is_small = size <= whole_bytes
        content = _content(storage, path, size, size if is_small else SAMPLE_BYTES)
        known = content if is_small else f"{about.get('mtime')} {content}"
    return f"{size}:{known or _first(about, OF_TIME)}"


def is_another(known: str | None, known_bytes: int | None, now: str | None) -> bool:
    """Return whether a file was replaced since it was read.

    Args:
        known: its identity when it was read; None: not noted, as by earlier lakesifts.
        known_bytes: its size then.
        now: its identity now; None: not asked.
    """
    if now is None:
        return False
    if known is not None:
        return known != now
    size = now.partition(":")[0]
    return known_bytes is not None and size.isdigit() and int(size) != known_bytes


def _first(about: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((str(about[name]) for name in names if about.get(name)), "")


def _protocols(storage: Any) -> tuple[str, ...]:
    found = storage.protocol
    return (found,) if isinstance(found, str) else tuple(found)


def _content(storage: Any, path: str, size: int, ends: int) -> str:
    digest = hashlib.sha256()
    with storage.open(path, "rb") as file:
        if ends >= size:
            return hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(file.read(ends))
        file.seek(size - ends)
        digest.update(file.read(ends))
    return digest.hexdigest()


def digests(*paths: str | Path | None) -> Mapping[str, str]:
    """Return the SHA-256 of each file, by path; None is passed over.

    Raises:
        UsageError: one is not there.
    """
    found: dict[str, str] = {}
    for path in filter(None, paths):
        try:
            with fsspec.open(str(path), "rb") as file:
                found[str(path)] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror or error}", next_step="check the path") from error
    return found

"""Digests of files that decide what an operator writes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import fsspec

from lakesift.errors import UsageError


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

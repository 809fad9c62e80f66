"""One run at a time on a lake that is a folder."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lakesift.errors import LakeError
from lakesift.tables import TABLES

LOCK_FILE = "_lakesift.lock"
# Files beside the tables: the lock, MLflow's store, stage tables.
OWN = "_"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder by a file lock, which the system frees when the process ends; it is made when it is not there.

    Raises:
        LakeError: another run holds it, it cannot be made, or it belongs to something else.
    """
    try:
        _check_content(folder)
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK_FILE).open("a")
    except OSError as error:
        raise _unusable(folder, error.strerror) from error
    with lock:
        _take(lock, folder)
        yield


def refuse(folder: Path) -> None:
    """Raise what `held` would raise, without making anything: asked before Spark starts, which takes seconds.

    Raises:
        LakeError: as `held`.
    """
    try:
        _check_content(folder)
        if (folder / LOCK_FILE).exists():
            with (folder / LOCK_FILE).open("a") as lock:
                _take(lock, folder)
    except OSError as error:
        raise _unusable(folder, error.strerror) from error
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if not nearest.is_dir():
        raise _unusable(folder, f"{nearest} is a file")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise _unusable(folder, os.strerror(errno.EACCES))


def _take(lock: IO[str], folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LakeError(f"another run works on {folder}", next_step="wait for it, then run again") from error


def _unusable(folder: Path, reason: str | None) -> LakeError:
    return LakeError(f"cannot use {folder}: {reason}", next_step="choose another --lake, or get the permission")


def _check_content(folder: Path) -> None:
    if folder.is_file():
        raise LakeError(f"{folder} is a file", next_step="choose a folder with --lake")
    if not folder.is_dir() or (folder / LOCK_FILE).exists():
        return
    is_lake = any((folder / table / "_delta_log").is_dir() for table in TABLES)
    if not is_lake and any(not item.name.startswith(OWN) for item in folder.iterdir()):
        raise LakeError(f"{folder} is not empty and is no lake", next_step="choose an empty folder with --lake")

"""One run at a time on a lake that is a folder."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
        _check(folder)
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK_FILE).open("a")
    except OSError as error:
        raise LakeError(
            f"cannot use {folder}: {error.strerror}", next_step="choose another --lake, or get the permission"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LakeError(f"another run works on {folder}", next_step="wait for it, then run again") from error
        yield


def _check(folder: Path) -> None:
    if folder.is_file():
        raise LakeError(f"{folder} is a file", next_step="choose a folder with --lake")
    if not folder.is_dir() or (folder / LOCK_FILE).exists():
        return
    is_lake = any((folder / table / "_delta_log").is_dir() for table in TABLES)
    if not is_lake and any(not item.name.startswith(OWN) for item in folder.iterdir()):
        raise LakeError(f"{folder} is not empty and is no lake", next_step="choose an empty folder with --lake")

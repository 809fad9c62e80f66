"""A lake that is a folder of this machine: where it is, what it holds, and one run at a time on it."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lakesift.errors import LakeError
from lakesift.lake.commits import RESTORE
from lakesift.operators.names import RESERVED

CATALOG = re.compile(r"\w+\.\w+")
"""A lake in Unity Catalog, `catalog.schema`: it has no folder."""

LOCK_FILE = "_lakesift.lock"
# Files beside the tables: the lock, MLflow's store, stage tables.
OWN = "_"
LOG = "_delta_log"
COMMITS = "[0-9]*.json"


def local_folder(location: str) -> Path | None:
    """The folder of a lake on this machine, absolute; None for an object store or a catalog.

    A name with one dot is a catalog's, unless there is a folder of it.
    """
    is_catalog = CATALOG.fullmatch(location) is not None and not Path(location).is_dir()
    if is_catalog or ("://" in location and not location.startswith("file://")):
        return None
    return Path(re.sub("^file:(//)?", "", location)).expanduser().resolve()


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
    # Somebody may tidy the file away while it is locked, so the folder itself is locked, too.
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with lock:
            _take(lock, folder)
            _take_folder(place, folder)
            yield
    finally:
        os.close(place)


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
        if folder.is_dir():
            place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                _take_folder(place, folder)
            finally:
                os.close(place)
    except OSError as error:
        raise _unusable(folder, error.strerror) from error
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if not nearest.is_dir():
        raise _unusable(folder, f"{nearest} is a file")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise _unusable(folder, os.strerror(errno.EACCES))


def _take(lock: IO[str] | int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LakeError(f"another run works on {folder}", next_step="wait for it, then run again") from error


def _take_folder(place: int, folder: Path) -> None:
    try:
        _take(place, folder)
    except OSError:
        # File systems of a network lock files alone (EBADF, ENOTSUP): there the file's lock is all there is.
        return


def _unusable(folder: Path, reason: str | None) -> LakeError:
    return LakeError(f"cannot use {folder}: {reason}", next_step="choose another --lake, or get the permission")


def _check_content(folder: Path) -> None:
    if folder.is_file():
        raise LakeError(f"{folder} is a file", next_step="choose a folder with --lake")
    if not folder.is_dir() or (folder / LOCK_FILE).exists():
        return
    is_lake = any((folder / table / LOG).is_dir() for table in RESERVED)
    if not is_lake and any(not item.name.startswith(OWN) for item in folder.iterdir()):
        raise LakeError(f"{folder} is not empty and is no lake", next_step="choose an empty folder with --lake")


def tables_in(folder: Path) -> list[str]:
    """Names of the tables that a lake's folder holds, by their logs.

    Raises:
        LakeError: the newest commit of one is an empty file, as a loss of power leaves it; Delta would read on without it.
    """
    found = []
    for log in sorted(folder.glob(f"*/{LOG}")):
        table = log.parent.name
        newest = max(log.glob(COMMITS), default=None)
        if newest is not None and not newest.stat().st_size:
            raise LakeError(f"cannot read {table} in {folder}: {newest} is empty", next_step=RESTORE)
        found.append(table)
    return found


def make_room(folder: Path) -> None:
    """Remove what is left where a table could not be made (a log without a commit): Spark would take it for a table.

    Raises:
        LakeError: the folder holds something else.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if any(item.name != LOG for item in folder.iterdir()) or any((folder / LOG).glob(COMMITS)):
        raise LakeError(f"{folder} holds files of another program", next_step="choose an empty folder with --lake")
    shutil.rmtree(folder)

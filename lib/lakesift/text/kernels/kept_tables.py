"""Tables made from Python's Unicode database, cached on disk.

The cache depends on the Python and on the source text. Making a table asks Python about each code point (0.1 to
0.6 s), and each worker of Spark is a process that needs several; reading one takes some milliseconds.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache, wraps
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, TypeVar, cast

import numpy as np

from lakesift.text.kernels.compiled import cache_folder, digest_of

Table = TypeVar("Table")
ALONE = "table"


def kept(make: Callable[[], Table]) -> Callable[[], Table]:
    """Cache a function's array, or named tuple of arrays, in the process and on disk.

    The file is beside the compiled kernels. Its name depends on everything that the table can depend on: the Python,
    the sources of `lakesift.text` and of the function, and the versions of the modules that it uses. Where no folder is
    writable, each process makes its own table.
    """

    @cache
    @wraps(make)
    def table() -> Table:
        folder = cache_folder()
        if folder is None:
            return make()
        file = folder / f"{make.__name__}-{_digest(cast(FunctionType, make))}.npz"
        found = _read(file)
        if found is None:
            made = make()
            _write(file, made)
            return made
        if ALONE in found:
            return cast(Table, found[ALONE])
        # The annotation is a string, the name of the class.
        return cast(Table, make.__globals__[make.__annotations__["return"]](**found))

    return table


def _read(file: Path) -> dict[str, Any] | None:
    try:
        with np.load(file, allow_pickle=False) as arrays:
            return dict(arrays)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        # Not there yet, or cut short by a full disk: it is made anew.
        return None


def _write(file: Path, made: Any) -> None:
    arrays = {ALONE: made} if isinstance(made, np.ndarray) else made._asdict()
    # A full disk costs the next process its time and this one nothing.
    with suppress(OSError), tempfile.TemporaryDirectory(dir=file.parent) as folder:
        whole = Path(folder) / file.name
        np.savez_compressed(whole, **arrays)
        whole.replace(file)


def _digest(make: FunctionType) -> str:
    digest = hashlib.sha256(f"{sys.version}{_sources()}{digest_of(make)}".encode())
    for name, value in sorted(make.__globals__.items()):
        if isinstance(value, ModuleType):
            digest.update(f"{name}{getattr(value, '__version__', '')}".encode())
    return digest.hexdigest()[:16]


@cache
def _sources() -> str:
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()

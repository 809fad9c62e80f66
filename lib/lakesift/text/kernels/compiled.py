"""The decorator of every kernel: compiles to machine code and caches it on disk."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function with numba (no Python objects, no GIL).

    Division by zero gives inf or nan, as in NumPy.

    The machine code is kept in `NUMBA_CACHE_DIR`, else the user's cache folder, else a private temporary folder; where
    none of them is writable each process compiles for itself. Its folder is named after the source file and the
    kernels and constants that this file imports, because numba alone would keep code that calls an older callee.
    """
    digest = digest_of(cast(FunctionType, function))
    folder = cache_folder()
    kept = numba.config.CACHE_DIR
    try:
        if folder is not None:
            numba.config.CACHE_DIR = str(folder / digest[:16])
        decorated: Any = numba.njit(cache=folder is not None, nogil=True, error_model="numpy")(function)
    finally:
        numba.config.CACHE_DIR = kept
    decorated.source_digest = digest
    return cast(Callable[P, R], decorated)


# numba has no types of its own.
@intrinsic  # type: ignore[untyped-decorator]
def pointer_to(typing: Any, array: Any) -> Any:
    """Return, inside a kernel, the first element's address, indexed like the array.

    A kernel that passes arrays on counts references at every call; one that passes addresses does not. The caller keeps
    the array alive, and nothing checks the index.
    """

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.make_array(signature.args[0])(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), build


@intrinsic  # type: ignore[untyped-decorator]
def borrowed(typing: Any, array: Any) -> Any:
    """Return, inside a kernel, the same array without an owner.

    Passing it on counts no references.

    The caller keeps the array alive.
    """

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        view.meminfo, view.parent = (cgutils.get_null_value(owner.type) for owner in (view.meminfo, view.parent))
        return view._getvalue()

    return array(array), build


def digest_of(function: FunctionType) -> str:
    """Return the SHA-256 of a function's source file and its kernels and constants.

    These are the ones that the file has imported or defined so far.
    """
    digest = hashlib.sha256(Path(function.__code__.co_filename).read_bytes())
    for name, value in sorted(function.__globals__.items()):
        if name.startswith("__"):
            continue
        if hasattr(value, "source_digest"):
            digest.update(f"{name}{value.source_digest}".encode())
        elif isinstance(value, np.ndarray):
            digest.update(name.encode() + value.tobytes())
        elif isinstance(value, int | float | np.generic):
            digest.update(f"{name}{value!r}".encode())
    return digest.hexdigest()


@cache
def cache_folder() -> Path | None:
    """Return the first writable folder for compiled kernels, None without one."""
    declared = os.environ.get("NUMBA_CACHE_DIR")
    user = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    temporary = Path(tempfile.gettempdir()) / f"lakesift-{os.getuid()}"
    candidates = [Path(declared)] if declared else [Path(user) / "lakesift", temporary]
    return next((folder / "kernels" for folder in candidates if _is_private_and_writable(folder / "kernels")), None)


def _is_private_and_writable(folder: Path) -> bool:
    # Compiled code is loaded from here: a folder that another user prepared under /tmp must not be trusted.
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            return folder.stat().st_uid == os.getuid()
    except (OSError, RuntimeError):
        return False

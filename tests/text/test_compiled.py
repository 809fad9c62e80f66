"""Kernels are kept on disk where that is possible, forgotten when what they call changes, and work without a disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

KERNEL = """
from lakesift.text.kernels.compiled import compiled
@compiled
def inner(x: int) -> int:
    return x + STEP
"""
CALLER = """
from lakesift.text.kernels.compiled import compiled
from inner_kernel import inner
@compiled
def outer(x: int) -> int:
    return inner(x) * 2
print(outer(1), sum(outer.stats.cache_hits.values()))
"""


def run(folder: Path, **environment: str) -> list[int]:
    paths = os.pathsep.join([str(folder), str(Path(__file__).parents[2] / "lib")])
    variables = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    ended = subprocess.run(
        [sys.executable, str(folder / "caller.py")], env=variables, capture_output=True, text=True, check=True
    )
    return [int(word) for word in ended.stdout.split()]


@pytest.fixture
def kernels(tmp_path: Path) -> Path:
    (tmp_path / "inner_kernel.py").write_text(KERNEL.replace("STEP", "1"), encoding="utf-8")
    (tmp_path / "caller.py").write_text(CALLER, encoding="utf-8")
    return tmp_path


def test_second_process_finds_the_code_until_the_callee_changes(kernels: Path) -> None:
    cache = str(kernels / "cache")
    assert run(kernels, NUMBA_CACHE_DIR=cache) == [4, 0]
    assert run(kernels, NUMBA_CACHE_DIR=cache) == [4, 1]
    (kernels / "inner_kernel.py").write_text(KERNEL.replace("STEP", "5"), encoding="utf-8")
    assert run(kernels, NUMBA_CACHE_DIR=cache) == [12, 0]


def test_no_writable_folder_is_no_error(kernels: Path) -> None:
    assert run(kernels, NUMBA_CACHE_DIR="/proc/nowhere") == [4, 0]


def test_a_home_that_cannot_be_written_falls_back_to_a_private_temporary_folder(kernels: Path) -> None:
    temporary = kernels / "temporary"
    temporary.mkdir()
    run(kernels, HOME="/proc", XDG_CACHE_HOME="/proc", TMPDIR=str(temporary))
    folders = list(temporary.glob("lakesift-*/kernels/*"))
    assert folders
    assert (folders[0].parent.stat().st_mode & 0o077) == 0

"""Promises of tables that are kept on disk: the same as made, made once, and made anew where the file is of no use."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from lakesift.text.kernels import kept_tables
from lakesift.text.kernels.kept_tables import kept
from lakesift.text.kernels.simplified import SimplificationTable, simplification_table

made_tables: list[str] = []


class Pair(NamedTuple):
    first: NDArray[np.uint8]
    second: NDArray[np.int32]


def pair() -> Pair:
    made_tables.append("pair")
    return Pair(np.arange(5, dtype=np.uint8), np.array([-1, 2], np.int32))


def alone() -> NDArray[np.uint32]:
    made_tables.append("alone")
    return np.arange(7, dtype=np.uint32)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept_tables, "cache_folder", lambda: tmp_path)
    made_tables.clear()
    return tmp_path


@pytest.mark.parametrize("make", [pair, alone])
def test_a_table_is_made_once_and_the_same_when_it_is_read(make: Callable[[], Pair], folder: Path) -> None:
    # Each `kept` is a process of its own.
    made, read = kept(make)(), kept(make)()
    assert made_tables == [make.__name__]
    assert type(made) is type(read)
    for one, other in zip(made, read, strict=True):
        assert np.array_equal(one, other)
        assert one.dtype == other.dtype
        assert one.flags.writeable == other.flags.writeable
    assert [file.suffix for file in folder.iterdir()] == [".npz"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"nonsense"])
def test_a_damaged_file_is_made_anew(content: bytes, folder: Path) -> None:
    kept(pair)()
    file = next(folder.iterdir())
    file.write_bytes(content)
    assert kept(pair)().first.tolist() == [0, 1, 2, 3, 4]
    assert kept(pair)().second.tolist() == [-1, 2]
    assert made_tables == ["pair", "pair"]


def test_a_table_is_made_where_nothing_can_be_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_tables, "cache_folder", lambda: None)
    assert kept(alone)().tolist() == list(range(7))
    monkeypatch.setattr(kept_tables, "cache_folder", lambda: folder / "not there")
    assert kept(alone)().tolist() == list(range(7))
    assert made_tables == ["alone", "alone"]


def test_another_source_has_another_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(alone)()
    monkeypatch.setattr(kept_tables, "_sources", lambda: "changed")
    kept(alone)()
    assert made_tables == ["alone", "alone"]
    assert len(list(folder.iterdir())) == 2


def test_the_table_of_simplified_text_is_read_as_its_module_makes_it(folder: Path) -> None:
    make: Callable[[], SimplificationTable] = inspect.unwrap(simplification_table)
    kept(make)()
    assert isinstance(kept(make)(), SimplificationTable)
    assert all(np.array_equal(one, other) for one, other in zip(make(), kept(make)(), strict=True))

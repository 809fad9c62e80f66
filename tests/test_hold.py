"""One run at a time works on a lake's folder, and a folder is not taken for a catalog."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakesift.errors import LakeError
from lakesift.lake.commits import storage_error
from lakesift.lake.folder import LOCK_FILE, held, local_folder, refuse


def test_a_lock_file_that_is_tidied_away_lets_nobody_in(tmp_path: Path) -> None:
    with held(tmp_path / "lake"):
        (tmp_path / "lake" / LOCK_FILE).unlink()
        with pytest.raises(LakeError, match="another run works on"), held(tmp_path / "lake"):
            pass
        with pytest.raises(LakeError, match="another run works on"):
            refuse(tmp_path / "lake")
    refuse(tmp_path / "lake")
    with held(tmp_path / "lake"):
        pass


def test_a_folder_with_one_dot_in_its_name_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert local_folder("my.lake") is None
    assert local_folder("./my.lake") == tmp_path / "my.lake"
    (tmp_path / "my.lake").mkdir()
    assert local_folder("my.lake") == tmp_path / "my.lake"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("[REQUIRES_SINGLE_PART_NAMESPACE] spark_catalog requires", r"taken for catalog.schema.*--lake \./NAME"),
        (
            "Checksum error: file:/l/documents/a.parquet at 51200 exp: 1 got: 2",
            r"made of cannot be read: a file is damaged",
        ),
        (
            "file:/l/a.parquet is not a Parquet file. Expected magic",
            r"a file is damaged \(file:/l/a.parquet\); next: restore",
        ),
        ("Python worker exited unexpectedly (crashed)", r"want of memory; next: free memory"),
        ("Answer from Java side is empty", r"Java has ended.*next: free memory"),
    ],
)
def test_what_storage_and_machine_say_is_told_with_the_next_step(said: str, told: str) -> None:
    with pytest.raises(LakeError, match=told):
        raise storage_error("write", "verdicts", "/l", RuntimeError(said))

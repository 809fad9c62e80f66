"""MLflow's store in a lake: cut off while it is made, it must not be in the way of the run that comes after."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lakesift.errors import SetupError
from lakesift.tracking.tracker import Tracker

ASK = "import sys; from lakesift.tracking.tracker import Tracker; Tracker.for_lake(sys.argv[1]).has_scorer('quality')"


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
        monkeypatch.delenv(name)


def test_a_store_whose_making_was_killed_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "_mlflow").mkdir()
    making = subprocess.Popen([sys.executable, "-c", ASK, str(tmp_path)])
    while not any(file.stat().st_size for file in (tmp_path / "_mlflow").glob("unfinished-*/mlflow.db")):
        assert making.poll() is None
        time.sleep(0.005)
    making.kill()
    making.wait()
    assert not (tmp_path / "_mlflow" / "mlflow.db").exists()
    assert not Tracker.for_lake(str(tmp_path)).has_scorer("quality")
    assert {file.name for file in (tmp_path / "_mlflow").iterdir()} == {"mlflow.db", "artifacts"}


def test_a_store_on_a_full_disk_is_told_and_made_once_there_is_space(small_disk: Path) -> None:
    lake = small_disk / "lake"
    (lake / "_mlflow").mkdir(parents=True)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes((2 << 20) - (300 << 10)))
    with pytest.raises(SetupError, match="the disk is full; next: free some space"):
        Tracker.for_lake(str(lake)).has_scorer("quality")
    ballast.unlink()
    assert not Tracker.for_lake(str(lake)).has_scorer("quality")

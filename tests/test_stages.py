"""What the registry says of the stages, without Spark."""

from __future__ import annotations

from pathlib import Path

import pytest

from lakesift.errors import UsageError
from lakesift.settings import Settings
from lakesift.stages import STAGES

# FIPS 180-2, appendix B.1: SHA-256 of "abc".
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def reading(stage: str, path: Path) -> Settings:
    model = {"language": {"identifier": "fasttext", "model": str(path)}}
    return STAGES[stage].settings.model_validate({"file": str(path)} if stage == "entries" else model)


@pytest.mark.parametrize("stage", ["documents", "pairs", "entries"])
def test_the_content_of_a_file_that_a_stage_reads_is_part_of_its_fingerprint(stage: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"abc")
    assert STAGES[stage].files(reading(stage, file)) == {str(file): ABC}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*nowhere: No such file"):
        STAGES["documents"].files(reading("documents", tmp_path / "nowhere"))

"""What the registry says of the stages, without Spark."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lakesift.errors import SetupError, UsageError
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


def test_what_a_languages_words_need_is_said_before_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icu4py", None)
    settings = STAGES["documents"].settings.model_validate({"resources": {"languages": str(tmp_path)}})
    (tmp_path / "th.yml").write_text("language: th\n", encoding="utf-8")
    assert list(STAGES["documents"].files(settings)) == [str(tmp_path / "th")]
    (tmp_path / "th.yml").write_text("language: th\nwords: icu\n", encoding="utf-8")
    with pytest.raises(SetupError, match=r"icu4py(.|\n)*pip install 'lakesift\[signals\]'"):
        STAGES["documents"].files(settings)


def test_models_of_further_identifiers_are_part_of_the_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(b"abc")
    also = [{"identifier": "fasttext", "model": str(tmp_path / "model")}]
    settings = STAGES["documents"].settings.model_validate({"language": {"also": also}})
    assert STAGES["documents"].files(settings) == {str(tmp_path / "model"): ABC}

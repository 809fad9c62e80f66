"""The house rules that a program can check: style, types, import directions, portability and size."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
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


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements() -> dict[str, set[str]]:
    """Read the lists of setup.py: the names of the packages, without their versions."""
    lists: dict[str, set[str]] = {}
    for node in ast.parse((ROOT / "setup.py").read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.List()):
                lists[name] = {normalized(re.split("[<>=]", text)[0]) for text in ast.literal_eval(node.value)}
    return lists


def test_the_library_requires_what_it_imports_and_no_more() -> None:
    imported: set[str] = set()
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module).partition(".")[0])
    imported -= {*sys.stdlib_module_names, "lakesift"}
    homes = {module: set(map(normalized, names)) for module, names in packages_distributions().items()}
    required = requirements()
    for_users = set().union(*(names for list_, names in required.items() if list_ != "DEV"))
    assert {module for module in imported if not homes[module] & for_users} == set()
    assert required["CORE"] - set().union(*(homes[module] for module in imported)) == set()

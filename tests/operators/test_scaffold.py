"""`make operator` writes an operator that lakesift finds at once, and a test that fails until somebody fills it in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lakesift.errors import UsageError
from lakesift.operators.registry import DOMAINS
from lakesift.operators.scaffold import scaffold
from lakesift.operators.scaffold_templates import TEMPLATES

ROOT = Path(__file__).resolve().parents[2]
NEW = {
    "map": ("letters_seen", "labelling"),
    "aggregate": ("host_weight", "selection"),
    "fit": ("mixture_law", "balance"),
}
PROGRAM = """
import sys
from lakesift import Recipe
from lakesift.operators.registry import find
for name in sys.argv[1:]:
    operator = find(name)
    recipe = Recipe.load(name)
    stage = recipe.stage(name)
    given = [parameter.name for parameter in operator.parameters]
    print(operator.name, type(operator.role).__name__, given, [each.name for each in recipe.stages].index(name))
    print(operator.function.__code__.co_filename)
"""


def python(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the library of a copy in place of the checkout's."""
    search = os.pathsep.join([str(root / "lib"), str(root / "tests")])
    environment = {**os.environ, "PYTHONPATH": search}
    return subprocess.run([sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout into which an operator of each kind is written, by `make operator`'s own command."""
    root = tmp_path_factory.mktemp("checkout")
    ignored = shutil.ignore_patterns("*.egg-info", "__pycache__")
    for part in ("lib", "conf"):
        shutil.copytree(ROOT / part, root / part, ignore=ignored)
    (root / "tests").mkdir()
    for file in ("tests/conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / file, root / file)
    for kind, (name, package) in NEW.items():
        ended = python(root, "-m", "lakesift.operators.scaffold", name, kind, package)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        *written, following = ended.stdout.splitlines()
        assert written[:3] == [
            f"lib/lakesift/{package}/{name}.py",
            f"tests/{package}/test_{name}.py",
            f"conf/{name}.yml",
        ]
        assert "make reference" in following
    return root


def test_the_kinds_are_those_that_are_tried_here() -> None:
    assert set(NEW) == set(TEMPLATES)


def test_what_is_written_is_found_and_its_recipe_loads(checkout: Path) -> None:
    ended = python(checkout, "-c", PROGRAM, *(name for name, _ in NEW.values()))
    assert ended.returncode == 0, ended.stderr
    said = ended.stdout.splitlines()
    assert said[::2] == [
        "letters_seen Measures ['documents'] 3",
        "host_weight Weighs ['documents'] 3",
        "mixture_law Fits ['observations'] 3",
    ]
    assert said[1::2] == [str(checkout / "lib" / "lakesift" / package / f"{name}.py") for name, package in NEW.values()]


def test_a_new_package_says_what_it_holds_and_an_old_one_stays(checkout: Path) -> None:
    assert (checkout / "lib/lakesift/selection/__init__.py").read_text().startswith('"""Operators of selection;')
    old = Path("lib/lakesift/balance/__init__.py")
    assert (checkout / old).read_text() == (ROOT / old).read_text()


def test_the_written_test_fails_until_the_papers_numbers_are_in_it(checkout: Path) -> None:
    ended = python(
        checkout, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "tests/labelling", "tests/balance"
    )
    assert ended.returncode == 1, ended.stdout
    assert "2 failed" in ended.stdout
    assert ended.stdout.count("AssertionError: fill in PAPER") >= 2


def test_what_is_written_is_clean_in_style_and_types(checkout: Path, tmp_path: Path) -> None:
    written = [checkout / "lib" / "lakesift" / package / f"{name}.py" for name, package in NEW.values()]
    tests = [checkout / "tests" / package / f"test_{name}.py" for name, package in NEW.values()]
    for command in (("check",), ("format", "--check")):
        style = python(checkout, "-m", "ruff", *command, *map(str, written + tests))
        assert style.returncode == 0, style.stdout + style.stderr
    assert max(len(line) for file in written + tests for line in file.read_text().splitlines()) <= 120
    # As modules of their own, checked against the library of the checkout, whose types are known already.
    for file in written:
        shutil.copy(file, tmp_path)
    environment = {**os.environ, "MYPYPATH": str(tmp_path)}
    types = subprocess.run(
        [sys.executable, "-m", "mypy", *map(str, tmp_path.glob("*.py"))],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert types.returncode == 0, types.stdout + types.stderr


@pytest.mark.parametrize(
    ("name", "kind", "package", "message"),
    [
        ("Dsir", "map", "selection", "Dsir is no name of an operator"),
        ("lambda", "map", "selection", "lambda is no name of an operator"),
        ("publish", "map", "selection", "the name publish is taken"),
        ("sources", "map", "selection", "the name sources is taken"),
        ("dsir", "maps", "selection", "there is no kind maps (nearest: map)"),
        ("dsir", "map", "selections", "there is no package selections (nearest: selection)"),
    ],
)
def test_what_cannot_be_an_operator_is_refused(
    tmp_path: Path, name: str, kind: str, package: str, message: str
) -> None:
    with pytest.raises(UsageError) as refused:
        scaffold(tmp_path, name, kind, package)
    assert message in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "dsir.yml").write_text("mine")
    with pytest.raises(UsageError, match=r"dsir\.yml is there already"):
        scaffold(tmp_path, "dsir", "map", DOMAINS[0])
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["dsir.yml"]

"""The wheel, installed where there is no checkout: it carries the recipes and rule sets, and takes no other's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from lakesift.recipe.recipe import Recipe

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = [file for file in (ROOT / "conf" / "languages").rglob("*") if file.is_file()]
SHIPPED = sorted(
    [
        *(ROOT / "conf").glob("*.yml"),
        ROOT / "conf" / "recipe.schema.json",
        *(ROOT / "conf" / "rules").glob("*.yml"),
        *LANGUAGES,
    ]
)


def run(*command: str | Path, folder: Path) -> str:
    """What a program prints; it has no Java, so that one which started Spark would fail, and no checkout on its path."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ended = subprocess.run(
        command, cwd=folder, env={**environment, "JAVA_HOME": "/nowhere"}, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the sources: setuptools leaves its own build folder beside them."""
    folder = tmp_path_factory.mktemp("wheel")
    for part in ("lib", "conf"):
        shutil.copytree(
            ROOT / part, folder / "source" / part, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__")
        )
    for part in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / part, folder / "source")
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", folder / "dist")
    run(sys.executable, "-m", "pip", "wheel", *options, folder / "source", folder=folder)
    (built,) = (folder / "dist").iterdir()
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel; the dependencies are read from the one that runs the tests."""
    home = tmp_path_factory.mktemp("environment") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", home, folder=home.parent)
    options = ("--no-deps", "--no-index", "--quiet", "--disable-pip-version-check")
    run(
        sys.executable, "-m", "pip", "--python", home / "bin" / "python", "install", *options, wheel, folder=home.parent
    )
    # A folder named in a .pth has its own .pth files left alone, the one of the editable lakesift among them.
    (packages_of(home) / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    # A folder conf where a checkout's would be, as seen from the installed package.
    foreign = packages_of(home).parent / "conf"
    foreign.mkdir()
    (foreign / "fineweb.yml").write_text("name: foreign")
    return home


def packages_of(environment: Path) -> Path:
    return Path(sysconfig.get_path("purelib", vars={"base": str(environment), "platbase": str(environment)}))


def test_the_wheel_holds_every_recipe_rule_set_and_source_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    library = [file for file in (ROOT / "lib").rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    sources = [file.relative_to(ROOT / "lib") for file in library if "egg-info" not in str(file)]
    carried = [Path("lakesift") / file.relative_to(ROOT) for file in SHIPPED]
    assert len(SHIPPED) >= 10
    assert {path.as_posix() for path in [*sources, *carried]} <= held


def test_the_installed_command_says_its_version(environment: Path, tmp_path: Path) -> None:
    said = run(environment / "bin" / "lakesift", "--version", folder=tmp_path)
    assert said == f"lakesift, version {version('lakesift')}\n"


def test_the_installed_module_is_the_command_too(environment: Path, tmp_path: Path) -> None:
    said = run(environment / "bin" / "python", "-m", "lakesift", "--help", folder=tmp_path)
    assert said.startswith("Usage: lakesift [OPTIONS] COMMAND")


def test_the_installed_package_reads_its_own_recipes_and_no_others(environment: Path, tmp_path: Path) -> None:
    program = (
        "import lakesift; from lakesift import Recipe\n"
        "print(lakesift.__file__)\n"
        "for name in ('fineweb', 'metaclip', 'sample'):\n"
        "    recipe = Recipe.load(name); print(recipe.path, len(recipe.rule_sets))\n"
    )
    module, *recipes = run(environment / "bin" / "python", "-c", program, folder=tmp_path).splitlines()
    package = packages_of(environment) / "lakesift"
    assert Path(module) == package / "__init__.py"
    expected = {
        name: len(Recipe.load(ROOT / "conf" / f"{name}.yml").rule_sets) for name in ("fineweb", "metaclip", "sample")
    }
    assert recipes == [f"{package / 'conf' / name}.yml {rule_sets}" for name, rule_sets in expected.items()]


def test_the_installed_command_plans_without_a_checkout_and_without_spark(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "fineweb.yml").write_text("name: foreign")
    (tmp_path / "crawl.warc").write_bytes(b"")
    planned = run(environment / "bin" / "lakesift", "plan", "fineweb", "--source", "crawl.warc", folder=tmp_path)
    assert planned.startswith(f"recipe fineweb ({packages_of(environment) / 'lakesift' / 'conf' / 'fineweb.yml'})\n")
    assert "[5/5] publish          will run" in planned

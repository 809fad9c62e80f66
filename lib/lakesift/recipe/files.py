"""Where recipes, rule sets and language files are found: by path, else by name among the shipped ones."""

from __future__ import annotations

from pathlib import Path

from lakesift.errors import UsageError, nearest
from lakesift.shipped import conf_folder

ENDINGS = (".yml", ".yaml")


def recipe_file(name: str) -> Path:
    """File of a recipe given as a path (`conf/fineweb.yml`) or as a shipped name (`fineweb`).

    Raises:
        UsageError: there is neither; names the nearest shipped recipe.
    """
    return _find(name, conf_folder(), "recipe")


def rule_file(name: str, beside: Path) -> Path:
    """File of a rule set given as a path relative to the recipe, or as a shipped name (`gopher_quality@datatrove`).

    Raises:
        UsageError: there is neither; names the nearest shipped rule set.
    """
    own = beside / name
    return own if own.is_file() else _find(name, conf_folder() / "rules", "rule set")


def language_file(name: str, beside: Path) -> Path:
    """File of a language given as a path relative to the recipe, or as a shipped name (`de`).

    Raises:
        UsageError: there is neither.
    """
    own = beside / name
    return own if own.is_file() else _find(name, conf_folder() / "languages", "language file")


def _find(name: str, folder: Path, kind: str) -> Path:
    path = Path(name)
    if path.is_file():
        return path
    shipped = folder / f"{path.stem if path.suffix in ENDINGS else name}.yml"
    # A path that is mistyped must not become the shipped file of the same name.
    if path.name == name and shipped.is_file():
        return shipped
    known = sorted(file.stem for file in folder.glob("*.yml"))
    expected = f"a path, or one of {', '.join(known)}" if known else "a path"
    raise UsageError(f"there is no {kind} {name}{nearest(path.stem, known)}", expected=expected)

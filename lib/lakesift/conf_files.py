"""Where recipes, rule sets and language files are found: by path, else by name in the package's conf/ or, in a checkout, in its conf/."""

from __future__ import annotations

import difflib
from importlib.resources import files
from pathlib import Path

from lakesift.errors import UsageError

ENDINGS = (".yml", ".yaml")
CHECKOUT = Path(__file__).resolve().parents[2] / "conf"


def conf_folder() -> Path:
    """The folder of the shipped recipes: the installed package's, else the checkout's."""
    packaged = Path(str(files("lakesift"))) / "conf"
    return packaged if packaged.is_dir() else CHECKOUT


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


def nearest(name: str, known: list[str]) -> str:
    """`name` among the known ones that is most alike, as a hint (" (nearest: ...)"), or nothing."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" (nearest: {close[0]})" if close else ""


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

"""The folder of shipped recipes, rule sets, language files and weights."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2] / "conf"


def conf_folder() -> Path:
    """Return the folder of the shipped recipes: the installed package's, else the checkout's."""
    packaged = Path(str(files("lakesift"))) / "conf"
    return packaged if packaged.is_dir() else CHECKOUT

"""lakesift turns a web crawl into a versioned, explainable training set, on Spark and Delta."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lakesift.commands.compare import diff, profile
    from lakesift.commands.explain import explain
    from lakesift.commands.register import register
    from lakesift.commands.run import plan, report, run
    from lakesift.lake.lake import Lake
    from lakesift.recipe.recipe import Recipe

__all__ = ["Lake", "Recipe", "diff", "explain", "plan", "profile", "register", "report", "run"]

_HOME = {
    "Lake": "lake.lake",
    "Recipe": "recipe.recipe",
    "diff": "commands.compare",
    "explain": "commands.explain",
    "plan": "commands.run",
    "profile": "commands.compare",
    "register": "commands.register",
    "report": "commands.run",
    "run": "commands.run",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: Python workers and extractor processes need none of them."""
    if name not in _HOME:
        raise AttributeError(f"module lakesift has no attribute {name}")
    return getattr(import_module(f"lakesift.{_HOME[name]}"), name)

"""Find operators by their file's name; other distributions and notebooks add theirs."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from lakesift.errors import UsageError, nearest
from lakesift.operators.operator import Operator

DOMAINS = (
    "crawl", "documents", "dedup", "scorers",  "labelling", "balance", "images", "selection", "mixing",
    "audit", "removal", "publish",
)  # fmt: skip
"""Packages in which a file at the top is an operator."""
NO_OPERATORS = frozenset({"__init__", "serving", "settings", "spark_nlp"})
"""Files of these packages that are none: MLflow knows `scorers.serving` by its path."""
GROUP = "lakesift.operators"
_registered: dict[str, Operator] = {}


def register(operator: Operator) -> Operator:
    """Add an operator for this process; one of the same name that was registered before is replaced.

    Args:
        operator: of a notebook, or of a module that the workers can import.

    Raises:
        UsageError: its name is that of a shipped operator.
    """
    if operator.name in shipped():
        raise UsageError(
            f"operator {operator.name} is one of lakesift's own", next_step="give the function another name"
        )
    _registered[operator.name] = operator
    return operator


@cache
def shipped() -> dict[str, str]:
    """Return the module of each of lakesift's own operators, by name; nothing is imported."""
    root = Path(__file__).parents[1]
    files = (file for domain in DOMAINS for file in sorted((root / domain).glob("*.py")))
    return {file.stem: f"lakesift.{file.parent.name}.{file.stem}" for file in files if file.stem not in NO_OPERATORS}


def names() -> list[str]:
    """Return the names of all operators; nothing is imported."""
    return sorted({*shipped(), *(point.name for point in _points()), *_registered})


def find(name: str) -> Operator:
    """Import one operator.

    Raises:
        UsageError: there is none of this name, two distributions have it, or its module cannot be used.
    """
    if name in _registered:
        return _registered[name]
    if name in shipped():
        return _checked(import_module(shipped()[name]).OPERATOR, name, shipped()[name])
    points = [point for point in _points() if point.name == name]
    if not points:
        raise UsageError(
            f"unknown stage {name}{nearest(name, names())}",
            expected="one of " + ", ".join(names()) + ", or that of a distribution which is not installed here",
        )
    if len(points) > 1:
        whose = ", ".join(sorted(point.dist.name if point.dist else point.value for point in points))
        raise UsageError(f"operator {name} is in several distributions: {whose}", next_step="uninstall all but one")
    try:
        loaded = points[0].load()
    except Exception as error:
        # Whatever another distribution's module raises while it is imported.
        raise UsageError(f"operator {name} ({points[0].value}) cannot be imported: {error}") from error
    return _checked(loaded, name, points[0].value)


def of_stage(name: str) -> Operator | None:
    """Return the operator that an earlier run's commit names; None where its distribution is not here any more."""
    return find(name) if name in names() else None


def check_importable(modules: Iterable[str]) -> None:
    """Check that another Python process can import the modules of registered things.

    Args:
        modules: their names; `__main__` travels with the plan and lakesift is installed.

    Raises:
        UsageError: one cannot be imported; Spark's workers would fail on it one by one.
    """
    wanted = sorted({name for name in modules if name != "__main__" and name.partition(".")[0] != "lakesift"})
    for name in wanted:
        ended = subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, text=True)
        if ended.returncode:
            reason = (ended.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise UsageError(
                f"module {name} cannot be imported by another Python process: {reason}",
                next_step="install it, or put its folder on PYTHONPATH; what a notebook's own cells define needs neither",
            )


def is_registered(name: str) -> bool:
    """Return whether an operator was registered in this process."""
    return name in _registered


def registered_modules() -> list[str]:
    """Return the modules of the operators that were registered in this process."""
    return [operator.function.__module__ for operator in _registered.values()]


def _points() -> list[EntryPoint]:
    found = list(entry_points(group=GROUP))
    taken = [name for name, count in Counter(point.name for point in found).items() if count and name in shipped()]
    if taken:
        whose = ", ".join(str(point.value) for point in found if point.name in taken)
        raise UsageError(f"{whose}: operator {', '.join(taken)} is one of lakesift's own", next_step="uninstall it")
    return found


def _checked(found: Any, name: str, where: str) -> Operator:
    if not isinstance(found, Operator) or found.name != name:
        what = f"operator {found.name}" if isinstance(found, Operator) else type(found).__name__
        raise UsageError(f"{where} gives {what}", expected=f"an Operator whose function is called {name}")
    return found

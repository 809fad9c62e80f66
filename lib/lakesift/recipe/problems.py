"""What is wrong with a recipe, said with the place, what was expected and the nearest name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from lakesift.errors import nearest
from lakesift.recipe.yaml_lines import Path


@dataclass(frozen=True)
class Problem:
    """One finding: where in the recipe, what, and what was expected instead."""

    path: Path
    message: str
    expected: str | None = None


def describe(problem: Problem, file: str, line: int, overrides: Sequence[str] = ()) -> str:
    """`file:line: path: message; expected ...`; `--set key=value: ...` for what an override has put there."""
    place = ".".join(str(part) for part in problem.path if not isinstance(part, int) and part != "stages")
    where = f"{file}:{line}: {place}".removesuffix(": ")
    for override in overrides:
        names = _names_of(override)
        if f"{place}.".startswith(f"{names}."):
            where = f"--set {override}"
        elif place and f"{names}.".startswith(f"{place}."):
            where += f" (with --set {override})"
    text = f"{where}: {problem.message}"
    return f"{text}; expected {problem.expected}" if problem.expected else text


def _names_of(override: str) -> str:
    return ".".join(part for part in override.partition("=")[0].split(".") if not part.isdigit())


def problems_of(error: ValidationError, prefix: Path, model: type[BaseModel]) -> list[Problem]:
    """The findings of a pydantic error, unknown keys with the nearest key that the model has there."""
    found = []
    for item in error.errors(include_url=False):
        location = tuple(item["loc"])
        path = (*prefix, *location)
        if item["type"] == "extra_forbidden":
            known = _keys_at(model, location[:-1])
            name = str(location[-1])
            expected = "one of " + ", ".join(known) if known else None
            found.append(Problem(path, f"unknown key {name}{nearest(name, known)}", expected))
        elif item["type"] == "tuple_type":
            found.append(Problem(path, f"{_short(item['input'])} is no list", "one, such as [a, b]"))
        elif item["type"] == "too_short" and item["input"]:
            continue  # Its entries are wrong, which is told, and pydantic counted the right ones.
        elif item["type"] == "too_short":
            found.append(Problem(path, "is empty", "at least one entry, or to leave out what holds it"))
        elif item["type"] == "missing":
            found.append(Problem(path, f"{location[-1]} is missing"))
        else:
            message = item["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
            given = f"{_short(item['input'])} does not fit" if item["msg"].startswith("Input should be ") else message
            found.append(Problem(path, given, message if given != message else None))
    return found


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _keys_at(model: Any, location: Path) -> list[str]:
    """Keys of the settings class at a location inside a model; several where the location may hold several classes."""
    models = _models_in(model)
    for part in location:
        inner: list[type[BaseModel]] = []
        for candidate in models:
            if isinstance(part, str) and part in candidate.model_fields:
                inner += _models_in(candidate.model_fields[part].annotation)
            elif isinstance(part, int) or part not in candidate.model_fields:
                inner.append(candidate)
        models = inner
    return sorted({name for candidate in models for name in candidate.model_fields})


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]

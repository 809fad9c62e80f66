"""`--set stage.key=value`: changes of a recipe's values before they are checked."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from lakesift.errors import UsageError, nearest

NEXT = "lakesift plan RECIPE shows all settings"


def overridden(values: dict[str, Any], overrides: Sequence[str], top: Iterable[str]) -> dict[str, Any]:
    """A recipe's values with each override put in; the values themselves stay as they are.

    Args:
        values: the recipe as it was read.
        overrides: `key=value`, the value in YAML; the first part of a key is a stage or a top key of the recipe.
        top: the keys that a recipe can have at its top, whether they are written in this one or not.

    Raises:
        UsageError: not `key=value`, no such stage, or a key that leads into something that has no keys.
    """
    result = copy.deepcopy(values)
    for override in overrides:
        key, _, text = override.partition("=")
        if not key or "=" not in override:
            raise UsageError(f"--set {override} is not key=value", next_step="--set stage.key=value")
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise UsageError(f"--set {override}: {text} is not YAML", next_step="quote the value") from error
        _put(result, key, value, list(top))
    return result


def _put(values: dict[str, Any], key: str, value: Any, top: list[str]) -> None:
    first, *inner = key.split(".")
    listed = values.get("stages")
    stages = {
        _name_of(str(name), settings): (stage, str(name))
        for stage in (listed if isinstance(listed, list) else [])
        if isinstance(stage, dict)
        for name, settings in stage.items()
    }
    known = [*stages, *top]
    if first not in known:
        raise UsageError(
            f"--set {key}: the recipe has no stage {first}{nearest(first, known)}",
            expected="one of " + ", ".join(known),
        )
    target: Any
    target, written = stages.get(first, (values, first))
    path = [written, *inner]
    if first in stages and not inner:
        raise UsageError(f"--set {key} names a stage and no setting of it", next_step=NEXT)
    for part in path[:-1]:
        target = _inside(target, part, key)
    if not isinstance(target, dict):
        raise UsageError(f"--set {key} names no setting", next_step=NEXT)
    target[path[-1]] = value


def _name_of(operator: str, settings: Any) -> str:
    """Return the name of a stage: what `as` gives it, else its operator's."""
    alias = settings.get("as") if isinstance(settings, dict) else None
    return str(alias) if alias else operator


def _inside(target: Any, part: str, key: str) -> Any:
    """What is at a part of a key; an empty place becomes a mapping."""
    if isinstance(target, dict):
        if target.get(part) is None:
            target[part] = {}
        return target[part]
    if isinstance(target, list) and part.isdigit() and int(part) < len(target):
        return target[int(part)]
    raise UsageError(f"--set {key} names no setting: {part} is in nothing that has keys", next_step=NEXT)

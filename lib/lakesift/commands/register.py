"""Add operators, signal families, edits, rule sets and scorer kinds of one's own to the process."""

from __future__ import annotations

from typing import TypeVar

from lakesift.documents.rules.rules import RULE_SETS, RuleSet
from lakesift.errors import UsageError
from lakesift.operators import registry
from lakesift.operators.operator import Operator
from lakesift.scorers.models.kinds import KINDS, Kind
from lakesift.text.edits import EDITS
from lakesift.text.edits.edit import Edit
from lakesift.text.signals import FAMILIES
from lakesift.text.signals.family import Family

Thing = TypeVar("Thing", Operator, Family, Edit, RuleSet, Kind)


def register(thing: Thing) -> Thing:
    """Add one thing of one's own, for recipes that this process runs.

    What a notebook's cells define travels to Spark's workers with the plan; a module must be importable there, too. Other
    distributions add theirs by entry points: `lakesift.operators`, `lakesift.signals`, `lakesift.edits`,
    `lakesift.rule_sets` and `lakesift.scorers`.

    Args:
        thing: an Operator, Family, Edit, RuleSet or Kind; one that was registered before under its name is replaced.

    Returns:
        The same, so that `OPERATOR = register(Operator(...))` can be written.

    Raises:
        UsageError: it is none of these, or its name is that of a shipped one.
    """
    if isinstance(thing, Operator):
        registry.register(thing)
    elif isinstance(thing, Family):
        FAMILIES.register(thing)
    elif isinstance(thing, Edit):
        EDITS.register(thing)
    elif isinstance(thing, RuleSet):
        RULE_SETS.register(thing)
    elif isinstance(thing, Kind):
        KINDS.register(thing)
    else:
        raise UsageError(
            f"{type(thing).__name__} cannot be registered", expected="an Operator, Family, Edit, RuleSet or Kind"
        )
    return thing


def registered_modules() -> list[str]:
    """Return the modules that define what was registered: Spark's workers import them."""
    functions = [each.measure for each in FAMILIES.registered(FAMILIES)] + [
        each.apply for each in EDITS.registered(EDITS)
    ]
    return registry.registered_modules() + [getattr(each, "__module__", "__main__") for each in functions]

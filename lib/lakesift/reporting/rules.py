"""Read of rules what reports need: order, conditions, thresholds, columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

Threshold = float | str | Mapping[str, float | str]
_WHOLE: Final = re.compile(r"(?<![\w.])(\d+)\.0(?![\w.])")


class Rule(Protocol):
    """A rule as `lakesift.documents.rules.rules` reads it from a file."""

    @property
    def drop_when(self) -> str:
        """SQL predicate; `:name` stands for a threshold."""
        ...

    @property
    def thresholds(self) -> Mapping[str, Threshold]:
        """Values by name; a map has one for each language, and one under `default`."""
        ...

    @property
    def source(self) -> str:
        """Where the definition and its numbers come from."""
        ...

    def columns(self) -> set[str]:
        """Columns that the predicate names."""
        ...


class RuleSet(Protocol):
    """The rules of one implementation, as `lakesift.documents.rules.rules` reads them."""

    @property
    def name(self) -> str:
        """Such as `gopher_quality@datatrove`."""
        ...

    @property
    def source(self) -> str:
        """The implementation: repository, file and commit, or paper."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that the rules apply to; empty: all."""
        ...

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Rules by short name, in the order they are judged."""
        ...

    def full_name(self, rule: str) -> str:
        """Return the name that verdicts carry."""
        ...

    def predicates(self, language: str | None = None) -> list[tuple[str, str]]:
        """Return full name and predicate of each rule, of one language or of all."""
        ...


@dataclass(frozen=True)
class NamedRule:
    """One rule under its full name; `columns` are in the order of its condition."""

    name: str
    rule_set: str
    condition: str
    columns: tuple[str, ...]
    thresholds: Mapping[str, Threshold]
    source: str


def rules_by_name(rule_sets: Iterable[RuleSet], language: str | None = None) -> dict[str, NamedRule]:
    """Return the rules by full name, in their order; of one language, or of all."""
    found: dict[str, NamedRule] = {}
    for rule_set in rule_sets:
        conditions = dict(rule_set.predicates(language))
        for short, rule in rule_set.rules.items():
            name, source = rule_set.full_name(short), rule.source or rule_set.source
            found[name] = NamedRule(
                name, rule_set.name, _readable(conditions[name]), _columns(rule), rule.thresholds, source
            )
    return found


def _readable(predicate: str) -> str:
    bare = predicate[1:-1] if predicate.startswith("(") and predicate.endswith(")") else predicate
    return _WHOLE.sub(r"\1", bare)


def _columns(rule: Rule) -> tuple[str, ...]:
    return tuple(sorted(rule.columns(), key=lambda column: (rule.drop_when.find(column), column)))

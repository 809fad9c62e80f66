"""Rules: named SQL predicates over signals that say when to drop a document."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from functools import reduce
from typing import Any, Self

import sqlglot
from pydantic import Field, field_validator, model_validator
from sqlglot import expressions as exp

from lakesift.documents.rules.predicates import ALLOWED, refused
from lakesift.settings import Settings
from lakesift.text.catalogue import Catalogue
from lakesift.text.language.files import Value

DIALECT = "spark"
Threshold = Value | dict[str, Value]
"""A value, or one per language code, with the key DEFAULT for all other languages."""
DEFAULT = "default"
DOCUMENT_COLUMNS = ("language", "language_score", "words", "url", "host", "registered_domain", "crawl")
"""Columns of `documents` that a predicate may name beside the signal structs."""
LANGUAGES = "languages"
"""The struct column with the answers of the identifiers kept beside the one that decides."""
SCORES = "scores"
"""The map column with the scores of a document by scorer, where the rules decide over scored documents."""


class Rule(Settings):
    """One rule.

    Attributes:
        drop_when: SQL predicate; true drops the document. `:name` stands for a threshold.
        thresholds: the published values, by name; a map has a value per language and one under `default`.
        source: where the definition and its numbers come from.
    """

    drop_when: str
    thresholds: dict[str, Threshold] = Field(default_factory=dict)
    source: str = ""

    @field_validator("drop_when")
    @classmethod
    def _parses(cls, value: str) -> str:
        try:
            predicate = sqlglot.parse_one(value, dialect=DIALECT)
        except sqlglot.errors.ParseError as error:
            raise ValueError(
                f"not a SQL predicate: {error.errors[0]['description'] if error.errors else error}"
            ) from error
        if found := sorted(set(refused(predicate))):
            raise ValueError(
                f"a rule may not call {', '.join(found)}; expected functions that depend on their arguments alone: "
                + ", ".join(sorted(ALLOWED))
            )
        return value

    @field_validator("thresholds")
    @classmethod
    def _has_default(cls, value: dict[str, Threshold]) -> dict[str, Threshold]:
        for name, threshold in value.items():
            if isinstance(threshold, dict) and DEFAULT not in threshold:
                raise ValueError(f"{name} has values for {', '.join(threshold)} and no {DEFAULT}")
        return value

    @model_validator(mode="after")
    def _names_its_thresholds(self) -> Self:
        used = self.placeholders()
        for name in sorted(used - set(self.thresholds)):
            near = get_close_matches(name, self.thresholds, n=1)
            raise ValueError(f":{name} has no value in thresholds" + (f"; the nearest is {near[0]}" if near else ""))
        for name in sorted(set(self.thresholds) - used):
            raise ValueError(f"drop_when does not use the threshold {name}, as :{name}")
        return self

    def columns(self) -> set[str]:
        """Columns that the predicate names, as written: `family.signal` or `column`."""
        return {
            column.sql(dialect=DIALECT)
            for column in sqlglot.parse_one(self.drop_when, dialect=DIALECT).find_all(exp.Column)
        }

    def placeholders(self) -> set[str]:
        """Threshold names that the predicate uses."""
        return {
            str(found.this) for found in sqlglot.parse_one(self.drop_when, dialect=DIALECT).find_all(exp.Placeholder)
        }

    def predicate(self, language: str | None = None) -> str:
        """The predicate as SQL with its thresholds filled in; one that differs by language reads the column `language`.

        Args:
            language: of the documents, where all are in one: its thresholds alone.
        """

        def fill(node: exp.Expression) -> exp.Expression:
            if not isinstance(node, exp.Placeholder):
                return node
            value = self.thresholds[str(node.this)]
            one = value.get(language, value[DEFAULT]) if language is not None and isinstance(value, dict) else value
            filled: exp.Expression = _literal(one)
            return filled

        return sqlglot.parse_one(self.drop_when, dialect=DIALECT).transform(fill).sql(dialect=DIALECT)


class RuleSet(Settings):
    """A file of rules, named by implementation (`gopher_quality@datatrove`).

    Attributes:
        signals: signal families or edits whose structs the predicates read.
        languages: the rules apply to these languages only; empty: to all.
        rules: by short name, in the order in which the implementation checks them.
    """

    name: str = Field(pattern=r"^[a-z0-9_]+@[a-z0-9_]+$")
    source: str
    signals: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    rules: dict[str, Rule]

    def full_name(self, rule: str) -> str:
        """`gopher_quality@datatrove.short_doc`."""
        return f"{self.name}.{rule}"

    def predicates(self, language: str | None = None) -> list[tuple[str, str]]:
        """Full name and predicate of each rule, in order, behind the language gate if there is one; see `predicate`."""
        gate = ""
        if self.languages:
            gate = f"language IN ({', '.join(exp.Literal.string(code).sql(DIALECT) for code in self.languages)}) AND "
        return [(self.full_name(name), f"{gate}({rule.predicate(language)})") for name, rule in self.rules.items()]


def _literal(value: Threshold) -> Any:
    if isinstance(value, dict):
        ifs = [
            exp.If(this=exp.Literal.string(code), true=_literal(of_language))
            for code, of_language in value.items()
            if code != DEFAULT
        ]
        default = _literal(value[DEFAULT])
        return exp.Case(this=exp.column("language"), ifs=ifs, default=default) if ifs else default
    whole = isinstance(value, float) and value.is_integer()
    return exp.convert(int(value) if whole else value)


def unknown_columns(rule_sets: Sequence[RuleSet], measured: dict[str, set[str]]) -> list[tuple[str, str, str]]:
    """Columns that predicates name and nobody measures.

    Args:
        rule_sets: the rule sets of a recipe.
        measured: signals by struct column, as the recipe's steps measure them.

    Returns:
        (rule set, rule, column) of each.
    """
    known = reduce(
        set.union,
        ({f"{family}.{signal}" for signal in names} for family, names in measured.items()),
        set(DOCUMENT_COLUMNS),
    )
    return [
        (rule_set.name, name, column)
        for rule_set in rule_sets
        for name, rule in rule_set.rules.items()
        for column in sorted(rule.columns() - known)
    ]


RULE_SETS: Catalogue[RuleSet] = Catalogue(RuleSet, "", "lakesift.rule_sets")
"""Rule sets of other distributions and of notebooks; shipped ones are the files in conf/rules."""

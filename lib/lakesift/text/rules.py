"""Rules: named SQL predicates over signals that say when to drop, and the verdict of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from functools import reduce
from typing import TYPE_CHECKING, Any, Self

import sqlglot
from pydantic import Field, field_validator, model_validator
from sqlglot import expressions as exp

from lakesift.settings import Settings

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

DIALECT = "spark"
Value = float | str
Threshold = Value | dict[str, Value]
"""A value, or one per language code, with the key DEFAULT for all other languages."""
DEFAULT = "default"
DOCUMENT_COLUMNS = ("language", "language_score", "words", "url", "host", "registered_domain", "crawl")
"""Columns of `documents` that a predicate may name beside the signal structs."""
LANGUAGES = "languages"
"""The struct column with the answers of the identifiers kept beside the one that decides."""


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
            sqlglot.parse_one(value, dialect=DIALECT)
        except sqlglot.errors.ParseError as error:
            raise ValueError(
                f"not a SQL predicate: {error.errors[0]['description'] if error.errors else error}"
            ) from error
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


def decide(documents: DataFrame, rule_sets: Sequence[RuleSet]) -> DataFrame:
    """The verdict on every document: kept, and the full names of all rules that failed, in order.

    Args:
        documents: rows of `documents`.
        rule_sets: with their thresholds filled in.

    Returns:
        One row a document, in the columns of `verdicts`. A predicate that is null for a document (a signal that was
        not measured) fails the query: nothing unknown passes.
    """
    from pyspark.sql import functions as F

    judged = measured(documents).select("doc_id", failures(rule_sets).alias("failed"), "language", "words")
    return judged.select("doc_id", (F.size("failed") == 0).alias("kept"), "failed", "language", "words")


def measured(documents: DataFrame) -> DataFrame:
    """The columns that predicates may name, each family's struct a column: doc_id, `DOCUMENT_COLUMNS`, families, edits."""
    structs = [f"{kind}.*" for kind in ("signals", "edits") if kind in documents.columns]
    answers = [LANGUAGES] if LANGUAGES in documents.columns else []
    return documents.select("doc_id", *DOCUMENT_COLUMNS, *answers, *structs)


def failures(rule_sets: Sequence[RuleSet]) -> Column:
    """Full names of all rules that a row of `measured` fails, in order; the query fails where one has no answer."""
    from pyspark.sql import functions as F

    tests = [_failed(name, predicate) for rule_set in rule_sets for name, predicate in rule_set.predicates()]
    # Names are there once each. A lambda that takes nulls away would not be compiled, and takes five times as long.
    nothing = F.array(F.lit(None).cast("string"))
    return F.array_except(F.array(*tests), nothing) if tests else F.array().cast("array<string>")


def _failed(name: str, predicate: str) -> Column:
    from pyspark.sql import functions as F

    unknown = F.raise_error(F.concat(F.lit(f"rule {name} has no value for document "), F.col("doc_id")))
    outcome = F.expr(predicate)
    return F.when(outcome, F.lit(name)).when(~outcome, F.lit(None)).otherwise(unknown.cast("string"))


def funnel(verdicts: DataFrame, rules: Sequence[str]) -> DataFrame:
    """What each rule drops in the written order and on its own, by language.

    Args:
        verdicts: rows of `verdicts`.
        rules: full names, in order.

    Returns:
        position, rule, language, documents_in, words_in, dropped_documents, dropped_words, alone_documents, alone_words:
        one row per rule and language; documents_in counts what the earlier rules left.
    """
    from pyspark.sql import functions as F
    from pyspark.sql.window import Window

    positions = F.create_map(*[item for place, name in enumerate(rules) for item in (F.lit(name), F.lit(place))])
    totals = verdicts.groupBy("language").agg(F.count("*").alias("documents"), F.sum("words").alias("all_words"))
    first = verdicts.select(
        "language", "words", F.explode("failed").alias("rule"), F.element_at("failed", 1).alias("first")
    )
    counts = first.groupBy("language", "rule").agg(
        *[
            F.sum(F.when(F.col("rule") == F.col("first"), unit).otherwise(0)).alias(f"dropped_{name}")
            for name, unit in _units()
        ],
        *[F.sum(unit).alias(f"alone_{name}") for name, unit in _units()],
    )
    named = totals.select(
        "language", "documents", "all_words", F.explode(F.array(*[F.lit(rule) for rule in rules])).alias("rule")
    )
    table = named.join(counts, ["language", "rule"], "left").fillna(0).withColumn("position", positions[F.col("rule")])
    before = Window.partitionBy("language").orderBy("position").rowsBetween(Window.unboundedPreceding, -1)
    earlier = {unit: F.coalesce(F.sum(f"dropped_{unit}").over(before), F.lit(0)) for unit in ("documents", "words")}
    return table.select(
        "position",
        "rule",
        "language",
        (F.col("documents") - earlier["documents"]).alias("documents_in"),
        (F.col("all_words") - earlier["words"]).alias("words_in"),
        *[
            F.col(f"{kind}_{unit}").cast("bigint").alias(f"{kind}_{unit}")
            for kind in ("dropped", "alone")
            for unit in ("documents", "words")
        ],
    )


def _units() -> list[tuple[str, Column]]:
    from pyspark.sql import functions as F

    return [("documents", F.lit(1)), ("words", F.col("words"))]


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

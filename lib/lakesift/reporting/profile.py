"""Profile signals by language, and what a recipe's thresholds drop of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import NumericType, StructType

from lakesift.errors import UsageError
from lakesift.reporting.frames import small_rows
from lakesift.reporting.rules import NamedRule, RuleSet, rules_by_name
from lakesift.reporting.signals import measured_column
from lakesift.reporting.wording import number, share

SHARES: Final = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
# Exact up to this many distinct values; beyond, the rank is off by at most a thousandth (percentile_approx).
_ACCURACY: Final = 1_000
_FEWEST: Final = 0.01
_STRUCTS: Final = ("signals", "edits")
_WIDTH: Final = 52
_ALL: Final = "all"


@dataclass(frozen=True)
class Profile:
    """What `profile_of` found.

    Attributes:
        quantiles: by language, then by signal (`family.signal`): the values at `SHARES`.
        rules: by language, then by rule: documents and words that it drops on its own.
        totals: documents and words per language.
        conditions: by rule, its condition with the thresholds filled in.
    """

    quantiles: dict[str, dict[str, tuple[float, ...]]]
    rules: dict[str, dict[str, tuple[int, int]]]
    totals: dict[str, tuple[int, int]]
    conditions: dict[str, NamedRule]

    def __str__(self) -> str:
        """Return the profile for a terminal."""
        return "\n".join(_lines(self))


def profile_of(documents: DataFrame, rule_sets: Sequence[RuleSet], languages: Sequence[str] = ()) -> Profile:
    """Compute quantiles of all signals and edit counts by language, in one pass.

    Args:
        documents: rows of `documents`.
        rule_sets: whose rules are counted, each on its own; all their columns are measured.
        languages: only these; else all that have at least one in a hundred of the documents, and `all` together.

    Raises:
        UsageError: there is no document in one of `languages`.
    """
    columns = _numbers(documents)
    flat = documents.selectExpr("*", *[f"{kind}.*" for kind in _STRUCTS if kind in documents.columns])
    predicates = [found for rule_set in rule_sets for found in rule_set.predicates()]
    sums: list[Column] = [F.count("*").alias("documents"), F.coalesce(F.sum("words"), F.lit(0)).alias("words")]
    for at, column in enumerate(columns.values()):
        sums.append(F.percentile_approx(column.cast("double"), list(SHARES), F.lit(_ACCURACY)).alias(f"q{at}"))
    for at, (_, predicate) in enumerate(predicates):
        hit = F.expr(predicate)
        sums.append(F.count_if(hit).alias(f"d{at}"))
        sums.append(F.coalesce(F.sum(F.when(hit, F.col("words"))), F.lit(0)).alias(f"w{at}"))
    found = _grouped(flat, _languages(documents, languages), sums, not languages)
    return Profile(
        {
            language: {name: tuple(row[f"q{at}"]) for at, name in enumerate(columns) if row[f"q{at}"]}
            for language, row in found.items()
        },
        {
            language: {name: (row[f"d{at}"], row[f"w{at}"]) for at, (name, _) in enumerate(predicates)}
            for language, row in found.items()
        },
        {language: (row["documents"], row["words"]) for language, row in found.items()},
        rules_by_name(rule_sets),
    )


def _languages(documents: DataFrame, chosen: Sequence[str]) -> list[str]:
    counted = small_rows(documents.groupBy("language").count().orderBy(F.desc("count"), "language"))
    if chosen:
        there = [row["language"] for row in counted if row["language"]]
        for language in chosen:
            if language not in there:
                raise UsageError(f"documents has none in {language}", expected=f"one of {', '.join(there)}")
        return list(chosen)
    all_documents = sum(row["count"] for row in counted)
    return [row["language"] for row in counted if row["count"] >= _FEWEST * all_documents]


def _grouped(
    rows: DataFrame, languages: Sequence[str], sums: Sequence[Column], with_all: bool
) -> dict[str, dict[str, Any]]:
    """Return the sums by language, before them those of all where asked for."""
    found = {_ALL: small_rows(rows.agg(*sums))[0]} if with_all else {}
    per_language = small_rows(rows.where(F.col("language").isin(list(languages))).groupBy("language").agg(*sums))
    by_name = {row["language"]: row for row in per_language}
    return {**found, **{name: by_name[name] for name in languages if name in by_name}}


def _numbers(documents: DataFrame) -> dict[str, Column]:
    """Return every number that was measured, by the name that rules use."""
    names = ["words", "language_score"]
    for kind in _STRUCTS:
        if kind in documents.columns:
            families = documents.schema[kind].dataType
            assert isinstance(families, StructType)
            names += [f"{family.name}.{field}" for family in families for field in _numeric(family.dataType)]
    found = {name: measured_column(documents, name) for name in names}
    return {name: column for name, column in found.items() if column is not None}


def _numeric(struct: Any) -> list[str]:
    return [field.name for field in struct if isinstance(field.dataType, NumericType)]


def _lines(found: Profile) -> Iterator[str]:
    for language, (documents, words) in found.totals.items():
        yield f"{language}: {number(documents)} documents, {number(words)} words"
        heads = "".join(f"{f'{100 * part:g} %':>11}" for part in SHARES)
        yield f"  {'signal':<{_WIDTH}}{heads}"
        for name, values in found.quantiles[language].items():
            yield f"  {name:<{_WIDTH}}" + "".join(f"{f'{value:.4g}':>11}" for value in values)
        if found.rules.get(language):
            yield f"  {'rule, on its own':<{_WIDTH}}{'documents':>11}{'':>11}{'words':>14}{'':>11}  drops when"
        for rule, (dropped, dropped_words) in found.rules.get(language, {}).items():
            counts = (
                f"{dropped:>11,}{share(dropped, documents):>11}{dropped_words:>14,}{share(dropped_words, words):>11}"
            )
            yield f"  {rule:<{_WIDTH}}{counts}  {found.conditions[rule].condition}"

"""Derive thresholds from a language's documents, as FineWeb2 without labels.

Source: FineWeb2 (arXiv 2506.20920), huggingface/fineweb-2: each language's thresholds come from its own distribution,
at the quantile that the published threshold has in a reference language, or so that a tail of a given share is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import sqlglot
import yaml
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from sqlglot import expressions as exp

from lakesift.documents.rules.rules import DEFAULT, DIALECT
from lakesift.errors import UsageError
from lakesift.reporting.frames import small_rows
from lakesift.reporting.rules import RuleSet, Threshold
from lakesift.reporting.signals import measured_column
from lakesift.reporting.wording import share

Method = Literal["quantile", "tail"]
# Exact up to this many distinct values; beyond, the rank is off by at most a ten-thousandth (percentile_approx).
_ACCURACY: Final = 10_000
_OPERATORS: Final[dict[type[exp.Expr], str]] = {exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Cut:
    """A rule that drops where one number is beyond one threshold.

    Attributes:
        rule_set, rule, threshold: its names.
        column: the number, as the predicate names it.
        operator: `<`, `<=`, `>` or `>=`; the column stands on its left.
        published: the threshold in force, by language, under `default` for all others.
    """

    rule_set: str
    rule: str
    threshold: str
    column: str
    operator: str
    published: tuple[tuple[str, float], ...]

    def of(self, language: str) -> float:
        """Return the threshold in force for a language."""
        values = dict(self.published)
        return values.get(language, values[DEFAULT])


@dataclass(frozen=True)
class LanguageCuts:
    """Thresholds of one language.

    Attributes:
        language: its code.
        documents: how many it has.
        source: how they were derived.
        values: by cut, the threshold.
        left_out: by cut, why it has none.
    """

    language: str
    documents: int
    source: str
    values: dict[Cut, float]
    left_out: dict[Cut, str]

    def __str__(self) -> str:
        """Return the text of a file `conf/languages/XX.yml`."""
        return "\n".join(_lines(self))


def cuts_of(rule_sets: Sequence[RuleSet]) -> list[Cut]:
    """Return the rules that compare one number with one threshold, in order."""
    return [
        cut
        for rule_set in rule_sets
        for name, rule in rule_set.rules.items()
        if (cut := _cut(rule_set.name, name, rule.drop_when, dict(rule.thresholds))) is not None
    ]


def thresholds_of(
    documents: DataFrame,
    rule_sets: Sequence[RuleSet],
    languages: Sequence[str],
    *,
    like: str = "en",
    method: Method = "quantile",
    tail: float = 0.1,
) -> list[LanguageCuts]:
    """Derive thresholds by language, in two passes over the narrow columns.

    Of n documents of a language, k are to be dropped: the share that the threshold in force drops of the reference
    language (`quantile`), or `tail`, of n, rounded down. For `<` and `>` the threshold is the value of the first
    document that stays, so that at most k are dropped; for `<=` and `>=` it is that of the last one that goes. Where k
    is 0 or n, or nothing of the reference is dropped, the documents say nothing and there is no threshold.

    Args:
        documents: rows of `documents`.
        rule_sets: whose thresholds are derived, with those in force filled in.
        languages: codes, at least one.
        like: the reference language of `quantile`.
        method: which way.
        tail: share to drop, between 0 and 1, of `tail`.

    Raises:
        UsageError: a language has no documents.
    """
    cuts = cuts_of(rule_sets)
    wanted = [*languages, like] if method == "quantile" else list(languages)
    counts, dropped = _counts(documents, cuts, wanted, like)
    for language in wanted:
        if not counts.get(language):
            raise UsageError(f"documents has none in {language}", expected=f"one of {', '.join(sorted(counts))}")
    found = []
    for language in dict.fromkeys(languages):
        shares = {cut: dropped[cut] / counts[like] if method == "quantile" else tail for cut in cuts}
        ways = f"the share that the threshold drops in {like}" if method == "quantile" else f"a tail of {tail:g}"
        source = f"lakesift thresholds, {ways}, from {counts[language]} documents"
        # A product that is an integer but for the last bits of the share counts as that integer.
        numbers = {cut: int(part * counts[language] + 1e-9) for cut, part in shares.items()}
        silent = {
            cut: f"{share(part, 1)} of {counts[language]} documents would be {numbers[cut]} of them"
            for cut, part in shares.items()
            if not 0 < numbers[cut] < counts[language]
        }
        chosen = {cut: number for cut, number in numbers.items() if cut not in silent}
        values = _values_at(documents, language, counts[language], chosen)
        found.append(LanguageCuts(language, counts[language], source, values, silent))
    return found


def _cut(rule_set: str, rule: str, drop_when: str, thresholds: dict[str, Threshold]) -> Cut | None:
    node = sqlglot.parse_one(drop_when, dialect=DIALECT)
    operator = _OPERATORS.get(type(node))
    if operator is None:
        return None
    left, right = node.this, node.expression
    if isinstance(left, exp.Placeholder):
        left, right, operator = right, left, _TURNED[operator]
    if not isinstance(left, exp.Column) or not isinstance(right, exp.Placeholder):
        return None
    published = thresholds[str(right.this)]
    by_language = published if isinstance(published, Mapping) else {DEFAULT: published}
    numbers = tuple((code, float(value)) for code, value in by_language.items() if not isinstance(value, str))
    if len(numbers) < len(by_language):
        return None
    return Cut(rule_set, rule, str(right.this), left.sql(dialect=DIALECT), operator, numbers)


def _counts(
    documents: DataFrame, cuts: Sequence[Cut], languages: Sequence[str], like: str
) -> tuple[dict[str, int], dict[Cut, int]]:
    """Count documents by language, and what each rule drops of the reference."""
    hits = [F.count_if(_beyond(_column(documents, cut), cut, like)).alias(f"d{at}") for at, cut in enumerate(cuts)]
    counted = documents.groupBy("language").agg(F.count("*").alias("documents"), *hits)
    rows = {row["language"]: row for row in small_rows(counted)}
    dropped = {cut: rows[like][f"d{at}"] if like in rows else 0 for at, cut in enumerate(cuts)}
    return {language: row["documents"] for language, row in rows.items()}, dropped


def _beyond(column: Column, cut: Cut, language: str) -> Column:
    value = F.lit(cut.of(language))
    return {"<": column < value, "<=": column <= value, ">": column > value, ">=": column >= value}[cut.operator]


def _column(documents: DataFrame, cut: Cut) -> Column:
    column = measured_column(documents, cut.column)
    if column is None:
        raise UsageError(f"documents has no {cut.column}")
    return column.cast("double")


def _values_at(documents: DataFrame, language: str, count: int, numbers: dict[Cut, int]) -> dict[Cut, float]:
    """Return the values at the ranks, counted from the end that each rule drops."""
    if not numbers:
        return {}
    picked = [
        # The middle of a rank: its bounds would go to one side or the other by the last bit of a quotient.
        F.percentile_approx(
            _column(documents, cut), F.lit((_place(cut.operator, number, count) + 0.5) / count), F.lit(_ACCURACY)
        ).alias(f"at{at}")
        for at, (cut, number) in enumerate(numbers.items())
    ]
    [row] = small_rows(documents.where(F.col("language") == language).agg(*picked))
    return {cut: row[f"at{at}"] for at, cut in enumerate(numbers)}


def _place(operator: str, number: int, count: int) -> int:
    return {"<": number, "<=": number - 1, ">": count - 1 - number, ">=": count - number}[operator]


def _lines(found: LanguageCuts) -> Iterator[str]:
    nested: dict[str, dict[str, dict[str, float]]] = {}
    for cut, value in found.values.items():
        number = int(value) if value.is_integer() else value
        nested.setdefault(cut.rule_set, {}).setdefault(cut.rule, {})[cut.threshold] = number
    head = {"language": found.language, "source": found.source}
    yield yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=1000).rstrip()
    for cut, why in found.left_out.items():
        yield f"# {cut.rule_set}.{cut.rule} is left as it is: {why}."
    yield yaml.safe_dump({"thresholds": nested}, sort_keys=False, width=1000).rstrip()

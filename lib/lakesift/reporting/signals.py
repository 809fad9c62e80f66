"""Find where the values of signals lie, beside the thresholds of rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, NumericType, StructType

from lakesift.documents.rules.rules import DEFAULT
from lakesift.reporting.frames import Tables, small_rows
from lakesift.reporting.rules import NamedRule

_SHARES: Final = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
# Exact up to this many distinct values; beyond, the rank is off by at most a ten-thousandth (percentile_approx).
_ACCURACY: Final = 10_000
_STRUCTS: Final = ("signals", "edits")


@dataclass(frozen=True)
class Spread:
    """Quantiles 1, 5, 25, 50, 75, 95, 99 % of a signal, and a rule's thresholds.

    Of a threshold that differs by language it is the one of all other languages.
    """

    column: str
    quantiles: tuple[float, ...]
    thresholds: tuple[float, ...]


def measured_column(documents: DataFrame, dotted: str) -> Column | None:
    """Return the column of `documents` that a rule names."""
    path = documents_path(documents, dotted)
    return F.col(".".join(f"`{part}`" for part in path)) if path else None


def documents_path(documents: DataFrame, dotted: str) -> tuple[str, ...] | None:
    """Return where a rule's column lies in `documents`: names from the outside in."""
    parts = tuple(dotted.split("."))
    schema = documents.schema
    for struct in _STRUCTS:
        if struct in schema.names and _has(schema[struct].dataType, parts):
            return (struct, *parts)
    return parts if _has(schema, parts) else None


def _has(kind: object, parts: tuple[str, ...]) -> bool:
    if not parts:
        return True
    return isinstance(kind, StructType) and parts[0] in kind.names and _has(kind[parts[0]].dataType, parts[1:])


def spreads(tables: Tables, rules: Iterable[NamedRule]) -> dict[str, Spread]:
    """Return by rule the spread of the one number that it compares.

    Args:
        tables: uses `documents`; without it there are none.
        rules: rules whose columns are looked up there.
    """
    documents = tables.get("documents")
    if documents is None:
        return {}
    single = [rule for rule in rules if len(rule.columns) == 1 and _cuts(rule)]
    found = {rule.columns[0]: measured_column(documents, rule.columns[0]) for rule in single}
    numbers = {
        dotted: column for dotted, column in found.items() if column is not None and _is_number(documents, column)
    }
    if not numbers:
        return {}
    shares, accuracy = list(_SHARES), F.lit(_ACCURACY)
    picked = [
        F.percentile_approx(column.cast("double"), shares, accuracy).alias(f"at{at}")
        for at, column in enumerate(numbers.values())
    ]
    [row] = small_rows(documents.agg(*picked))
    quantiles = {dotted: row[f"at{at}"] for at, dotted in enumerate(numbers)}
    return {
        rule.name: Spread(rule.columns[0], tuple(quantiles[rule.columns[0]]), _cuts(rule))
        for rule in single
        if quantiles.get(rule.columns[0])
    }


def _cuts(rule: NamedRule) -> tuple[float, ...]:
    values = [value[DEFAULT] if isinstance(value, Mapping) else value for value in rule.thresholds.values()]
    return tuple(float(value) for value in values if isinstance(value, int | float))


def _is_number(documents: DataFrame, column: Column) -> bool:
    kind = documents.select(column.alias("value")).schema["value"].dataType
    return isinstance(kind, NumericType) and not isinstance(kind, BooleanType)

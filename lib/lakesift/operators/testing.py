"""Test an operator against what its declaration promises, on made-up rows or on your own.

    from lakesift.operators.testing import check_operator

    def test_my_operator(spark):
        check_operator(OPERATOR, spark)

All of lakesift's own operators pass it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakesift.operators.accounting import account_of, count
from lakesift.operators.cuts import without
from lakesift.operators.declarations import check_columns, example_settings, problems_of
from lakesift.operators.operator import DOCUMENTS, MATERIALIZE, OUTCOMES, RULE_SETS, SCORERS, SETTINGS, Fitted, Operator
from lakesift.operators.outcome import Decided, outcomes_of, outcomes_of_left_out
from lakesift.operators.roles import OUTCOME_ROLES, Cuts, Drops, Fits, Ingests
from lakesift.operators.samples import sample_inputs
from lakesift.operators.table import Table

__all__ = ["check_operator", "problems_of", "sample_inputs"]

Frames = Mapping[str, Any]
FEW, MANY = 1, 7
"""Partitions of the inputs."""


def check_operator(
    operator: Operator,
    spark: SparkSession,
    inputs: Frames | None = None,
    settings: Any = None,
    *,
    scorers: Sequence[Any] = (),
    rule_sets: Sequence[Any] = (),
) -> None:
    """Run an operator as the engine does, and compare what it returns with its declaration.

    - The declaration itself has no mistakes, see `problems_of`.
    - Columns and types are those declared; columns that are never null have no null, and the table's constraints hold.
    - The rows are the same whether each input, and each table set aside, has one partition or seven.
    - Nulls, wherever the inputs may have them, no rows and one row are no error; nor are optional tables that are not there.
    - The rows add up, by the account of the role or the operator's own.
    - Of an operator that drops or cuts some documents leave, all for declared reasons; spans lie within texts.

    Args:
        operator: registered or not.
        spark: the session.
        inputs: frames for some of its parameters; `sample_inputs` has the others.
        settings: None: those of its example.
        scorers: where the function takes them.
        rule_sets: where the function takes them.

    Raises:
        AssertionError: a promise is not kept.
        StageError: other columns are returned than declared, or rows do not add up.
        Exception: whatever the function raises, with a note of the inputs that it was given.
    """
    problems = problems_of(operator)
    assert not problems, "\n".join([f"operator {operator.name}:", *problems])
    settings = example_settings(operator) if settings is None else settings
    tools = {SETTINGS: settings, SCORERS: scorers, RULE_SETS: rule_sets}
    frames = _as_published(operator, settings, sample_inputs(spark, operator, settings, inputs or {}))

    with _noted(operator, f"inputs in {FEW} partition"):
        given = _each(frames, lambda rows: rows.repartition(FEW))
        tables = _run(operator, spark, given, tools, FEW)
        found = {name: _checked_rows(rows, _declared(operator).get(name)) for name, rows in tables.items()}
        accounted = _accounted(operator, settings, given, tables)
        if isinstance(operator.role, OUTCOME_ROLES):
            _check_outcomes(operator, frames, tables[""])
    with _noted(operator, f"inputs in {MANY} partitions"):
        given = _each(frames, lambda rows: rows.repartition(MANY))
        again = _run(operator, spark, given, tools, MANY)
        for name, rows in again.items():
            assert _checked_rows(rows, None) == found[name], (
                f"rows{name and f' of {name}'} depend on how the inputs are partitioned"
            )
        counts = _accounted(operator, settings, given, again)
        assert counts == accounted, "counts depend on how the inputs are partitioned"
    _check_few_rows(operator, spark, frames, tools, settings)


def _check_few_rows(operator: Operator, spark: SparkSession, frames: Frames, tools: Frames, settings: Any) -> None:
    """Check that no rows, one row and missing optional tables are no error."""
    own = set(operator.external(settings)) if operator.external else set()
    optional = {each.name for each in operator.reads(settings) if each.is_optional} - own
    for what, rows_of in (("no rows", lambda rows: rows.limit(0)), ("one row", lambda rows: rows.limit(1))):
        with _noted(operator, f"inputs of {what}, without optional tables"):
            given = _each({name: None if name in optional else each for name, each in frames.items()}, rows_of)
            tables = _run(operator, spark, given, tools, FEW)
            for name, rows in tables.items():
                _checked_rows(rows, _declared(operator).get(name))
            _accounted(operator, settings, given, tables)


@contextmanager
def _noted(operator: Operator, what: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        error.add_note(f"operator {operator.name}, {what}")
        raise


def _each(frames: Frames, change: Callable[[DataFrame], Any]) -> dict[str, Any]:
    """Change each frame of some inputs, those that are given by table too."""
    return {
        name: None if each is None else _each(each, change) if isinstance(each, Mapping) else change(each)
        for name, each in frames.items()
    }


def _as_published(operator: Operator, settings: Any, frames: dict[str, Any]) -> dict[str, Any]:
    """Add what a publishing operator leaves out by itself to the outcomes, as the engine does."""
    if operator.leaves_out is None or OUTCOMES not in frames:
        return frames
    own = outcomes_of_left_out(1, operator.name, operator.leaves_out(frames, settings))
    return {**frames, OUTCOMES: frames[OUTCOMES].unionByName(own)}


def _computed(rows: DataFrame) -> DataFrame:
    """Compute rows once; they are few."""
    return rows.sparkSession.createDataFrame(rows.collect(), rows.schema)


class _Materializer:
    """Sets frames aside as a lake does: computed once, in partitions of their own, and under each name once."""

    def __init__(self, partitions: int) -> None:
        self.partitions = partitions
        self.names: set[str] = set()

    def __call__(self, rows: DataFrame, name: str, /) -> DataFrame:
        assert name not in self.names, f"materialize is called twice with the name {name}"
        self.names.add(name)
        return _computed(rows).repartition(self.partitions)


def _run(
    operator: Operator, spark: SparkSession, frames: Frames, tools: Frames, partitions: int
) -> dict[str, DataFrame]:
    """Call the function; its rows come under the name "", those of one that takes a source in by table."""
    role, given = operator.role, {MATERIALIZE: _Materializer(partitions), **tools}
    taken = {name: value for name, value in given.items() if operator.takes(name)}
    if isinstance(role, Fits):
        fitted: Fitted = operator.function(**_each(frames, lambda rows: rows.toPandas()), **taken)
        return {"": spark.createDataFrame(list(fitted.rows), operator.writes.schema)}
    rows = _computed(operator.function(**frames, **taken))
    if isinstance(role, Ingests):
        return {"counts": role.counts(rows), **{name: part(rows) for name, part in role.parts.items()}}
    check_columns(operator, rows.columns)
    return {"": rows}


def _declared(operator: Operator) -> dict[str, Table]:
    if isinstance(operator.role, Ingests):
        return {table.name: table for table in (operator.writes, *operator.more_tables)}
    return {"": operator.writes}


def _checked_rows(rows: DataFrame, table: Table | None) -> list[str]:
    """Return rows in an order of their own, as text; those of a declared table are as it says."""
    constraints = table.constraints if table else {}
    broken = F.array_compact(F.array(*[F.expr(f"IF({check}, NULL, '{name}')") for name, check in constraints.items()]))
    found = rows.withColumn("_broken", broken if constraints else F.lit(None)).collect()
    if table is not None:
        types = dict(rows.sparkSession.createDataFrame([], table.schema).dtypes)
        returned = {name: kind for name, kind in rows.dtypes if name in types}
        assert returned == types, f"{_but(returned, types)} are returned, {_but(types, returned)} are declared"
        nulls = [name for name in types if table.columns[name].null is None and any(row[name] is None for row in found)]
        assert not nulls, f"null in {', '.join(nulls)}, declared as never null"
        wrong = sorted({name for row in found for name in row["_broken"] or ()})
        assert not wrong, f"constraints do not hold: {', '.join(wrong)}"
    return sorted(repr({name: _plain(row[name]) for name in sorted(rows.columns)}) for row in found)


def _but(types: Mapping[str, str], others: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in types.items() if others.get(name) != kind)


def _plain(value: Any) -> Any:
    """Return a value in which maps have an order."""
    if isinstance(value, dict):
        return sorted((name, _plain(each)) for name, each in value.items())
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _accounted(operator: Operator, settings: Any, frames: Frames, tables: Mapping[str, DataFrame]) -> Any:
    """Return the row counts of a stage, which add up."""
    if isinstance(operator.role, Ingests):
        counted = tables["counts"].agg(F.sum("pages").alias("pages"), F.sum("links").alias("links")).first()
        assert counted is not None
        for name in ("pages", "links"):
            rows = tables[name].count()
            assert (counted[name] or 0) == rows, f"{rows} {name}, of which {counted[name]} are counted"
        return counted
    return count(operator.name, account_of(operator, settings, frames, tables[""]))


def _check_outcomes(operator: Operator, frames: Frames, rows: DataFrame) -> None:
    role, found = operator.role, outcomes_of(Decided(0, operator.name, operator, rows)).collect()
    once = {row["doc_id"] for row in found}
    assert len(once) == len(found), "a document has two rows"
    if isinstance(role, Drops | Cuts):
        reasons = {row["reason"] for row in found if not row["kept"]}
        assert reasons, "no document leaves: pass inputs of which one does"
        undeclared = reasons - set(role.reasons or reasons)
        assert not undeclared, f"documents leave for {undeclared}, the declared reasons are {role.reasons}"
    if isinstance(role, Cuts):
        texts = {row["doc_id"]: row["text"] for row in frames[DOCUMENTS].select("doc_id", "text").collect()}
        for row in rows.collect():
            text, spans = texts[row["doc_id"]], row["spans"] or ()
            left = without(text, spans)
            put = sum(len(span["put"].encode()) for span in spans)
            removed = len(text.encode()) - len(left.encode()) + put
            assert row["removed"] == removed, (
                f"{row['doc_id']}: removed is {row['removed']}, spans have {removed} bytes"
            )

"""How the rows of a stage add up: rows in = rows out + rows rejected; it follows from the operator's role."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakesift.errors import StageError
from lakesift.operators.operator import DOCUMENTS, UNCUT, Account, Operator
from lakesift.operators.outcome import Decided, outcomes_of
from lakesift.operators.roles import Cuts, Drops, Measures, Publishes, Weighs


def account_of(operator: Operator, settings: Any, inputs: Mapping[str, Any], output: DataFrame) -> Account:
    """Return how the rows of a stage add up, as its role or the operator itself says.

    Args:
        operator, settings: of the stage.
        inputs: its arguments, by parameter.
        output: rows of the table that it wrote.
    """
    role = operator.role
    if operator.account is not None:
        return operator.account(inputs, output, settings)
    if isinstance(role, Drops | Cuts | Weighs):
        seen = seen_by(operator, inputs)
        if isinstance(role, Weighs):
            return Account(seen, seen)
        gone = outcomes_of(Decided(0, operator.name, operator, output)).where("NOT kept")
        dropped = gone.select("doc_id", "reason")
        if isinstance(role, Drops) and role.failed is not None:
            return Account(seen, output.where(f"NOT ({role.when})"), dropped)
        return Account(seen, seen.join(dropped, "doc_id", "left_anti"), dropped, _cut(output, role))
    if isinstance(role, Publishes):
        assert operator.leaves_out is not None
        return Account(inputs[role.of], output, operator.leaves_out(inputs, settings))
    if not isinstance(role, Measures) or role.of is None:
        return Account(output, output)
    measured = inputs[role.of]
    if role.sparse:
        return Account(measured, measured)
    if role.missing is None:
        return Account(measured, output)
    return Account(
        measured, output, measured.join(output, "doc_id", "left_anti").withColumn("reason", F.lit(role.missing))
    )


def seen_by(operator: Operator, inputs: Mapping[str, Any]) -> DataFrame:
    """Return the kept documents that an operator decides over."""
    seen: DataFrame = inputs[DOCUMENTS] if operator.takes(DOCUMENTS) else inputs[UNCUT]
    return seen


def _cut(output: DataFrame, role: Drops | Cuts) -> DataFrame | None:
    if not isinstance(role, Cuts):
        return None
    counted = output.where("reason IS NULL AND removed > 0").selectExpr(
        "count(*) AS cut", "coalesce(sum(removed), 0) AS bytes"
    )
    return counted.selectExpr("stack(2, 'documents_cut', cut, 'bytes_cut', bytes) AS (name, count)")


def count(stage: str, account: Account) -> tuple[int, int, dict[str, int], dict[str, int]]:
    """Count rows in, rows out, rows rejected by reason, and what else the stage counted, by one query.

    Raises:
        StageError: they do not add up.
    """
    is_same = account.rows_out is account.rows_in
    nothing = F.lit(None).cast("string")
    parts = [_counted(account.rows_in, "in", nothing)]
    if not is_same:
        parts.append(_counted(account.rows_out, "out", nothing))
    if account.rejected is not None:
        parts.append(_counted(account.rejected, "rejected", F.col("reason")))
    if account.counts is not None:
        parts.append(account.counts.selectExpr("'counted' AS part", "name AS reason", "count AS rows"))
    # One row for the rows in, one for those out, one for each reason, and one for each further count.
    found = reduce(DataFrame.unionByName, parts).collect()
    counts = {row["reason"]: row["rows"] for row in found if row["part"] == "counted"}
    rejected = dict(sorted((str(row["reason"]), row["rows"]) for row in found if row["part"] == "rejected"))
    rows_in, rows_out = (sum(row["rows"] for row in found if row["part"] == part) for part in ("in", "out"))
    rows_out = rows_in if is_same else rows_out
    if rows_in != rows_out + sum(rejected.values()):
        raise StageError(
            f"the rows of stage {stage} do not add up: {rows_in} in, {rows_out} out, rejected {rejected or 0}",
            next_step="please report this with the recipe; the table it wrote is kept for inspection",
        )
    return rows_in, rows_out, rejected, counts


def _counted(rows: DataFrame, part: str, reason: Column) -> DataFrame:
    return rows.groupBy(F.lit(part).alias("part"), reason.alias("reason")).agg(F.count("*").alias("rows"))

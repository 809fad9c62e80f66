"""From records to the data set: how many documents and words are left after every step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakesift.operators.decisions import DECIDING, dropped_by
from lakesift.reporting.frames import DATASET_PREFIX, Tables, small_rows
from lakesift.reporting.rules import RuleSet, rules_by_name

Kind = Literal["rule", "duplicate", "unchosen", "chosen"]
_UNKNOWN_LANGUAGE: Final = "un"


@dataclass(frozen=True)
class Fate:
    """What became of the documents of one language at one step; `name` is a rule or a reason of deduplication."""

    kind: Kind
    name: str
    language: str
    documents: int
    words: int


@dataclass(frozen=True)
class Step:
    """One step of the funnel: what it dropped, in order, and what was left after it."""

    label: str
    kind: Kind | Literal["start"]
    dropped: int
    dropped_words: int
    left: int
    left_words: int


def fates(tables: Tables, dataset: str | None) -> list[Fate]:
    """Return, per language and step, the documents that left at that step; together they are all documents.

    A document that is in the data set counts as chosen. Any other one counts once, where it left first: the first rule
    that failed, else the first stage of deduplication that dropped it, else what the publishing stage asked for.

    Args:
        tables: uses `verdicts` (else `documents`), those that drop documents and `dataset_<dataset>`, as far as they are
            there.
        dataset: a data set of documents; without one the documents that are left count as chosen.
    """
    judged = _judged(tables)
    if judged is None:
        return []
    chosen_table = tables.get(f"{DATASET_PREFIX}{dataset}") if dataset else None
    judged = _join_dropped(judged, tables)
    judged = _join_chosen(judged, chosen_table)
    unchosen: Kind = "chosen" if chosen_table is None else "unchosen"
    step = (
        F.when(F.col("chosen"), _step("chosen", F.lit("")))
        .when(F.size("failed") > 0, _step("rule", F.get("failed", F.lit(0))))
        .when(F.col("duplicate").isNotNull(), _step("duplicate", F.col("duplicate")))
        .otherwise(_step(unchosen, F.lit("")))
    )
    counted = judged.groupBy(step.alias("step"), "language").agg(
        F.count("*").alias("documents"), F.sum("words").alias("words")
    )
    rows = small_rows(counted.select("step.kind", "step.name", "language", "documents", "words"))
    return [Fate(**row) for row in rows]


def alone(tables: Tables) -> list[Fate]:
    """Return, per language and rule, the documents that the rule fails, whatever other rules say."""
    judged = _judged(tables)
    if judged is None:
        return []
    failed = judged.select("language", "words", F.explode("failed").alias("name"))
    counted = failed.groupBy("name", "language").agg(F.count("*").alias("documents"), F.sum("words").alias("words"))
    return [Fate(kind="rule", **row) for row in small_rows(counted)]


def rule_order(tables: Tables, rule_sets: Sequence[RuleSet], seen: Sequence[Fate]) -> list[str]:
    """Return all rules in the order they are judged, those that dropped nothing included.

    The order is that of the rule sets; rules that are in none of them follow by their place in the `funnel` table.
    """
    place: dict[str, tuple[int, int]] = {}
    if "funnel" in tables:
        positions = tables["funnel"].where("rule is not null").groupBy("rule").agg(F.max("position").alias("position"))
        place = {row["rule"]: (1, int(row["position"] or 0)) for row in small_rows(positions)}
    known = {name: (0, position) for position, name in enumerate(rules_by_name(rule_sets))}
    # With the rule sets at hand, the funnel's rules of other recipes would only be rows of zeros.
    names = set(known or place) | {fate.name for fate in seen if fate.kind == "rule"}
    last = (2, 0)
    return sorted(names, key=lambda name: (known.get(name, place.get(name, last)), name))


def funnel_steps(found: Sequence[Fate], order: Sequence[str], dataset: str | None) -> list[Step]:
    """Return the steps from all documents down to the chosen ones; every step starts with what the last one left."""
    left, left_words = sum(fate.documents for fate in found), sum(fate.words for fate in found)
    steps = [Step("documents", "start", 0, 0, left, left_words)]
    reasons = sorted({fate.name for fate in found if fate.kind == "duplicate"})
    plan: list[tuple[str, Kind, str]] = [(name, "rule", name) for name in order]
    plan += [(name.replace("_", " "), "duplicate", name) for name in reasons]
    if any(fate.kind == "unchosen" for fate in found):
        plan.append(("not chosen when published", "unchosen", ""))
    for label, kind, name in plan:
        here = [fate for fate in found if (fate.kind, fate.name) == (kind, name)]
        dropped, words = sum(fate.documents for fate in here), sum(fate.words for fate in here)
        left, left_words = left - dropped, left_words - words
        steps.append(Step(label, kind, dropped, words, left, left_words))
    steps.append(Step(f"data set {dataset}" if dataset else "left after all steps", "chosen", 0, 0, left, left_words))
    return steps


def _judged(tables: Tables) -> DataFrame | None:
    language = F.coalesce(F.col("language"), F.lit(_UNKNOWN_LANGUAGE)).alias("language")
    words = F.coalesce(F.col("words"), F.lit(0)).cast("bigint").alias("words")
    none_failed = F.array().cast("array<string>")
    if "verdicts" in tables:
        failed = F.coalesce(F.col("failed"), none_failed).alias("failed")
        return tables["verdicts"].select("doc_id", language, words, failed)
    if "documents" in tables:
        return tables["documents"].select("doc_id", language, words, none_failed.alias("failed"))
    return None


def _join_dropped(judged: DataFrame, tables: Tables) -> DataFrame:
    reasons = [F.lit(None).cast("string")]
    for table in DECIDING.values():
        dropped = dropped_by(table, tables[table]) if table in tables else None
        if dropped is not None:
            judged = judged.join(dropped.withColumnRenamed("reason", table), "doc_id", how="left")
            reasons.append(F.col(table))
    return judged.withColumn("duplicate", F.coalesce(*reasons))


def _join_chosen(judged: DataFrame, dataset: DataFrame | None) -> DataFrame:
    if dataset is None:
        return judged.withColumn("chosen", F.lit(False))
    ids = dataset.select("doc_id").distinct().withColumn("chosen", F.lit(True))
    return judged.join(ids, "doc_id", how="left").withColumn("chosen", F.coalesce("chosen", F.lit(False)))


def _step(kind: Kind, name: Column) -> Column:
    return F.struct(F.lit(kind).alias("kind"), name.alias("name"))

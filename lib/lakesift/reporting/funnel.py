"""Count how many documents and words are left after every step of a recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakesift.operators.names import DATASET_PREFIX
from lakesift.operators.outcome import decided_once
from lakesift.operators.roles import OUTCOME_ROLES
from lakesift.reporting.frames import LakeTables, Tables, failed_rules, made_by, outcomes_in, small_rows, with_rules
from lakesift.reporting.rules import RuleSet, rules_by_name

Kind = Literal["rule", "reason", "unchosen", "chosen"]
_UNKNOWN_LANGUAGE: Final = "un"


@dataclass(frozen=True)
class Outcome:
    """What became of documents of one language; `name` is a rule or a reason."""

    kind: Kind
    name: str
    language: str
    documents: int
    words: int
    place: int | None = None


@dataclass(frozen=True)
class Step:
    """One step of the funnel: what it dropped, in order, and what was left after it."""

    label: str
    kind: Kind | Literal["start"]
    dropped: int
    dropped_words: int
    left: int
    left_words: int


def document_outcomes(tables: Tables, dataset: str | None) -> list[Outcome]:
    """Count by language and step the documents that left; together they are all.

    A document that is in the data set counts as chosen. Any other one counts once, where it left first. With the
    outcomes that were kept with the data set, one that is in it only because the version that it was added to had it
    counts where it left, too.

    Args:
        tables: uses `documents`, those of stages that decide, and `dataset_<dataset>`, as far as they are there.
        dataset: a data set of documents; without one the kept documents count as chosen.
    """
    documents = _documents(tables)
    if documents is None:
        return []
    chosen_table = tables.get(f"{DATASET_PREFIX}{dataset}") if dataset else None
    judged = _join_chosen(_join_outcomes(documents, tables), chosen_table)
    rules = [each.stage for each in with_rules(tables)]
    unchosen: Kind = "chosen" if chosen_table is None else "unchosen"
    is_chosen = F.col("chosen") & F.col("reason").isNull() if _are_kept(tables) else F.col("chosen")
    step = (
        F.when(is_chosen, _step("chosen", F.lit("")))
        .when(F.col("reason").isNotNull() & F.col("stage").isin(rules), _step("rule", F.col("reason")))
        .when(F.col("reason").isNotNull(), _step("reason", F.col("reason")))
        .otherwise(_step(unchosen, F.lit("")))
    )
    counted = judged.groupBy(step.alias("step"), "language").agg(
        F.count("*").alias("documents"), F.sum("words").alias("words"), F.min("place").alias("place")
    )
    rows = small_rows(counted.select("step.kind", "step.name", "language", "documents", "words", "place"))
    return [Outcome(**row) for row in rows]


def alone(tables: Tables) -> list[Outcome]:
    """Count by language and rule what the rule fails, whatever other rules say."""
    found: list[Outcome] = []
    for stage in with_rules(tables):
        failed = stage.rows.select(*_counted(), F.explode(F.expr(failed_rules(stage))).alias("name"))
        counted = failed.groupBy("name", "language").agg(F.count("*").alias("documents"), F.sum("words").alias("words"))
        found += [Outcome(kind="rule", **row) for row in small_rows(counted)]
    return found


def rule_order(tables: Tables, rule_sets: Sequence[RuleSet], seen: Sequence[Outcome]) -> list[str]:
    """Return all rules in their order, those that dropped nothing included.

    The order is that of the rule sets; rules that are in none of them follow by their place in the `funnel` table.
    """
    place: dict[str, tuple[int, int]] = {}
    if "funnel" in tables:
        positions = tables["funnel"].where("rule is not null").groupBy("rule").agg(F.max("position").alias("position"))
        place = {row["rule"]: (1, int(row["position"] or 0)) for row in small_rows(positions)}
    known = {name: (0, position) for position, name in enumerate(rules_by_name(rule_sets))}
    # With the rule sets at hand, the funnel's rules of other recipes would only be rows of zeros.
    names = set(known or place) | {each.name for each in seen if each.kind == "rule"}
    last = (2, 0)
    return sorted(names, key=lambda name: (known.get(name, place.get(name, last)), name))


def funnel_steps(found: Sequence[Outcome], order: Sequence[str], dataset: str | None) -> list[Step]:
    """Return the steps from all documents to the chosen ones, in order."""
    left, left_words = sum(each.documents for each in found), sum(each.words for each in found)
    steps = [Step("documents", "start", 0, 0, left, left_words)]
    plan = _in_order(found, order)
    if any(each.kind == "unchosen" for each in found):
        plan.append(("not chosen when published", "unchosen", ""))
    for label, kind, name in plan:
        here = [each for each in found if (each.kind, each.name) == (kind, name)]
        dropped, words = sum(each.documents for each in here), sum(each.words for each in here)
        left, left_words = left - dropped, left_words - words
        steps.append(Step(label, kind, dropped, words, left, left_words))
    steps.append(Step(f"data set {dataset}" if dataset else "left after all steps", "chosen", 0, 0, left, left_words))
    return steps


def _in_order(found: Sequence[Outcome], order: Sequence[str]) -> list[tuple[str, Kind, str]]:
    """Return label, kind and name of rules and reasons, in the order of their stages."""
    places: dict[tuple[Kind, str], int] = {}
    for each in found:
        key, place = (each.kind, each.name), each.place or 0
        places[key] = min(places.get(key, place), place)
    planned: list[tuple[int, str, Kind, str]] = []
    before = 0
    for name in order:
        # A rule that dropped nothing has no place of its own.
        before = max(before, places.get(("rule", name), before))
        planned.append((before, name, "rule", name))
    reasons = sorted(name for kind, name in places if kind == "reason")
    planned += [(places["reason", name], name.replace("_", " "), "reason", name) for name in reasons]
    return [(label, kind, name) for _, label, kind, name in sorted(planned, key=lambda each: each[0])]


def _are_kept(tables: Tables) -> bool:
    """Return whether the outcomes are those that were kept with a data set."""
    return isinstance(tables, LakeTables) and tables.outcomes is not None


def _documents(tables: Tables) -> DataFrame | None:
    rules = with_rules(tables)
    rows = tables.get("documents")
    if rules and made_by(tables, *OUTCOME_ROLES)[0] == rules[0]:
        # Where they come first, verdicts say language and words of all documents, and are narrower.
        rows = rules[0].rows
    return None if rows is None else rows.select("doc_id", *_counted())


def _counted() -> tuple[Column, Column]:
    language = F.coalesce(F.col("language"), F.lit(_UNKNOWN_LANGUAGE)).alias("language")
    return language, F.coalesce(F.col("words"), F.lit(0)).cast("bigint").alias("words")


def _join_outcomes(documents: DataFrame, tables: Tables) -> DataFrame:
    outcomes = outcomes_in(tables)
    if outcomes is None:
        nothing = {"reason": "string", "stage": "string", "place": "int"}
        return documents.withColumns({name: F.lit(None).cast(kind) for name, kind in nothing.items()})
    decided = decided_once(outcomes).select("doc_id", "reason", "stage", "place")
    return documents.join(decided, "doc_id", "left")


def _join_chosen(judged: DataFrame, dataset: DataFrame | None) -> DataFrame:
    if dataset is None:
        return judged.withColumn("chosen", F.lit(False))
    ids = dataset.select("doc_id").distinct().withColumn("chosen", F.lit(True))
    return judged.join(ids, "doc_id", how="left").withColumn("chosen", F.coalesce("chosen", F.lit(False)))


def _step(kind: Kind, name: Column) -> Column:
    return F.struct(F.lit(kind).alias("kind"), name.alias("name"))

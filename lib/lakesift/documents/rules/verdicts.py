"""The verdict of all rules on every document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakesift.documents.rules.rules import DOCUMENT_COLUMNS, LANGUAGES, SCORES, RuleSet


def decide(documents: DataFrame, rule_sets: Sequence[RuleSet]) -> DataFrame:
    """The verdict on every document: kept, and the full names of all rules that failed, in order.

    Args:
        documents: rows of `documents`, with `scores` where rules name them.
        rule_sets: with their thresholds filled in.

    Returns:
        One row a document, in the columns of `verdicts`. A predicate that is null for a document (a signal that was
        not measured) fails the query: nothing unknown passes.
    """
    rows = judged(documents, {"failed": rule_sets}, "language", "words")
    return rows.select("doc_id", (F.size("failed") == 0).alias("kept"), "failed", "language", "words")


def judged(documents: DataFrame, rule_sets: Mapping[str, Sequence[RuleSet]], *about: str) -> DataFrame:
    """What each of some lists of rule sets says of every document, in one pass.

    Args:
        documents: rows of `documents`.
        rule_sets: the lists, by the name of a column.
        about: columns of `documents` that stay; of `DOCUMENT_COLUMNS`.

    Returns:
        doc_id, the columns that stay, and by name the full names of all rules that failed, in order; the query fails
        where a rule has no answer.
    """
    structs = [f"{kind}.*" for kind in ("signals", "edits") if kind in documents.columns]
    answers = [column for column in (LANGUAGES, SCORES) if column in documents.columns]
    measured = documents.select("doc_id", *DOCUMENT_COLUMNS, *answers, *structs)
    failed = F.struct(*[_failures(of_one).alias(name) for name, of_one in rule_sets.items()])
    # Exploded, what failed is worked out once; else Spark copies all predicates into each use of it, and fails to compile.
    once = measured.select("doc_id", *about, F.explode(F.array(failed)).alias("failed"))
    return once.select("doc_id", *about, "failed.*")


def _failures(rule_sets: Sequence[RuleSet]) -> Column:
    tests = [_failed(name, predicate) for rule_set in rule_sets for name, predicate in rule_set.predicates()]
    # Names are there once each. A lambda that takes nulls away would not be compiled, and takes five times as long.
    nothing = F.array(F.lit(None).cast("string"))
    return F.array_except(F.array(*tests), nothing) if tests else F.array().cast("array<string>")


def _failed(name: str, predicate: str) -> Column:
    unknown = F.raise_error(F.concat(F.lit(f"rule {name} has no value for document "), F.col("doc_id")))
    outcome = F.expr(predicate)
    return F.when(outcome, F.lit(name)).when(~outcome, F.lit(None)).otherwise(unknown.cast("string"))

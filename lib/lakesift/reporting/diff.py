"""Which documents and words two choices keep, and what keeps the others out: by rule, language and domain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakesift.reporting.frames import small_rows
from lakesift.reporting.wording import number, share, shorten

NOT_THERE: Final = "not_in_documents"
_NONE: Final = "(none)"
_NAME_CHARACTERS: Final = 60
_EXCERPT_CHARACTERS: Final = 160
_WHERE: Final = ("both", "only_a", "only_b", "neither")


@dataclass(frozen=True)
class Choice:
    """One of the two things compared.

    Attributes:
        name: as the user wrote it.
        documents: doc_id, url, registered_domain, language, words, text of all documents that it chose from.
        fates: doc_id, inside (whether it is chosen), reasons (names of all that keep it out): one row a document.
    """

    name: str
    documents: DataFrame
    fates: DataFrame


@dataclass(frozen=True)
class Difference:
    """What `compare` found; every list is sorted by documents, largest first.

    Attributes:
        a, b: names of the two choices.
        totals: documents and words that are in `both`, in `only_a`, in `only_b`, in `neither`.
        rules: side (the choice that leaves out), rule, documents and words that only the other has and that this rule
            keeps out; `alone`: of them the documents that nothing else keeps out.
        languages, domains: documents and words per value in both, only in a, only in b.
        examples: side (the choice that has it), doc_id, url, reasons of the other, excerpt.
    """

    a: str
    b: str
    totals: dict[str, tuple[int, int]]
    rules: list[dict[str, Any]]
    languages: list[dict[str, Any]]
    domains: list[dict[str, Any]]
    examples: list[dict[str, Any]]

    def __str__(self) -> str:
        """The difference for a terminal; nothing from the crawl can steer it."""
        return "\n".join(_lines(self))


def compare(a: Choice, b: Choice, languages: int = 20, domains: int = 10, examples: int = 3) -> Difference:
    """Compare two choices document by document.

    Args:
        a, b: the choices; a document that only one of them knows counts as left out of the other (`not_in_documents`).
        languages, domains: number of languages and registered domains listed.
        examples: number of documents shown for each side.
    """
    joined = _joined(a, b)
    sums = [F.count("*").alias("documents"), F.coalesce(F.sum("words"), F.lit(0)).alias("words")]
    found = {row["place"]: row for row in small_rows(joined.groupBy("place").agg(*sums))}
    totals = {
        place: (found[place]["documents"], found[place]["words"]) if place in found else (0, 0) for place in _WHERE
    }
    moved = joined.where(F.col("place").isin("only_a", "only_b"))
    per_rule = moved.select(
        F.when(F.col("place") == "only_a", b.name).otherwise(a.name).alias("side"),
        F.explode("reasons").alias("rule"),
        "words",
        (F.size("reasons") == 1).cast("int").alias("single"),
    )
    rules = per_rule.groupBy("side", "rule").agg(*sums, F.sum("single").alias("alone"))
    return Difference(
        a.name,
        b.name,
        totals,
        small_rows(rules.orderBy(F.desc("documents"), "side", "rule")),
        small_rows(
            _by(joined, "language")
            .where("both + moved > 0")
            .orderBy(F.desc("moved"), F.desc("both"), "language")
            .limit(languages)
        ),
        small_rows(_by(moved, "registered_domain").orderBy(F.desc("moved"), "registered_domain").limit(domains)),
        _examples(a, b, moved, examples),
    )


def _joined(a: Choice, b: Choice) -> DataFrame:
    about = ("url", "registered_domain", "language", "words")
    narrow = [
        choice.documents.select("doc_id", *about)
        .join(choice.fates, "doc_id")
        .select("doc_id", F.struct(*about, "inside", "reasons").alias(side))
        for side, choice in (("a", a), ("b", b))
    ]
    rows = narrow[0].join(narrow[1], "doc_id", "full_outer")
    in_a, in_b = (F.coalesce(F.col(f"{side}.inside"), F.lit(False)) for side in "ab")
    place = F.when(in_a & in_b, "both").when(in_a, "only_a").when(in_b, "only_b").otherwise("neither")
    reasons = F.when(in_a, _reasons("b")).otherwise(_reasons("a"))
    values: list[Column] = [F.coalesce(f"a.{name}", f"b.{name}").alias(name) for name in about]
    return rows.select("doc_id", *values, place.alias("place"), reasons.alias("reasons"))


def _reasons(side: str) -> Column:
    return F.coalesce(F.col(f"{side}.reasons"), F.array(F.lit(NOT_THERE)))


def _by(rows: DataFrame, column: str) -> DataFrame:
    counts = [
        F.coalesce(F.sum(F.when(F.col("place") == place, unit)), F.lit(0)).alias(name)
        for place in _WHERE[:3]
        for name, unit in ((place, F.lit(1)), (f"{place}_words", F.col("words")))
    ]
    named = rows.groupBy(F.expr(f"coalesce(nullif({column}, ''), '{_NONE}')").alias(column)).agg(*counts)
    return named.withColumn("moved", F.col("only_a") + F.col("only_b"))


def _examples(a: Choice, b: Choice, moved: DataFrame, count: int) -> list[dict[str, Any]]:
    """The documents with the smallest ids; only their texts are read."""
    found = []
    for place, has in (("only_a", a), ("only_b", b)):
        chosen = small_rows(
            moved.where(F.col("place") == place).orderBy("doc_id").limit(count).select("doc_id", "url", "reasons")
        )
        ids = [row["doc_id"] for row in chosen]
        texts = has.documents.where(F.col("doc_id").isin(ids)) if ids else None
        shown = F.substring("text", 1, 4 * _EXCERPT_CHARACTERS).alias("text")
        excerpts = {row["doc_id"]: row["text"] for row in small_rows(texts.select("doc_id", shown))} if texts else {}
        for row in chosen:
            found.append({**row, "side": has.name, "excerpt": shorten(excerpts[row["doc_id"]], _EXCERPT_CHARACTERS)})
    return found


def _lines(found: Difference) -> Iterator[str]:
    yield f"A = {found.a}, B = {found.b}"
    everything = sum(documents for documents, _ in found.totals.values())
    labels = ("in both", "only in A", "only in B", "in neither")
    for label, place in zip(labels, _WHERE, strict=True):
        documents, words = found.totals[place]
        yield f"  {label:<12} {number(documents):>12} documents {share(documents, everything):>8} {number(words):>14} words"
    yield from _rule_lines("what B leaves out of A", found.b, found.rules)
    yield from _rule_lines("what A leaves out of B", found.a, found.rules)
    yield from _table("languages", "language", found.languages)
    yield from _table("domains that differ most", "registered_domain", found.domains)
    for row in found.examples:
        yield f"only {row['side']}: {row['doc_id']} {shorten(row['url'], 2 * _NAME_CHARACTERS)}"
        yield f"  kept out by {', '.join(row['reasons'])}"
        yield f"  {row['excerpt']}"


def _rule_lines(heading: str, side: str, rules: Sequence[dict[str, Any]]) -> Iterator[str]:
    named = [row for row in rules if row["side"] == side]
    if named:
        yield f"{heading}: {'documents':>30} {'words':>14} {'alone':>10}"
    for row in named:
        yield f"  {row['rule']:<{_NAME_CHARACTERS - 10}} {row['documents']:>10,} {row['words']:>14,} {row['alone']:>10,}"


def _table(heading: str, column: str, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    if rows:
        yield f"{heading:<40} {'both':>12} {'only A':>12} {'only B':>12}"
    for row in rows:
        name = shorten(row[column], _NAME_CHARACTERS)
        yield f"  {name:<38} {row['both']:>12,} {row['only_a']:>12,} {row['only_b']:>12,}"

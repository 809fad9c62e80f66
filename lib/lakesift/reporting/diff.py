"""Compare two choices of documents: by rule or reason, language and domain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from lakesift.documents.rules.rules import RuleSet
from lakesift.documents.rules.verdicts import judged
from lakesift.reporting.frames import small_rows
from lakesift.reporting.wording import number, share, shorten

NOT_THERE: Final = "not_in_documents"
_NONE: Final = "(none)"
_NAME_CHARACTERS: Final = 60
_EXCERPT_CHARACTERS: Final = 160
ABOUT: Final = ("url", "registered_domain", "language", "words")
_WHERE: Final = ("both", "only_a", "only_b", "neither")
_MOVED: Final = ("only_a", "only_b")
_OF_RULES: Final = (("documents", ""), ("words", "_words"), ("alone", "_alone"))


@dataclass(frozen=True)
class Choice:
    """One of the two things compared.

    Attributes:
        name: as the user wrote it.
        texts: doc_id, text of all documents that it chose from.
        outcomes: doc_id, url, registered_domain, language, words, inside (whether it is chosen), reasons (names of all
            that keep it out): one row a document.
    """

    name: str
    texts: DataFrame
    outcomes: DataFrame


@dataclass(frozen=True)
class Pair:
    """Two choices beside each other.

    Attributes:
        a, b: their names.
        texts: of each.
        places: doc_id, url, registered_domain, language, words, place (both, only_a, only_b, neither), reasons (of the
            side that leaves it out; of a where both do): one row a document that either knows.
    """

    a: str
    b: str
    texts: tuple[DataFrame, DataFrame]
    places: DataFrame


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
        by_rules: a side is what a recipe's rules choose, whatever its stages after them would do.
    """

    a: str
    b: str
    totals: dict[str, tuple[int, int]]
    rules: list[dict[str, Any]]
    languages: list[dict[str, Any]]
    domains: list[dict[str, Any]]
    examples: list[dict[str, Any]]
    by_rules: bool = False

    def __str__(self) -> str:
        """Return the difference for a terminal; nothing from the crawl can steer it."""
        return "\n".join(_lines(self))


def joined(a: Choice, b: Choice) -> Pair:
    """Join two choices; what only one of them knows is `not_in_documents`."""
    sides = [
        choice.outcomes.select("doc_id", F.struct(*ABOUT, "inside", "reasons").alias(side))
        for side, choice in (("a", a), ("b", b))
    ]
    both = sides[0].join(sides[1], "doc_id", "full_outer")
    about = [F.coalesce(f"a.{name}", f"b.{name}").alias(name) for name in ABOUT]
    inside = [F.coalesce(F.col(f"{side}.inside"), F.lit(False)) for side in "ab"]
    reasons = [F.coalesce(F.col(f"{side}.reasons"), F.array(F.lit(NOT_THERE))) for side in "ab"]
    return Pair(a.name, b.name, (a.texts, b.texts), both.select("doc_id", *about, *_placed(inside, reasons)))


def of_one_table(
    names: tuple[str, str], documents: DataFrame, rules: tuple[Sequence[RuleSet], Sequence[RuleSet]]
) -> Pair:
    """Apply two lists of rule sets to the same documents: one pass, no join."""
    both = judged(documents, dict(zip("ab", rules, strict=True)), *ABOUT)
    placed = _placed([F.size(side) == 0 for side in "ab"], [F.col(side) for side in "ab"])
    return Pair(*names, (documents, documents), both.select("doc_id", *ABOUT, *placed))


def _placed(inside: Sequence[Column], reasons: Sequence[Column]) -> list[Column]:
    in_a, in_b = inside
    place = F.when(in_a & in_b, "both").when(in_a, "only_a").when(in_b, "only_b").otherwise("neither")
    return [place.alias("place"), F.when(in_a, reasons[1]).otherwise(reasons[0]).alias("reasons")]


def compare(pair: Pair, languages: int = 20, domains: int = 10, examples: int = 3) -> Difference:
    """Count two choices document by document.

    Args:
        pair: the choices.
        languages, domains: number of languages and registered domains listed.
        examples: number of documents shown for each side.
    """
    counted = _counted(pair.places, domains)
    spoken = [row for row in counted["language"] if row["both"] + row["moved"] > 0]
    rules = [
        {"side": side, "rule": row["key"], **{name: row[f"{place}{ending}"] for name, ending in _OF_RULES}}
        for place, side in (("only_a", pair.b), ("only_b", pair.a))
        for row in counted["rule"]
        if row[place]
    ]
    totals = {
        place: (
            sum(row[place] for row in counted["language"]),
            sum(row[f"{place}_words"] for row in counted["language"]),
        )
        for place in _WHERE
    }
    return Difference(
        pair.a,
        pair.b,
        totals,
        sorted(rules, key=lambda row: (-row["documents"], row["side"], row["rule"])),
        _named(spoken[:languages], "language"),
        _named(counted["domain"], "registered_domain"),
        _examples(pair, [place for place in _MOVED if totals[place][0]], examples),
    )


def _counted(places: DataFrame, domains: int) -> dict[str, list[dict[str, Any]]]:
    """Count each place by language, and what moved by rule and domain.

    One query answers all, for each evaluates both choices again. Most moved first.
    """
    is_moved = F.col("place").isin(*_MOVED)

    def subject(kind: str, column: str) -> Column:
        return F.array(F.concat(F.lit(f"{kind} "), F.expr(f"coalesce(nullif({column}, ''), '{_NONE}')")))

    # As structs with a kind the names of rules would need a lambda, which is not compiled.
    language = subject("language", "language")
    moved = F.concat(language, subject("domain", "registered_domain"), F.col("reasons"))
    subjects = F.when(is_moved, moved).otherwise(language)
    single = F.size("reasons") == 1
    exploded = places.select("place", "words", single.alias("single"), F.explode(subjects).alias("subject"))
    named = F.split("subject", " ", 2)
    is_rule = ~named[0].isin("language", "domain")
    rows = exploded.select(
        "place",
        "words",
        "single",
        F.when(is_rule, "rule").otherwise(named[0]).alias("kind"),
        F.when(is_rule, F.col("subject")).otherwise(named[1]).alias("key"),
    )
    sums = [
        F.coalesce(F.sum(F.when((F.col("place") == place) & condition, unit)), F.lit(0)).alias(f"{place}{ending}")
        for place in _WHERE
        for ending, unit, condition in (
            ("", F.lit(1), F.lit(True)),
            ("_words", F.col("words"), F.lit(True)),
            ("_alone", F.lit(1), F.col("single")),
        )
    ]
    grouped = rows.groupBy("kind", "key").agg(*sums).withColumn("moved", F.expr("only_a + only_b"))
    order = Window.partitionBy("kind").orderBy(F.desc("moved"), F.desc("both"), "key")
    ranked = grouped.withColumn("rank", F.row_number().over(order))
    found: dict[str, list[dict[str, Any]]] = {"language": [], "rule": [], "domain": []}
    for row in small_rows(ranked.where((F.col("kind") != "domain") | (F.col("rank") <= domains))):
        found[row["kind"]].append(row)
    return {kind: sorted(each, key=lambda row: row["rank"]) for kind, each in found.items()}


def _named(rows: Sequence[dict[str, Any]], column: str) -> list[dict[str, Any]]:
    names = (*(f"{place}{ending}" for place in _WHERE[:3] for ending in ("", "_words")), "moved")
    return [{column: row["key"], **{name: row[name] for name in names}} for row in rows]


def _examples(pair: Pair, moved: Sequence[str], count: int) -> list[dict[str, Any]]:
    """Return the documents with the smallest ids; only their texts are read."""
    found = []
    for place, name, documents in zip(_MOVED, (pair.a, pair.b), pair.texts, strict=True):
        if place not in moved:
            continue
        of_place = pair.places.where(F.col("place") == place).orderBy("doc_id").limit(count)
        chosen = small_rows(of_place.select("doc_id", "url", "reasons"))
        texts = documents.where(F.col("doc_id").isin([row["doc_id"] for row in chosen]))
        shown = F.substring("text", 1, 4 * _EXCERPT_CHARACTERS).alias("text")
        excerpts = {row["doc_id"]: row["text"] for row in small_rows(texts.select("doc_id", shown))}
        for row in chosen:
            found.append({**row, "side": name, "excerpt": shorten(excerpts[row["doc_id"]], _EXCERPT_CHARACTERS)})
    return found


def _lines(found: Difference) -> Iterator[str]:
    yield f"A = {found.a}, B = {found.b}"
    everything = sum(documents for documents, _ in found.totals.values())
    labels = ("in both", "only in A", "only in B", "in neither")
    for label, place in zip(labels, _WHERE, strict=True):
        documents, words = found.totals[place]
        of_all = share(documents, everything)
        yield f"  {label:<12} {number(documents):>12} documents {of_all:>8} {number(words):>14} words"
    yield from _rule_lines("what B leaves out of A", found.b, found.rules)
    yield from _rule_lines("what A leaves out of B", found.a, found.rules)
    yield from _table("languages", "language", found.languages)
    yield from _table("domains that differ most", "registered_domain", found.domains)
    for row in found.examples:
        yield f"only {row['side']}: {row['doc_id']} {shorten(row['url'], 2 * _NAME_CHARACTERS)}"
        yield f"  kept out by {', '.join(row['reasons'])}"
        yield f"  {row['excerpt']}"
    if any(NOT_THERE in row["reasons"] for row in found.examples):
        yield f"{NOT_THERE}: the run that made the other has not measured the document, as of another crawl"
    if found.by_rules:
        yield (
            "by rules alone: duplicates, scores and what else comes after the rules of a recipe is not compared; "
            "diff NAME@1 NAME@2 is"
        )


def _rule_lines(heading: str, side: str, rules: Sequence[dict[str, Any]]) -> Iterator[str]:
    named = [row for row in rules if row["side"] == side]
    if named:
        yield f"{heading}: {'documents':>30} {'words':>14} {'alone':>10}"
    for row in named:
        counts = f"{row['documents']:>10,} {row['words']:>14,} {row['alone']:>10,}"
        yield f"  {row['rule']:<{_NAME_CHARACTERS - 10}} {counts}"


def _table(heading: str, column: str, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    if rows:
        yield f"{heading:<40} {'both':>12} {'only A':>12} {'only B':>12}"
    for row in rows:
        name = shorten(row[column], _NAME_CHARACTERS)
        yield f"  {name:<38} {row['both']:>12,} {row['only_a']:>12,} {row['only_b']:>12,}"

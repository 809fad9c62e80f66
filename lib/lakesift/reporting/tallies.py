"""Tally outcomes by language, by rule, and rule by language, without Spark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lakesift.reporting.funnel import Outcome
from lakesift.reporting.rules import NamedRule


@dataclass(frozen=True)
class LanguageTally:
    """Documents and words of one language or of the rest, and how many were kept."""

    language: str
    documents: int
    words: int
    kept: int
    kept_words: int


@dataclass(frozen=True)
class RuleTally:
    """What one rule dropped in its turn, and what it would drop as the only rule."""

    name: str
    condition: str
    source: str
    dropped: int
    dropped_words: int
    alone: int
    alone_words: int


@dataclass(frozen=True)
class RulesByLanguage:
    """By rule, the share (0..1) of each language that it fails on its own."""

    languages: list[str]
    shares: list[tuple[str, list[float]]]


def by_language(found: Iterable[Outcome], listed: int) -> list[LanguageTally]:
    """Return the languages with the most documents, and the rest in a last row."""
    sums: dict[str, Counter[str]] = {}
    for each in found:
        sums.setdefault(each.language, Counter()).update(_counts(each))
    ordered = sorted(sums.items(), key=lambda item: (-item[1]["documents"], item[0]))
    rest: Counter[str] = Counter()
    for _, counts in ordered[listed:]:
        rest.update(counts)
    rows = [_tally(language, counts) for language, counts in ordered[:listed]]
    return rows + ([_tally(f"{len(ordered) - listed} others", rest)] if rest else [])


def by_rule(
    found: Iterable[Outcome], single: Iterable[Outcome], order: Sequence[str], rules: Mapping[str, NamedRule]
) -> list[RuleTally]:
    """Return one row per rule, in order."""
    in_order, on_its_own = _by_name(found), _by_name(single)
    return [
        RuleTally(
            name,
            rules[name].condition if name in rules else "",
            rules[name].source if name in rules else "",
            in_order[name]["documents"],
            in_order[name]["words"],
            on_its_own[name]["documents"],
            on_its_own[name]["words"],
        )
        for name in order
    ]


def rules_by_language(
    found: Iterable[Outcome], single: Iterable[Outcome], order: Sequence[str], listed: int
) -> RulesByLanguage:
    """Return rules by frequent languages; rules that fail nothing are left out."""
    documents: Counter[str] = Counter()
    for each in found:
        documents[each.language] += each.documents
    languages = sorted(documents, key=lambda language: (-documents[language], language))[:listed]
    failed: Counter[tuple[str, str]] = Counter()
    for each in single:
        failed[each.name, each.language] += each.documents
    failing = {name for name, _ in failed}
    shares = [
        (name, [failed[name, language] / documents[language] for language in languages])
        for name in order
        if name in failing
    ]
    return RulesByLanguage(languages, shares)


def _counts(each: Outcome) -> dict[str, int]:
    kept = each.kind == "chosen"
    return {
        "documents": each.documents,
        "words": each.words,
        "kept": each.documents if kept else 0,
        "kept_words": each.words if kept else 0,
    }


def _tally(language: str, counts: Counter[str]) -> LanguageTally:
    return LanguageTally(language, counts["documents"], counts["words"], counts["kept"], counts["kept_words"])


def _by_name(outcomes: Iterable[Outcome]) -> dict[str, Counter[str]]:
    sums: dict[str, Counter[str]] = {}
    for each in outcomes:
        if each.kind == "rule":
            sums.setdefault(each.name, Counter()).update({"documents": each.documents, "words": each.words})
    return _WithEmpty(sums)


class _WithEmpty(dict[str, "Counter[str]"]):
    def __missing__(self, key: str) -> Counter[str]:
        return Counter()

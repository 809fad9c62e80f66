"""Tell what a user of a data set should know of what was not done to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from lakesift.reporting.ingest import Intake
from lakesift.reporting.rules import RuleSet
from lakesift.reporting.wording import number, share

_UNKNOWN: Final = "un"
# Languages that every language identifier tried for lakesift mixes up with one another.
_CLOSE: Final = (("id", "ms"), ("bs", "hr", "sr"))
_SIMILARITIES: Final = (0.7, 0.8, 0.9)


def known_limits(
    of_pairs: bool,
    languages: Sequence[Mapping[str, Any]],
    taken: Intake,
    edits: Sequence[Mapping[str, Any]],
    deduplicated: bool,
    rule_sets: Sequence[RuleSet],
    stages: Mapping[str, Mapping[str, Any]],
) -> list[str]:
    """Return sentences, each true of this data set.

    Args:
        of_pairs: whether it holds image-text pairs.
        languages: its languages with `documents` and `words`.
        taken: what its sources held.
        edits: what was edited in the texts.
        deduplicated: whether near-duplicates were looked for.
        rule_sets: the rule sets that judged it.
        stages: the stages' settings.
    """
    found = ["The texts belong to their authors, who keep their rights; this card grants none."]
    if of_pairs:
        found.append("Images are named by URL only: they were not fetched, and may be gone by now.")
    found += _intake_limits(taken)
    if not of_pairs:
        found += _language_limits(languages, rule_sets)
        found += _personal_data(edits)
        found += list(_duplicate_limits(deduplicated, stages))
    if stages and "decontaminate" not in stages:
        found.append("Overlap with evaluation sets was not looked for.")
    return found


def _intake_limits(taken: Intake) -> list[str]:
    found = []
    if taken.failed_sources:
        sources = f"{number(taken.failed_sources)} of {number(taken.sources)} sources"
        found.append(f"{sources} could not be read; their pages are missing.")
    lost = sum(row["records"] for row in taken.quarantine)
    if lost:
        found.append(f"{number(lost)} records could not be used; each is in the table quarantine with its reason.")
    return found


def _language_limits(languages: Sequence[Mapping[str, Any]], rule_sets: Sequence[RuleSet]) -> list[str]:
    documents = {row["language"]: row["documents"] for row in languages}
    whole, found = sum(documents.values()), []
    if documents.get(_UNKNOWN):
        found.append(f"The language of {share(documents[_UNKNOWN], whole)} of the documents could not be told.")
    for group in _CLOSE:
        if any(language in documents for language in group):
            found.append(f"{', '.join(group)} are close languages, which language identification often confuses.")
    ungated = [rule_set.name for rule_set in rule_sets if not rule_set.languages]
    others = whole - documents.get("en", 0)
    if ungated and others:
        found.append(
            f"{share(others, whole)} of the documents are not in English; they were judged with the same thresholds as"
            f" English ones by {', '.join(ungated)}."
        )
    return found


def _personal_data(edits: Sequence[Mapping[str, Any]]) -> list[str]:
    replaced = [row for row in edits if row["edit"].startswith("pii")]
    if not replaced:
        return ["Personal data were neither looked for nor replaced."]
    told = ", ".join(f"{row['counted']} {number(row['total'])}" for row in replaced)
    return [f"Personal data of other kinds than these are still in the texts; replaced in all documents: {told}."]


def _duplicate_limits(deduplicated: bool, stages: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if not deduplicated:
        yield "Near-duplicates were not removed."
        return
    for minhash in _minhash_settings(stages):
        bands, rows = int(minhash["bands"]), int(minhash["rows"])
        # Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4.2.
        chances = [f"{1 - (1 - similar**rows) ** bands:.1%} at {similar}" for similar in _SIMILARITIES]
        yield (
            "Near-duplicates are found with a probability that grows with their Jaccard similarity:"
            f" {', '.join(chances)} ({bands} bands of {rows})."
        )


def _minhash_settings(values: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(values, Mapping):
        if {"bands", "rows"} <= set(values):
            yield values
        else:
            for value in values.values():
                yield from _minhash_settings(value)
    elif isinstance(values, list | tuple):
        for value in values:
            yield from _minhash_settings(value)

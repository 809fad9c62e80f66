"""Trace one page from its byte to the data set, with all values and thresholds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakesift.documents.measuring.site_blocks import TemplateCutSettings
from lakesift.documents.measuring.steps import EditStep, Step
from lakesift.documents.rules.rules import SCORES
from lakesift.errors import UsageError
from lakesift.reporting.deduplicated import clusters_of, cuts_of
from lakesift.reporting.document_rows import (
    MAX_TRACES,
    Row,
    by_document,
    outcomes_of,
    pairs_of,
    quarantined,
    quarantined_at,
    rows_by_document,
    score_values,
    scores_of,
)
from lakesift.reporting.edit_diff import EditDiff, edit_diffs
from lakesift.reporting.frames import Tables, dataset_tables, failed_rules, small_rows, with_rules
from lakesift.reporting.rules import NamedRule, RuleSet, rules_by_name
from lakesift.reporting.signals import documents_path
from lakesift.reporting.template_cuts import TemplateCut, template_cuts
from lakesift.reporting.traces import Explanation, RuleFinding, Trace

# Far above any URL that servers take; Spark's planning time grows with the length of a literal.
_MOST_ASKED: Final = 16_384
_SHOWN_CHARACTERS: Final = 2000
_LONGEST_DIFFED: Final = 1_000_000


class Measured(Protocol):
    """What `explain` has to know of how documents were measured."""

    @property
    def steps(self) -> Sequence[Step]:
        """Return the steps of the one pass."""

    @property
    def templates(self) -> TemplateCutSettings:
        """Return how site templates were cut."""


class _Unmeasured(NamedTuple):
    steps: Sequence[Step] = ()
    templates: TemplateCutSettings = TemplateCutSettings()


def explain(
    tables: Tables,
    rule_sets: Sequence[RuleSet],
    url_or_id: str,
    measured: Measured | None = None,
    elsewhere: Tables | None = None,
) -> Explanation:
    """Return everything the lake holds on the captures of a page.

    Args:
        tables: the lake's tables by name; every one that is there is looked into.
        rule_sets: the rule sets whose values and thresholds are told; pass or fail is what `verdicts` says.
        url_or_id: a document id (also as `<urn:uuid:...>`), or a URL, with or without its scheme and last slash. All
            captures of a URL are told, in all crawls.
        measured: what `documents` was measured with; what was cut and what each edit changed is shown.
        elsewhere: data sets of other recipes, by name, of which is only told whether they have the page.

    Raises:
        UsageError: nothing matches; the message says what was looked for and where.
    """
    asked = url_or_id.strip()
    if not asked.strip("/"):
        raise UsageError("no id or URL was given", expected="a doc_id or a URL of the table pages")
    if len(asked) > _MOST_ASKED:
        raise UsageError(f"{len(asked)} characters are no id or URL", expected=f"at most {_MOST_ASKED}")
    doc_id = asked.strip("<>").removeprefix("urn:uuid:")
    names, urls = sorted({asked, doc_id, doc_id.lower()}), _urls(asked)
    matches = F.col("doc_id").isin(names) | F.col("url").isin(urls)
    found = [
        table
        for name in ("pages", "documents")
        if (table := _matching(tables, name, matches | _is_own_id(tables, name, asked))) is not None
    ]
    captures = {row["doc_id"]: row["crawl"] or "" for row in _flat(found)}
    ids = sorted(captures, key=lambda each: (captures[each], each))
    chosen = ids[:MAX_TRACES]
    traces = _traces(tables, rule_sets, chosen, measured or _Unmeasured(), elsewhere or {}) if chosen else []
    if not chosen:
        traces = [Trace(None, quarantine=[row]) for row in quarantined(tables, [*names, *urls])]
    if not traces:
        places = ", ".join(name for name in ("pages", "documents", "quarantine") if name in tables) or "no table"
        raise UsageError(
            f"nothing in this lake has the id or URL {asked[:_SHOWN_CHARACTERS]!r}",
            expected=f"a doc_id, or one of the URLs {', '.join(urls)[:_SHOWN_CHARACTERS]} (looked in {places})",
            next_step="take a doc_id or url from the table pages, as it is written there",
        )
    return Explanation(asked, traces, max(0, len(ids) - MAX_TRACES))


def _is_own_id(tables: Tables, name: str, asked: str) -> Column:
    """Return whether a row has the id in the table that it was imported from; lakes of earlier lakesifts note none."""
    has_own = name in tables and "source_id" in tables[name].columns
    return F.coalesce(F.col("source_id") == asked, F.lit(False)) if has_own else F.lit(False)


def _urls(asked: str) -> list[str]:
    bare = asked.rstrip("/")
    forms = [bare, bare + "/"]
    if "://" not in asked:
        forms += [f"{scheme}://{form}" for scheme in ("https", "http") for form in forms[:2]]
    return forms


def _matching(tables: Tables, name: str, matches: Column) -> DataFrame | None:
    return tables[name].where(matches).select("doc_id", "crawl") if name in tables else None


def _flat(frames: Iterable[DataFrame]) -> list[Row]:
    return [row for frame in frames for row in small_rows(frame)]


def _traces(
    tables: Tables, rule_sets: Sequence[RuleSet], ids: Sequence[str], measured: Measured, elsewhere: Tables
) -> list[Trace]:
    pages, documents = by_document(tables, "pages", ids), by_document(tables, "documents", ids)
    verdicts = [
        rows_by_document(stage.rows.withColumn("failed", F.expr(failed_rules(stage))), ids)
        for stage in with_rules(tables)
    ]
    scores = scores_of(tables, ids)
    outcomes = outcomes_of(tables, ids)
    twins, cuts, pairs = clusters_of(tables, ids), cuts_of(tables, ids), pairs_of(tables, ids)
    held, also = ({name: by_document(sets, name, ids) for name in sets} for sets in (dataset_tables(tables), elsewhere))
    spoken = {_language(documents[doc_id]) for doc_id in ids}
    rules = {language: rules_by_name(rule_sets, language) for language in spoken}
    places = {doc_id: (pages[doc_id] or documents[doc_id])[0] for doc_id in ids}
    quarantine = quarantined_at(tables, places.values())
    texts = template_cuts(tables, ids, measured.templates, _LONGEST_DIFFED)
    edits = _edits(texts, measured.steps)
    traces = []
    for doc_id in ids:
        document = _first(documents[doc_id])
        verdict = _judged([row for rows in verdicts for row in rows[doc_id]])
        place = (places[doc_id]["source_path"], places[doc_id]["source_offset"])
        traces.append(
            Trace(
                doc_id,
                page=_first(pages[doc_id]),
                document=document,
                templates=texts[doc_id].lines if doc_id in texts else (),
                edits=edits.get(doc_id, ()),
                verdict=verdict,
                rules=_findings(
                    rules[_language(documents[doc_id])],
                    tables.get("documents"),
                    {**(document or {}), SCORES: score_values(scores[doc_id])},
                    verdict,
                ),
                clusters=twins[doc_id],
                cuts=cuts[doc_id],
                scores=sorted(scores[doc_id], key=lambda row: (row["scorer"], row["model_version"])),
                pairs=pairs[doc_id],
                outcomes=outcomes[doc_id],
                datasets={name: rows[doc_id] for name, rows in held.items() if rows[doc_id]},
                quarantine=quarantine[place],
                elsewhere=tuple(sorted(name for name, rows in also.items() if rows[doc_id])),
            )
        )
    return traces


def _edits(texts: Mapping[str, TemplateCut], steps: Sequence[Step]) -> dict[str, list[EditDiff]]:
    if not any(isinstance(step, EditStep) for step in steps):
        return {}
    return {doc_id: edit_diffs(cut.text, steps) for doc_id, cut in texts.items()}


def _language(rows: Sequence[Row]) -> str | None:
    return rows[0]["language"] if rows else None


def _first(rows: Sequence[Row]) -> Row | None:
    return rows[0] if rows else None


def _judged(given: Sequence[Row]) -> Row | None:
    """Return what all rules say, in the order of the stages."""
    return {**given[0], "failed": [name for row in given for name in row["failed"] or ()]} if given else None


def _findings(
    rules: Mapping[str, NamedRule], documents: DataFrame | None, document: Row, verdict: Row | None
) -> list[RuleFinding]:
    failed = list(verdict["failed"] or ()) if verdict else []
    findings = []
    for name, rule in rules.items():
        values = {column: _value(documents, document, column) for column in rule.columns}
        is_judged = verdict is not None and (name in failed or all(value is not None for value in values.values()))
        findings.append(RuleFinding(name, rule.condition, values, (name in failed) if is_judged else None))
    return findings + [RuleFinding(name, "", {}, True) for name in failed if name not in rules]


def _value(documents: DataFrame | None, document: Row, column: str) -> Any:
    name = column.replace("`", "")
    path = documents_path(documents, name) if documents is not None else None
    if name.startswith(f"{SCORES}."):
        path = tuple(name.split("."))
    value: Any = document if path else None
    for part in path or ():
        value = value.get(part) if value else None
    return value

"""Trace one page from its byte to the data set, with all values and thresholds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakesift.documents.measuring.settings import DocumentsSettings
from lakesift.documents.measuring.steps import EditStep, Step
from lakesift.documents.rules.rules import SCORES
from lakesift.errors import UsageError
from lakesift.operators.roles import Measures
from lakesift.reporting.deduplicated import clusters_of, cuts_of
from lakesift.reporting.edit_diff import EditDiff, edit_diffs
from lakesift.reporting.frames import Tables, dataset_tables, failed_rules, made_by, outcomes_in, small_rows, with_rules
from lakesift.reporting.rules import NamedRule, RuleSet, rules_by_name
from lakesift.reporting.signals import documents_path
from lakesift.reporting.template_cuts import TemplateCut, template_cuts
from lakesift.reporting.traces import Explanation, RuleFinding, Trace

_MOST_TRACES: Final = 20
_MOST_PAIRS: Final = 50
# Far above any URL that servers take; Spark's planning time grows with the length of a literal.
_MOST_ASKED: Final = 16_384
_SHOWN_CHARACTERS: Final = 2000
_LONGEST_DIFFED: Final = 1_000_000
_HEAVY: Final = ("text", "html", "minhash", "signature", "fetch_time", "provenance")

Row = dict[str, Any]


def explain(
    tables: Tables,
    rule_sets: Sequence[RuleSet],
    url_or_id: str,
    measured: DocumentsSettings | None = None,
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
    found = [table for name in ("pages", "documents") if (table := _matching(tables, name, matches)) is not None]
    captures = {row["doc_id"]: row["crawl"] or "" for row in _flat(found)}
    ids = sorted(captures, key=lambda each: (captures[each], each))
    chosen = ids[:_MOST_TRACES]
    traces = _traces(tables, rule_sets, chosen, measured or DocumentsSettings(), elsewhere or {}) if chosen else []
    if not chosen:
        traces = [Trace(None, quarantine=[row]) for row in _quarantined(tables, [*names, *urls])]
    if not traces:
        places = ", ".join(name for name in ("pages", "documents", "quarantine") if name in tables) or "no table"
        raise UsageError(
            f"nothing in this lake has the id or URL {asked[:_SHOWN_CHARACTERS]!r}",
            expected=f"a doc_id, or one of the URLs {', '.join(urls)[:_SHOWN_CHARACTERS]} (looked in {places})",
            next_step="take a doc_id or url from the table pages, as it is written there",
        )
    return Explanation(asked, traces, max(0, len(ids) - _MOST_TRACES))


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


def _light(frame: DataFrame) -> DataFrame:
    added = []
    if "text" in frame.columns:
        added.append(F.length("text").alias("characters"))
    if "fetch_time" in frame.columns:
        added.append(F.date_format("fetch_time", "yyyy-MM-dd HH:mm:ss").alias("fetched"))
    return frame.select(*[name for name in frame.columns if name not in _HEAVY], *added)


def _by_document(tables: Tables, name: str, ids: Sequence[str]) -> dict[str, list[Row]]:
    return _rows_by_document(tables[name], ids) if name in tables else defaultdict(list)


def _rows_by_document(frame: DataFrame, ids: Sequence[str]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in small_rows(_light(frame.where(F.col("doc_id").isin(list(ids))))):
        rows[row["doc_id"]].append(row)
    return rows


def _traces(
    tables: Tables, rule_sets: Sequence[RuleSet], ids: Sequence[str], measured: DocumentsSettings, elsewhere: Tables
) -> list[Trace]:
    pages, documents = _by_document(tables, "pages", ids), _by_document(tables, "documents", ids)
    verdicts = [
        _rows_by_document(stage.rows.withColumn("failed", F.expr(failed_rules(stage))), ids)
        for stage in with_rules(tables)
    ]
    scores = _scores(tables, ids)
    outcomes = _outcomes(tables, ids)
    twins, cuts, pairs = clusters_of(tables, ids), cuts_of(tables, ids), _pairs(tables, ids)
    held, also = (
        {name: _by_document(sets, name, ids) for name in sets} for sets in (dataset_tables(tables), elsewhere)
    )
    spoken = {_language(documents[doc_id]) for doc_id in ids}
    rules = {language: rules_by_name(rule_sets, language) for language in spoken}
    places = {doc_id: (pages[doc_id] or documents[doc_id])[0] for doc_id in ids}
    quarantine = _quarantined_at(tables, places.values())
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
                    {**(document or {}), SCORES: _score_values(scores[doc_id])},
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


def _scores(tables: Tables, ids: Sequence[str]) -> dict[str, list[Row]]:
    """Return the scores of documents, each with the name of its stage."""
    found: dict[str, list[Row]] = defaultdict(list)
    for stage in made_by(tables, Measures):
        if {"score", SCORES} <= set(stage.rows.columns):
            for doc_id, rows in _rows_by_document(stage.rows, ids).items():
                found[doc_id] += [{**row, "stage": stage.stage} for row in rows]
    return found


def _score_values(rows: Sequence[Row]) -> dict[str, float]:
    """Return what rules read as `scores.NAME`: by scorer, or by the stage's name."""
    values: dict[str, float] = {}
    for row in rows:
        values |= (row.get(SCORES) or {}) | {row["stage"]: row["score"]}
    return values


def _outcomes(tables: Tables, ids: Sequence[str]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    found = outcomes_in(tables)
    if found is not None:
        mine = found.where(F.col("doc_id").isin(list(ids))).orderBy("place", "reason")
        for row in small_rows(mine):
            rows[row["doc_id"]].append(row)
    return rows


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


def _quarantined(tables: Tables, sought: Sequence[str]) -> list[Row]:
    """Return quarantined records whose first bytes or detail hold one of the strings."""
    if "quarantine" not in tables:
        return []
    shown = F.concat_ws("\n", F.decode("head", "ISO-8859-1"), "detail")
    # Followed by nothing that would make it a longer URL or id.
    ends = [shown.rlike(rf"\Q{each.replace(chr(92) + 'E', '')}\E(?![^\s<>\"'])") for each in sought]
    wanted = ends[0]
    for each in ends[1:]:
        wanted = wanted | each
    rows = tables["quarantine"].where(wanted).drop("head").orderBy("source_path", "source_offset")
    return small_rows(rows.limit(_MOST_TRACES))


def _quarantined_at(tables: Tables, places: Iterable[Row]) -> dict[tuple[str, int], list[Row]]:
    rows: dict[tuple[str, int], list[Row]] = defaultdict(list)
    wanted = {(place["source_path"], place["source_offset"]) for place in places}
    if "quarantine" in tables and wanted:
        paths = sorted({path for path, _ in wanted})
        offsets = sorted({offset for _, offset in wanted})
        near = F.col("source_path").isin(paths) & F.col("source_offset").isin(offsets)
        for row in small_rows(tables["quarantine"].where(near).drop("head")):
            rows[row["source_path"], row["source_offset"]].append(row)
    return rows


def _pairs(tables: Tables, ids: Sequence[str]) -> dict[str, list[Row]]:
    by_document: dict[str, list[Row]] = defaultdict(list)
    if "pairs" not in tables:
        return by_document
    mine = tables["pairs"].where(F.col("doc_id").isin(list(ids))).orderBy("pair_id").limit(_MOST_PAIRS)
    pairs = small_rows(mine)
    pair_ids = [row["pair_id"] for row in pairs]
    draws = {row["pair_id"]: row for row in _where(tables, "draws", "pair_id", pair_ids)}
    matches = {row["pair_id"]: row["entries"] for row in _where(tables, "matches", "pair_id", pair_ids)}
    entry_ids = sorted({entry for entries in matches.values() for entry in entries})
    entries = {row["entry_id"]: row for row in _where(tables, "entry_counts", "entry_id", entry_ids)}
    for row in pairs:
        drawn = draws.get(row["pair_id"], {})
        known = [entries[entry] for entry in matches.get(row["pair_id"], ()) if entry in entries]
        more = {"entries": known, "probability": drawn.get("probability"), "drawn": drawn.get("kept")}
        by_document[row["doc_id"]].append({**row, **more})
    return by_document


def _where(tables: Tables, name: str, column: str, values: Sequence[Any]) -> list[Row]:
    if name not in tables or not values:
        return []
    return small_rows(tables[name].where(F.col(column).isin(list(values))))

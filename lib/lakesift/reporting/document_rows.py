"""Rows of a lake's tables on some documents, gathered for `explain`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.documents.rules.rules import SCORES
from lakesift.operators.roles import Measures
from lakesift.reporting.frames import Tables, made_by, outcomes_in, small_rows

MAX_TRACES: Final = 20
_MOST_PAIRS: Final = 50
_HEAVY: Final = ("text", "html", "minhash", "signature", "fetch_time", "provenance")

Row = dict[str, Any]


def light(frame: DataFrame) -> DataFrame:
    """Return a frame without its heavy columns, with the length of the text and the time as text."""
    added = []
    if "text" in frame.columns:
        added.append(F.length("text").alias("characters"))
    if "fetch_time" in frame.columns:
        added.append(F.date_format("fetch_time", "yyyy-MM-dd HH:mm:ss").alias("fetched"))
    return frame.select(*[name for name in frame.columns if name not in _HEAVY], *added)


def by_document(tables: Tables, name: str, ids: Sequence[str]) -> dict[str, list[Row]]:
    """Return the rows of a table, by document; none where the table is missing."""
    return rows_by_document(tables[name], ids) if name in tables else defaultdict(list)


def rows_by_document(frame: DataFrame, ids: Sequence[str]) -> dict[str, list[Row]]:
    """Return the rows of a frame, by document."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in small_rows(light(frame.where(F.col("doc_id").isin(list(ids))))):
        rows[row["doc_id"]].append(row)
    return rows


def scores_of(tables: Tables, ids: Sequence[str]) -> dict[str, list[Row]]:
    """Return the scores of documents, each with the name of its stage."""
    found: dict[str, list[Row]] = defaultdict(list)
    for stage in made_by(tables, Measures):
        if {"score", SCORES} <= set(stage.rows.columns):
            for doc_id, rows in rows_by_document(stage.rows, ids).items():
                found[doc_id] += [{**row, "stage": stage.stage} for row in rows]
    return found


def score_values(rows: Sequence[Row]) -> dict[str, float]:
    """Return what rules read as `scores.NAME`: by scorer, or by the stage's name."""
    values: dict[str, float] = {}
    for row in rows:
        values |= (row.get(SCORES) or {}) | {row["stage"]: row["score"]}
    return values


def outcomes_of(tables: Tables, ids: Sequence[str]) -> dict[str, list[Row]]:
    """Return what each stage made of documents, in the order of the recipe."""
    rows: dict[str, list[Row]] = defaultdict(list)
    found = outcomes_in(tables)
    if found is not None:
        mine = found.where(F.col("doc_id").isin(list(ids))).orderBy("place", "reason")
        for row in small_rows(mine):
            rows[row["doc_id"]].append(row)
    return rows


def quarantined(tables: Tables, sought: Sequence[str]) -> list[Row]:
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
    return small_rows(rows.limit(MAX_TRACES))


def quarantined_at(tables: Tables, places: Iterable[Row]) -> dict[tuple[str, int], list[Row]]:
    """Return quarantined records by their place: source_path, source_offset."""
    rows: dict[tuple[str, int], list[Row]] = defaultdict(list)
    wanted = {(place["source_path"], place["source_offset"]) for place in places}
    if "quarantine" in tables and wanted:
        paths = sorted({path for path, _ in wanted})
        offsets = sorted({offset for _, offset in wanted})
        near = F.col("source_path").isin(paths) & F.col("source_offset").isin(offsets)
        for row in small_rows(tables["quarantine"].where(near).drop("head")):
            rows[row["source_path"], row["source_offset"]].append(row)
    return rows


def pairs_of(tables: Tables, ids: Sequence[str]) -> dict[str, list[Row]]:
    """Return the image pairs of documents, each with its matched entries and its draw."""
    found: dict[str, list[Row]] = defaultdict(list)
    if "pairs" not in tables:
        return found
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
        found[row["doc_id"]].append({**row, **more})
    return found


def _where(tables: Tables, name: str, column: str, values: Sequence[Any]) -> list[Row]:
    if name not in tables or not values:
        return []
    return small_rows(tables[name].where(F.col(column).isin(list(values))))

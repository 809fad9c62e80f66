"""A small invented lake with hostile strings in it: rows as plain Python, from which tests work out what to expect."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from datetime import timedelta

from pyspark.sql import DataFrame, SparkSession

from declared import schema_of
from lakesift.documents.rules.rules import Rule, RuleSet
from lakesift.operators.operator import Stage
from lakesift.operators.outcome import Decided
from lakesift.operators.registry import find
from lakesift.reporting.frames import LakeTables
from reporting.invented_ledger import SCRIPT, START, Rows, add_ledger, add_pairs

HOSTILE_URL = 'http://bad.example/"><img src=x onerror=alert(1)>?q=' + "A" * 5000
HOSTILE_TITLE = "\u202eelttil\u202c \x1b[31mred\x07 </title><script>alert(2)</script> {{ 7 * 7 }} | `cell`"


GOPHER = RuleSet(
    name="gopher_quality@datatrove",
    source="an invented repository at commit 0000000",
    rules={
        "short_doc": Rule(drop_when="gopher_quality_datatrove.words < :min_words", thresholds={"min_words": 50}),
        "long_doc": Rule(drop_when="gopher_quality_datatrove.words > :max_words", thresholds={"max_words": 100_000}),
        "symbols": Rule(drop_when="gopher_quality_datatrove.symbol_ratio > :most", thresholds={"most": 0.1}),
        "stop_words": Rule(
            drop_when="language = 'en' AND gopher_quality_datatrove.stop_words < :least",
            thresholds={"least": 2},
            source="invented for the tests",
        ),
    },
)
LANGUAGE = RuleSet(
    name="language@fineweb",
    source="an invented paper, section 3",
    rules={"unsure": Rule(drop_when="language_score < :min_score", thresholds={"min_score": 0.65})},
)
RULE_SETS = (LANGUAGE, GOPHER)

SIGNALS = "words: bigint, symbol_ratio: double, stop_words: bigint, has_stop_words: boolean"
EDITS = "c4_lines: struct<removed_lines: bigint>, pii_datatrove: struct<emails: bigint, addresses: bigint>"
MEASURED = f", signals struct<gopher_quality_datatrove: struct<{SIGNALS}>>, edits struct<{EDITS}>"
TABLES = ("sources", "pages", "quarantine", "documents", "verdicts", "duplicates", "scores", "pairs", "matches")
TABLES += ("entry_counts", "draws", "datasets", "runs", "funnel", "dataset_clean", "dataset_pairs_images")

STAGES = ("verdicts", "repeated_substrings", "exact_duplicates", "near_duplicates", "score", "score_verdicts")
STAGES += ("semantic_duplicates", "semantic_clusters", "prune_clusters")
"""In the order of a recipe."""

_VOCABULARY = (
    "the",
    "of",
    "and",
    "harbour",
    "engine",
    "river",
    "market",
    "paper",
    "letter",
    "carries",
    "sings",
    "stone",
)
_OTHER_TEXT = {
    "ar": "كانت المدينة هادئة في الصباح ",
    "ja": "静かな港の朝に手紙が届いた。",
    "de": "Am Morgen war der Hafen still und der Markt leer. ",
}


def invented_rows(documents: int = 160, seed: int = 7) -> Rows:
    """Return the rows of every table; document 0 is hostile, 1 was fetched in two crawls, 2 is a keeper."""
    draw = random.Random(seed)
    rows: Rows = {name: [] for name in TABLES}
    ids = [str(uuid.UUID(int=draw.getrandbits(128))) for _ in range(documents)]
    for at, doc_id in enumerate(ids):
        _add_document(rows, draw, at, doc_id)
    _add_duplicates(rows, [row["doc_id"] for row in rows["verdicts"] if row["kept"]])
    _add_datasets(rows)
    add_pairs(rows, draw)
    add_ledger(rows, [name for rule_set in RULE_SETS for name, _ in rule_set.predicates()])
    return rows


def invented_tables(spark: SparkSession, rows: Rows) -> dict[str, DataFrame]:
    """Return the rows as DataFrames with the tables' schemas."""
    more = {"documents": MEASURED}
    return {name: spark.createDataFrame(rows[name], schema_of(name) + more.get(name, "")) for name in TABLES}


def with_stages(tables: Mapping[str, DataFrame], outcomes: DataFrame | None = None) -> LakeTables:
    """Return tables with the stages of one recipe that made those of them that are there."""
    stages = [(place, Stage(name, find(name), None)) for place, name in enumerate(STAGES)]
    made = [
        Decided(place, stage.name, stage.operator, tables[stage.table])
        for place, stage in stages
        if stage.table in tables
    ]
    return LakeTables(tables, made, outcomes)


def _add_document(rows: Rows, draw: random.Random, at: int, doc_id: str) -> None:
    language = draw.choice(["en", "en", "en", "de", "ar", "ja", "un"])
    words = draw.choice([12, 40, 90, 300, 900, 2500])
    text = _OTHER_TEXT.get(language, "") * 6 or " ".join(draw.choices(_VOCABULARY, k=min(words, 120))) + "."
    url, title = f"https://site{at % 9}.example/page/{at}", f"Page {at} of the harbour letters"
    if at == 0:
        language, words, text, url, title = (
            "en",
            12,
            f"{SCRIPT} \u202eevil\u202c " + "B" * 9000,
            HOSTILE_URL,
            HOSTILE_TITLE,
        )
    if at == 1:
        url = "https://site0.example/twice"
    if at == 2:
        url, words, language = "https://site0.example/twice", 900, "en"
    source = {"source_path": f"crawl-data/CC-MAIN-2026-43/part-{at % 3}.warc.gz", "source_offset": 1000 + 731 * at}
    crawl = "CC-MAIN-2026-39" if at == 1 else "CC-MAIN-2026-43"
    place = {
        "doc_id": doc_id,
        "crawl": crawl,
        "url": url,
        "host": f"site{at % 9}.example",
        "registered_domain": f"site{at % 9}.example",
        "fetch_time": START + timedelta(minutes=at),
        **source,
    }
    rows["pages"].append(
        {
            **place,
            "http_status": 200,
            "mime": "text/html",
            "charset": "utf-8",
            "title": title,
            "text": text,
            "extractor": "resiliparse",
            "source_length": 4096,
        }
    )
    signals = {
        "words": words,
        "symbol_ratio": draw.choice([0.0, 0.01, 0.05, 0.2]),
        "stop_words": draw.choice([0, 3, 9]),
        "has_stop_words": True,
    }
    score = draw.choice([0.4, 0.9, 0.99])
    if at == 2:
        score, signals = 0.99, {**signals, "symbol_ratio": 0.0, "stop_words": 9}
    edits = {"c4_lines": {"removed_lines": at % 4}, "pii_datatrove": {"emails": at % 2, "addresses": 0}}
    rows["documents"].append(
        {
            **place,
            "text": text,
            "content_hash": "00",
            "language": language,
            "language_score": score,
            "words": words,
            "signals": {"gopher_quality_datatrove": signals},
            "edits": edits,
            "minhash": [1, 2],
        }
    )
    failed = [
        name
        for name, fails in (
            ("language@fineweb.unsure", score < 0.65),
            ("gopher_quality@datatrove.short_doc", words < 50),
            ("gopher_quality@datatrove.symbols", signals["symbol_ratio"] > 0.1),
            ("gopher_quality@datatrove.stop_words", language == "en" and signals["stop_words"] < 2),
        )
        if fails
    ]
    rows["verdicts"].append(
        {"doc_id": doc_id, "kept": not failed, "failed": failed, "language": language, "words": words}
    )
    rows["scores"].append(
        {"doc_id": doc_id, "scorer": "quality", "model_version": "3", "score": round(draw.random(), 3)}
    )


def _add_duplicates(rows: Rows, kept: list[str]) -> None:
    sizes, at = (6, 3, 2, 2), 0
    for size in sizes:
        members = kept[at : at + size]
        at += size
        rows["duplicates"] += [
            {
                "doc_id": each,
                "cluster_id": min(members),
                "keeper_id": members[0],
                "method": "minhash",
                "similarity": 1.0 if each == members[0] else 0.8 + 0.02 * place,
                "crawl": "CC-MAIN-2026-43",
            }
            for place, each in enumerate(members)
        ]


def _add_datasets(rows: Rows) -> None:
    left_out = {row["doc_id"] for row in rows["duplicates"] if row["doc_id"] != row["keeper_id"]}
    kept = {row["doc_id"] for row in rows["verdicts"] if row["kept"]} - left_out
    chosen = [row for row in rows["documents"] if row["doc_id"] in kept and row["words"] < 2500]
    for row in chosen:
        provenance = {name: row[name] for name in ("url", "crawl", "source_path", "source_offset", "fetch_time")}
        rows["dataset_clean"].append(
            {
                "doc_id": row["doc_id"],
                "text": row["text"],
                "language": row["language"],
                "words": row["words"],
                "weight": 1.0,
                "provenance": provenance,
                "why": {"score": "quality 3 >= 0.1"},
            }
        )
    shared = {
        "recipe": "fineweb",
        "inputs": {"verdicts": 4, "documents": 2},
        "scorers": {"quality": "3"},
        "mlflow_run_id": "0" * 32,
        "published_at": START + timedelta(days=1),
    }
    words = sum(row["words"] for row in chosen)
    rows["datasets"] += [
        {
            "name": "clean",
            "version": version,
            "delta_version": version,
            "fingerprint": f"{version}f3a" * 16,
            "documents": len(chosen),
            "words": words,
            **shared,
        }
        for version in (1, 2)
    ]
    rows["datasets"].append(
        {
            "name": "pairs_images",
            "version": 1,
            "delta_version": 0,
            "fingerprint": "ab" * 32,
            **shared,
            "recipe": "metaclip",
            "documents": 0,
            "words": 0,
        }
    )

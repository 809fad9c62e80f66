"""Find what deduplication did with some documents: clusters, twins and cuts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.operators.roles import Cuts
from lakesift.reporting.frames import Tables, made_by, small_rows, with_clusters

_MOST_TWINS: Final = 10
_MOST_SPANS: Final = 10
_SPAN_BYTES: Final = 400

Row = dict[str, Any]


def clusters_of(tables: Tables, ids: Sequence[str]) -> defaultdict[str, list[Row]]:
    """Return by document its rows in the tables of duplicates.

    Each has the cluster's `members` (how many), `keeper_url`, `keeper_crawl`, and `twins`: the others of its cluster
    that are most similar to the keeper, with doc_id, similarity and url.
    """
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for stage in with_clusters(tables):
        for row in _clusters(tables, stage.rows, ids):
            found[row["doc_id"]].append({**row, "stage": stage.stage})
    return found


def _clusters(tables: Tables, members: DataFrame, ids: Sequence[str]) -> list[Row]:
    rows = small_rows(members.where(F.col("doc_id").isin(list(ids))))
    if not rows:
        return []
    of_clusters = members.where(F.col("cluster_id").isin(sorted({row["cluster_id"] for row in rows})))
    nearest = F.struct((-F.coalesce("similarity", F.lit(0.0))).alias("order"), "doc_id", "similarity")
    # One more than is shown: the document itself is one of them.
    gathered = of_clusters.groupBy("cluster_id").agg(
        F.count("*").alias("members"),
        F.slice(F.array_sort(F.collect_list(nearest)), 1, _MOST_TWINS + 1).alias("nearest"),
    )
    clusters = {row["cluster_id"]: row for row in small_rows(gathered)}
    shown = {twin["doc_id"] for cluster in clusters.values() for twin in cluster["nearest"]}
    keepers = sorted({row["keeper_id"] for row in rows})
    crawls = {row["doc_id"]: row["crawl"] for row in small_rows(of_clusters.where(F.col("doc_id").isin(keepers)))}
    urls = _urls(tables, sorted(shown.union(keepers)))
    return [
        {
            **row,
            "members": clusters[row["cluster_id"]]["members"],
            "keeper_url": urls.get(row["keeper_id"]),
            "keeper_crawl": crawls.get(row["keeper_id"]),
            "twins": [
                {**twin, "url": urls.get(twin["doc_id"])}
                for twin in clusters[row["cluster_id"]]["nearest"]
                if twin["doc_id"] not in (row["doc_id"], row["keeper_id"])
            ][:_MOST_TWINS],
        }
        for row in rows
    ]


def _urls(tables: Tables, ids: Sequence[str]) -> dict[str, str]:
    named = tables.get("pages", tables.get("documents"))
    if named is None:
        return {}
    return {
        row["doc_id"]: row["url"] for row in small_rows(named.where(F.col("doc_id").isin(ids)).select("doc_id", "url"))
    }


def cuts_of(tables: Tables, ids: Sequence[str]) -> defaultdict[str, list[Row]]:
    """Return by document its cuts: table (stage), reason, removed, spans, texts.

    `texts` are the first spans' text; only the first table's, for later ones were found in a text already cut.
    """
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for stage in made_by(tables, Cuts):
        mine = stage.rows.where(F.col("doc_id").isin(list(ids)))
        counted = mine.withColumns({"shown": F.slice("spans", 1, _MOST_SPANS), "spans": F.size("spans")})
        for row in small_rows(counted):
            found[row["doc_id"]].append({**row, "table": stage.stage, "texts": []})
    texts = _texts(tables, sorted(found))
    for doc_id, rows in found.items():
        data = texts.get(doc_id, "").encode()
        first = rows[0]
        ends = [(span["start"], min(span["end"], span["start"] + _SPAN_BYTES)) for span in first["shown"] or ()]
        first["texts"] = [data[start:end].decode(errors="ignore") for start, end in ends]
    return found


def _texts(tables: Tables, ids: Sequence[str]) -> dict[str, str]:
    if "documents" not in tables or not ids:
        return {}
    texts = tables["documents"].where(F.col("doc_id").isin(ids)).select("doc_id", "text")
    return {row["doc_id"]: row["text"] for row in small_rows(texts)}

"""Clusters of duplicates: how many, how large, how alike, and on which sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakesift.operators.outcome import Decided
from lakesift.operators.roles import Drops
from lakesift.reporting.frames import Tables, small_rows

_SIZES: Final = ((2, "2"), (3, "3"), (5, "4–5"), (10, "6–10"), (30, "11–30"), (100, "31–100"), (1000, "101–1,000"))
_BEYOND: Final = "over 1,000"
_SIMILARITY_STEPS: Final = 20
_TITLE_CHARACTERS: Final = 300


@dataclass(frozen=True)
class Clusters:
    """Figures of a table of duplicates.

    `sizes` has one row per class of sizes (label, clusters, documents); `similarities` one per twentieth of the
    similarity to the keeper (from, documents, keepers left out); `largest` one per listed cluster; `domains` one per
    site with the most dropped documents.
    """

    label: str

    clusters: int
    documents: int
    sizes: list[dict[str, Any]]
    similarities: list[dict[str, Any]]
    largest: list[dict[str, Any]]
    domains: list[dict[str, Any]]

    @property
    def removed(self) -> int:
        """Return the number of documents that are not their cluster's keeper."""
        return self.documents - self.clusters


def clusters(tables: Tables, stage: Decided, listed: int) -> Clusters:
    """Return the figures of a table of duplicates.

    Args:
        tables: uses `pages` or `documents` for the names of clusters and sites.
        stage: one that keeps one document of each cluster.
        listed: how many of the largest clusters and of the sites are named.
    """
    members = stage.rows
    grouped = members.groupBy("cluster_id").agg(
        F.count("*").alias("documents"),
        F.min("keeper_id").alias("doc_id"),
        F.min("similarity").alias("least_similarity"),
        F.count_distinct("crawl").alias("crawls"),
    )
    counted = grouped.groupBy(_size_class().alias("class")).agg(
        F.count("*").alias("clusters"), F.sum("documents").alias("documents")
    )
    labels = [label for _, label in _SIZES] + [_BEYOND]
    by_class = {row["class"]: row for row in small_rows(counted)}
    sizes = [{"label": label, **by_class[at]} for at, label in enumerate(labels) if at in by_class]
    largest = grouped.orderBy(F.desc("documents"), "cluster_id").limit(listed)
    return Clusters(
        label=_label(stage),
        clusters=sum(row["clusters"] for row in sizes),
        documents=sum(row["documents"] for row in sizes),
        sizes=sizes,
        similarities=_similarities(members),
        largest=_named(largest, tables),
        domains=_domains(members, tables, listed),
    )


def _label(stage: Decided) -> str:
    role = stage.operator.role
    reason = role.reasons[0] if isinstance(role, Drops) and role.reasons else stage.stage
    named = "" if stage.stage == stage.operator.name else f" ({stage.stage})"
    return reason.replace("_", " ") + "s" + named


def _domains(members: DataFrame, tables: Tables, listed: int) -> list[dict[str, Any]]:
    source = tables.get("documents", tables.get("pages"))
    if source is None:
        return []
    sites = source.select("doc_id", F.coalesce("registered_domain", F.lit("")).alias("domain"))
    dropped = members.where("doc_id <> keeper_id").join(sites, "doc_id")
    counted = dropped.groupBy("domain").agg(
        F.count("*").alias("documents"), F.count_distinct("cluster_id").alias("clusters")
    )
    return small_rows(counted.orderBy(F.desc("documents"), "domain").limit(listed))


def _size_class() -> Column:
    chosen = F.lit(len(_SIZES))
    for at, (most, _) in reversed(list(enumerate(_SIZES))):
        chosen = F.when(F.col("documents") <= most, at).otherwise(chosen)
    return chosen


def _similarities(members: DataFrame) -> list[dict[str, Any]]:
    others = members.where("doc_id <> keeper_id and similarity is not null")
    highest = _SIMILARITY_STEPS - 1
    step = F.least(F.lit(highest), F.floor(F.col("similarity") * _SIMILARITY_STEPS)).alias("step")
    found = {row["step"]: row["count"] for row in small_rows(others.groupBy(step).count())}
    first = min(found, default=0)
    return (
        [{"from": at / _SIMILARITY_STEPS, "documents": found.get(at, 0)} for at in range(first, _SIMILARITY_STEPS)]
        if found
        else []
    )


def _named(largest: DataFrame, tables: Tables) -> list[dict[str, Any]]:
    source = tables.get("pages", tables.get("documents"))
    if source is None:
        unnamed = largest.withColumns({name: F.lit(None).cast("string") for name in ("url", "title")})
        return small_rows(unnamed.orderBy(F.desc("documents"), "cluster_id"))
    title = F.col("title") if "title" in source.columns else F.lit(None).cast("string")
    names = source.select(
        "doc_id",
        F.substring("url", 1, _TITLE_CHARACTERS).alias("url"),
        F.substring(title, 1, _TITLE_CHARACTERS).alias("title"),
    )
    named = names.join(F.broadcast(largest), "doc_id", how="right")
    return small_rows(named.orderBy(F.desc("documents"), "cluster_id"))

"""Data sets of documents and of pairs: what the stages before decided, put together, with the reasons beside each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator, Field
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakesift.crawl.sources.imported import parts_of_url
from lakesift.lake.tables import DATASET_PREFIX
from lakesift.operators.decisions import DROPS, WEIGHING, dropped_by
from lakesift.operators.remaining import with_cuts
from lakesift.settings import Settings
from lakesift.text.urls.urls import url_parts

NAME = r"^[a-z][a-z0-9_]*$"
TAKEN_OUT = "site_taken_out"


def _site(name: str) -> str:
    host = "" if set(name) & set("/:@?# ") else url_parts(f"http://{name}/")[0]
    if "." not in host:
        raise ValueError(f"{name!r} is no host name such as site.example")
    return host


Site = Annotated[str, AfterValidator(_site)]


class PublishSettings(Settings):
    """Which documents make the data set, and its name."""

    dataset: str = Field(pattern=NAME, description="Name of the data set; its table is dataset_<name>.")
    add_to: int | None = Field(
        default=None,
        ge=1,
        description="A version of this data set: the new one has its documents and those of this run. None: only those.",
    )
    without_sites: tuple[Site, ...] = Field(
        default=(),
        description="Hosts of which no document is in the data set, nor of hosts below them: neither those of this run nor"
        " those of the version that is added to.",
    )
    min_score: float | None = Field(
        default=None, description="Smallest score that is kept; none: scores do not decide."
    )


class IndexSettings(Settings):
    """The data set whose documents are indexed by their band keys, for near-duplicates of it in later crawls."""

    dataset: str = Field(pattern=NAME, description="Name of the data set; the table is index_<name>.")
    add_to: int | None = Field(
        default=None, ge=1, description="The version that the stage publish added to; its index is taken over."
    )
    without_sites: tuple[Site, ...] = Field(default=(), description="Those of the stage publish.")


class PublishPairsSettings(Settings):
    """Name of the data set of pairs."""

    dataset: str = Field(pattern=NAME, description="Name of the data set; its table is dataset_pairs_<name>.")


def fates(inputs: Mapping[str, DataFrame], settings: PublishSettings) -> DataFrame:
    """What becomes of every document.

    Args:
        inputs: by name `documents`, the tables that decide over them, in the order of their stages, and the data set
            itself if the run adds to a version of it.
        settings: see `PublishSettings`.

    Returns:
        doc_id, reason (null: in the data set; else the first that dropped it: site_taken_out, already_published, failed_rule,
        near_duplicate ..., no_score or low_score), score, model_version, cluster_id, weight: one row a document.
    """
    none = F.lit(None)
    taken_out = F.when(_of_sites(F.col("host"), settings.without_sites), TAKEN_OUT)
    judged = inputs["documents"].select("doc_id", taken_out.alias("taken_out"))
    reasons, clusters, weight = [F.col("taken_out")], [none.cast("string")], F.lit(1.0)
    base = inputs.get(f"{DATASET_PREFIX}{settings.dataset}")
    if base is not None:
        there = base.select("doc_id", F.lit("already_published").alias("reason_base"))
        judged = judged.join(there, "doc_id", "left")
        reasons.append(F.col("reason_base"))
    for table, rows in inputs.items():
        dropped = dropped_by(table, rows)
        if dropped is not None:
            judged = judged.join(dropped.withColumnRenamed("reason", f"reason_{table}"), "doc_id", "left")
            reasons.append(F.col(f"reason_{table}"))
        if table in DROPS:
            twins = rows.select("doc_id", F.col("cluster_id").alias(f"cluster_{table}"))
            judged = judged.join(twins, "doc_id", "left")
            clusters.append(F.col(f"cluster_{table}"))
        if table in WEIGHING.values():
            judged = judged.join(rows.select("doc_id", F.col("weight").alias(f"weight_{table}")), "doc_id", "left")
            weight = weight * F.coalesce(f"weight_{table}", F.lit(1.0))
    if "scores" in inputs:
        judged = judged.join(inputs["scores"].select("doc_id", "score", "model_version"), "doc_id", "left")
    else:
        judged = judged.withColumns({"score": none.cast("double"), "model_version": none.cast("string")})
    if settings.min_score is not None:
        low = F.when(F.col("score").isNull(), "no_score").when(F.col("score") < settings.min_score, "low_score")
        reasons.append(low)
    decided = {"reason": F.coalesce(*reasons), "cluster_id": F.coalesce(*clusters), "weight": weight}
    return judged.withColumns(decided).select("doc_id", "score", "model_version", *decided)


def dataset_of_documents(inputs: Mapping[str, DataFrame], settings: PublishSettings) -> DataFrame:
    """Rows of `dataset_<name>`: the documents without a reason against them, in the text that the cuts have left.

    Args:
        inputs: see `fates`.
        settings: see `PublishSettings`.
    """
    chosen = inputs["documents"].join(fates(inputs, settings).where("reason IS NULL"), "doc_id")
    why = _filled(
        {
            "rules": F.lit("passed all"),
            "kept_of_cluster": F.col("cluster_id"),
            "score": F.col("score").cast("string"),
            "model_version": F.col("model_version"),
        }
    )
    return with_cuts(chosen, inputs).select(
        "doc_id",
        "text",
        "language",
        "words",
        "weight",
        _provenance().alias("provenance"),
        why.alias("why"),
    )


def taken_over(base: DataFrame, settings: PublishSettings) -> DataFrame:
    """Rows of the version that is added to that the new one has, too.

    Args:
        base: rows of `dataset_<name>`.
        settings: see `PublishSettings`.
    """
    if not settings.without_sites:
        return base
    return base.where(~_of_sites(parts_of_url(F.col("provenance.url"))["host"], settings.without_sites))


def taken_out(base: DataFrame, settings: PublishSettings) -> DataFrame:
    """How many documents of the version that is added to are of each site that the new one is without: name, count.

    Args:
        base: rows of `dataset_<name>`.
        settings: see `PublishSettings`; with a site.
    """
    hosts = base.select(parts_of_url(F.col("provenance.url"))["host"].alias("host"))
    counts = [
        F.struct(
            F.lit(f"taken_out_of_version {site}").alias("name"),
            F.count_if(_of_sites(F.col("host"), [site])).alias("count"),
        )
        for site in settings.without_sites
    ]
    return hosts.agg(F.array(*counts).alias("each")).selectExpr("inline(each)")


def dataset_of_pairs(pairs: DataFrame, draws: DataFrame, pages: DataFrame) -> DataFrame:
    """Rows of `dataset_pairs_<name>`: the pairs that were drawn.

    Args:
        pairs: rows of `pairs`.
        draws: rows of `draws`.
        pages: rows of `pages`; a pair's provenance is the page with the smallest (source_path, source_offset).
    """
    place = F.min(F.struct("source_path", "source_offset", "fetch_time")).alias("place")
    places = pages.groupBy("doc_id").agg(place).select("doc_id", "place.*")
    chosen = pairs.join(draws.where("kept"), "pair_id").join(places, "doc_id", "left")
    why = _filled({"probability": F.col("probability").cast("string"), "caption_source": F.col("caption_source")})
    return chosen.select(
        "pair_id",
        "doc_id",
        "image_url",
        "caption",
        F.lit(1.0).alias("weight"),
        _provenance().alias("provenance"),
        why.alias("why"),
    )


def _of_sites(host: Column, sites: Sequence[str]) -> Column:
    found = F.lit(False)
    for site in sites:
        found |= F.endswith(F.concat(F.lit("."), host), F.lit(f".{site}"))
    return F.coalesce(found, F.lit(False))


def _provenance() -> Column:
    return F.struct("url", "crawl", "source_path", "source_offset", "fetch_time")


def _filled(values: dict[str, Column]) -> Column:
    pairs = F.create_map(*[part for key, value in values.items() for part in (F.lit(key), value)])
    return F.map_filter(pairs, lambda _, value: value.isNotNull())

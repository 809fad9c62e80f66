"""Publish a data set of documents: those that no stage dropped, in the text that the cuts left, with what kept each.

The engine names the version `name@version` and keeps with it the outcomes of all documents (`outcomes_<name>`). With `add_to`
a version has the documents of an earlier one and those of this run; with `without_sites` it has none of these sites.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyspark.sql.functions as F
from pydantic import Field
from pyspark.sql import DataFrame

from lakesift.operators.operator import Account, Operator, Published
from lakesift.operators.outcome import decided_once
from lakesift.operators.roles import Publishes
from lakesift.operators.table import DOC_ID, GIVEN, PROVENANCE, WHY, Double, Long, String, Table
from lakesift.publish.rows.columns import filled, or_null, provenance
from lakesift.settings import Settings
from lakesift.text.urls.columns import parts_of_url
from lakesift.text.urls.sites import DATASET_NAME, Site, of_sites

TAKEN_OUT, ALREADY_PUBLISHED, NO_SCORE, LOW_SCORE = "site_taken_out", "already_published", "no_score", "low_score"


class PublishSettings(Settings):
    """Which documents make the data set, and its name."""

    dataset: str = Field(pattern=DATASET_NAME, description="Name of the data set; its table is dataset_<name>.")
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


def publish(
    documents: DataFrame,
    all_documents: DataFrame,
    outcomes: DataFrame,
    scores: DataFrame | None,
    base: DataFrame | None,
    settings: PublishSettings,
) -> DataFrame:
    """Put the data set together.

    Args:
        documents: the kept documents, in the text that the cuts left.
        all_documents: for the row account.
        outcomes: of the stages before and of this one, see `leaves_out`.
        scores: doc_id, score, model_version.
        base: rows of the version that is added to; for the row account.
        settings: see `PublishSettings`.

    Returns:
        doc_id, text, language, words, weight (the product of all), provenance, why: one row a document.
    """
    decided = decided_once(outcomes).select("doc_id", "reason", "cluster_id", "weight")
    chosen = documents.join(decided, "doc_id", "left").where("reason IS NULL")
    score, model = F.lit(None).cast("string"), F.lit(None).cast("string")
    if scores is not None:
        chosen = chosen.join(scores.select("doc_id", "score", "model_version"), "doc_id", "left")
        score, model = F.col("score").cast("string"), F.col("model_version")
    why = {
        "rules": F.lit("passed all"),
        "kept_of_cluster": F.col("cluster_id"),
        "score": score,
        "model_version": model,
    }
    weight = F.coalesce("weight", F.lit(1.0)).alias("weight")
    about = filled(why).alias("why"), or_null(chosen, "given", GIVEN.sql)
    return chosen.select("doc_id", "text", "language", "words", weight, provenance(chosen), *about)


def leaves_out(inputs: Mapping[str, Any], settings: PublishSettings) -> DataFrame:
    """Return the documents that the stage itself leaves out.

    Returns:
        doc_id, reason: site_taken_out, already_published, no_score or low_score, the first that holds.
    """
    rows: DataFrame = inputs["all_documents"].select("doc_id", "host")
    reasons = [F.when(of_sites(F.col("host"), settings.without_sites), TAKEN_OUT)]
    if inputs["base"] is not None:
        published = inputs["base"].select("doc_id", F.lit(ALREADY_PUBLISHED).alias("there"))
        rows = rows.join(published, "doc_id", "left")
        reasons.append(F.col("there"))
    if settings.min_score is not None:
        score = F.lit(None).cast("double")
        if inputs["scores"] is not None:
            rows, score = rows.join(inputs["scores"].select("doc_id", "score"), "doc_id", "left"), F.col("score")
        reasons.append(F.when(score.isNull(), NO_SCORE).when(score < settings.min_score, LOW_SCORE))
    return rows.select("doc_id", F.coalesce(*reasons).alias("reason")).where("reason IS NOT NULL")


def account(inputs: Mapping[str, Any], output: DataFrame, settings: PublishSettings) -> Account:
    """Count documents of this run: each is in the data set, or left out with its first reason."""
    base, rows = inputs["base"], inputs["all_documents"].select("doc_id")
    added = output.join(rows, "doc_id", "left_semi")
    if base is not None:
        added = added.join(base.select("doc_id"), "doc_id", "left_anti")
    rejected = decided_once(inputs["outcomes"]).where("reason IS NOT NULL").select("doc_id", "reason")
    counts = _taken_out(base, settings) if base is not None and settings.without_sites else None
    return Account(rows, added, rejected, counts)


def _taken_out(base: DataFrame, settings: PublishSettings) -> DataFrame:
    """Count the documents of the earlier version that are of each site: name, count."""
    hosts = base.select(parts_of_url(F.col("provenance.url"))["host"].alias("host"))
    counts = [
        F.struct(
            F.lit(f"taken_out_of_version {site}").alias("name"),
            F.count_if(of_sites(F.col("host"), [site])).alias("count"),
        )
        for site in settings.without_sites
    ]
    return hosts.agg(F.array(*counts).alias("each")).selectExpr("inline(each)")


def takes_over(base: DataFrame, inputs: Mapping[str, Any], settings: PublishSettings) -> DataFrame:
    """Return the rows of the earlier version that the new one has, too."""
    if not settings.without_sites:
        return base
    return base.where(~of_sites(parts_of_url(F.col("provenance.url"))["host"], settings.without_sites))


def dataset_table(settings: PublishSettings) -> str:
    """Return the name of the table."""
    return f"dataset_{settings.dataset}"


def base_version(settings: PublishSettings) -> Mapping[str, Sequence[Published]]:
    """Return the version that is added to."""
    reference = f"{settings.dataset}@{settings.add_to}"
    return {"base": [Published(dataset_table(settings), reference)] if settings.add_to else []}


OPERATOR = Operator(
    publish,
    role=Publishes(of="all_documents", key="doc_id"),
    writes=Table(
        "one chosen document",
        {
            "doc_id": DOC_ID,
            "text": String("in which the cuts are made"),
            "language": String("of the text before the edits", null="not identified"),
            "words": Long("of the text", null="not counted"),
            "weight": Double("sampling weight"),
            "provenance": PROVENANCE,
            "why": WHY,
            "given": GIVEN,
        },
    ),
    example="- publish: {dataset: web}",
    published=base_version,
    table_name=dataset_table,
    account=account,
    leaves_out=leaves_out,
    takes_over=takes_over,
)

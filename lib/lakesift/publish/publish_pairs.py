"""Publish a data set of image and text pairs: those that were drawn, with the page that each comes from."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import reduce
from typing import Any

import pyspark.sql.functions as F
from pydantic import Field
from pyspark.sql import Column, DataFrame

from lakesift.operators.operator import Operator
from lakesift.operators.roles import Publishes
from lakesift.operators.table import DOC_ID, PROVENANCE, WHY, Double, String, Table
from lakesift.publish.publish import TAKEN_OUT
from lakesift.publish.rows.columns import filled, or_null, provenance
from lakesift.settings import Settings
from lakesift.text.urls.columns import parts_of_url
from lakesift.text.urls.sites import DATASET_NAME, Site, of_sites


class PublishPairsSettings(Settings):
    """Name of the data set of pairs."""

    dataset: str = Field(pattern=DATASET_NAME, description="Name of the data set; its table is dataset_pairs_<name>.")
    without_sites: tuple[Site, ...] = Field(
        default=(),
        description="Hosts of which no pair is in the data set, nor of hosts below them: neither pairs of their pages nor"
        " of images that lie there.",
    )


def publish_pairs(pairs: DataFrame, draws: DataFrame, pages: DataFrame, settings: PublishPairsSettings) -> DataFrame:
    """Put the data set of pairs together.

    Args:
        pairs: rows of `pairs`.
        draws: rows of `draws`.
        pages: rows of `pages`; a pair's provenance is the page with the smallest (source_path, source_offset).
        settings: see `PublishPairsSettings`.

    Returns:
        pair_id, doc_id, image_url, caption, weight, provenance, why: one row a pair that was drawn.
    """
    place = F.min(F.struct("source_path", "source_offset", "fetch_time", or_null(pages, "source_id", "string"))).alias(
        "place"
    )
    places = pages.groupBy("doc_id").agg(place).select("doc_id", "place.*")
    drawn = pairs.join(draws.where("kept"), "pair_id").where(~_is_taken_out(settings))
    chosen = drawn.join(places, "doc_id", "left")
    why = {"probability": F.col("probability").cast("string"), "caption_source": F.col("caption_source")}
    about = F.lit(1.0).alias("weight"), provenance(places), filled(why).alias("why")
    return chosen.select("pair_id", "doc_id", "image_url", "caption", *about)


def leaves_out(inputs: Mapping[str, Any], settings: PublishPairsSettings) -> DataFrame:
    """Return pair_id and reason of the pairs that were not drawn, or are of a site that is taken out."""
    drawn = F.when(F.col("probability") == 0, "no_entry").when(~F.col("kept"), "not_drawn")
    rows: DataFrame = inputs["draws"].select("pair_id", "kept", "probability")
    if settings.without_sites:
        gone = inputs["pairs"].where(_is_taken_out(settings)).select("pair_id", F.lit(TAKEN_OUT).alias("gone"))
        rows = rows.join(gone.distinct(), "pair_id", "left")
        drawn = F.coalesce(drawn, "gone")
    return rows.select("pair_id", drawn.alias("reason")).where("reason IS NOT NULL")


def _is_taken_out(settings: PublishPairsSettings) -> Column:
    """Return whether a row of `pairs` is of a page or an image on one of the sites."""
    if not settings.without_sites:
        return F.lit(False)
    hosts = [parts_of_url(F.col(name))["host"] for name in ("url", "image_url")]
    return reduce(operator.or_, (of_sites(host, settings.without_sites) for host in hosts))


def dataset_table(settings: PublishPairsSettings) -> str:
    """Return the name of the table."""
    return f"dataset_pairs_{settings.dataset}"


OPERATOR = Operator(
    publish_pairs,
    role=Publishes(of="draws", key="pair_id"),
    writes=Table(
        "one chosen image and text pair",
        {
            "pair_id": String("the pair"),
            "doc_id": DOC_ID,
            "image_url": String("absolute"),
            "caption": String("on one line"),
            "weight": Double("sampling weight"),
            "provenance": PROVENANCE,
            "why": WHY,
        },
    ),
    example="- publish_pairs: {dataset: web}",
    table_name=dataset_table,
    leaves_out=leaves_out,
)

"""Data sets of documents and of pairs: what the stages before decided, put together, with the reasons beside each row."""

from __future__ import annotations

from pydantic import Field
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakesift.settings import Settings

NAME = r"^[a-z][a-z0-9_]*$"


class PublishSettings(Settings):
    """Which documents make the data set, and its name."""

    dataset: str = Field(pattern=NAME, description="Name of the data set; its table is dataset_<name>.")
    min_score: float | None = Field(
        default=None, description="Smallest score that is kept; none: scores do not decide."
    )


class PublishPairsSettings(Settings):
    """Name of the data set of pairs."""

    dataset: str = Field(pattern=NAME, description="Name of the data set; its table is dataset_pairs_<name>.")


def fates(
    verdicts: DataFrame, duplicates: DataFrame | None, scores: DataFrame | None, settings: PublishSettings
) -> DataFrame:
    """What becomes of every document.

    Args:
        verdicts: rows of `verdicts`.
        duplicates: rows of `duplicates`, if the recipe looks for them.
        scores: rows of `scores` of one scorer version, if the recipe scores.
        settings: see `PublishSettings`.

    Returns:
        doc_id, reason (null: in the data set; else failed_rule, near_duplicate, no_score or low_score), score,
        model_version, cluster_id: one row a document.
    """
    judged = verdicts.select("doc_id", "kept")
    none = F.lit(None)
    if duplicates is not None:
        judged = judged.join(duplicates.select("doc_id", "cluster_id", "keeper_id"), "doc_id", "left")
    else:
        judged = judged.withColumns({"cluster_id": none.cast("string"), "keeper_id": none.cast("string")})
    if scores is not None:
        judged = judged.join(scores.select("doc_id", "score", "model_version"), "doc_id", "left")
    else:
        judged = judged.withColumns({"score": none.cast("double"), "model_version": none.cast("string")})
    reason = F.when(~F.col("kept"), "failed_rule").when(F.col("keeper_id") != F.col("doc_id"), "near_duplicate")
    if settings.min_score is not None:
        reason = reason.when(F.col("score").isNull(), "no_score").when(F.col("score") < settings.min_score, "low_score")
    return judged.select("doc_id", reason.alias("reason"), "score", "model_version", "cluster_id")


def dataset_of_documents(documents: DataFrame, fate: DataFrame) -> DataFrame:
    """Rows of `dataset_<name>`: the documents without a reason against them.

    Args:
        documents: rows of `documents`.
        fate: what `fates` gives.
    """
    chosen = documents.join(fate.where("reason IS NULL"), "doc_id")
    why = _filled(
        {
            "rules": F.lit("passed all"),
            "kept_of_cluster": F.col("cluster_id"),
            "score": F.col("score").cast("string"),
            "model_version": F.col("model_version"),
        }
    )
    return chosen.select(
        "doc_id",
        "text",
        "language",
        "words",
        F.lit(1.0).alias("weight"),
        _provenance().alias("provenance"),
        why.alias("why"),
    )


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


def _provenance() -> Column:
    return F.struct("url", "crawl", "source_path", "source_offset", "fetch_time")


def _filled(values: dict[str, Column]) -> Column:
    pairs = F.create_map(*[part for key, value in values.items() for part in (F.lit(key), value)])
    return F.map_filter(pairs, lambda _, value: value.isNotNull())

"""A comparison of a lake made from a sample crawl with the sample's truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Row
from pyspark.sql import functions as F


@dataclass(frozen=True)
class Share:
    """A share, given by two counts."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """Between 0 and 1; 1 for none of none, because nothing was missed."""
        return self.part / self.whole if self.whole else 1.0

    def __str__(self) -> str:
        """Format the share as in "0.975 (39 of 40)"."""
        return f"{self.value:.3f} ({self.part:,} of {self.whole:,})"


@dataclass(frozen=True)
class Comparison:
    """The agreement of a result with the planted truth.

    Args:
        pages_found: planted pages that are in `pages`.
        broken_found: records broken on purpose with a row in `quarantine` at their place.
        language_right: documents that make a claim about their language and got that one.
        duplicate_recall: planted near-duplicate pairs, among documents that the rules kept, that share a cluster.
        duplicate_precision: pairs that share a cluster, among the same documents, that were planted.
        junk_dropped: planted junk that the rules dropped, or that is a duplicate and not its cluster's keeper.
        good_kept: pages that are not junk and that the rules kept, in the languages of kept pages.
        kept_languages: those languages.
        addresses_left: e-mail and IP addresses that reached `pages` and are still in the text of `documents`.
    """

    pages_found: Share
    broken_found: Share
    language_right: Share
    duplicate_recall: Share
    duplicate_precision: Share
    junk_dropped: Share
    good_kept: Share
    kept_languages: tuple[str, ...]
    addresses_left: Share


def compare(
    truth: DataFrame,
    pages: DataFrame,
    documents: DataFrame,
    verdicts: DataFrame,
    duplicates: DataFrame,
    quarantine: DataFrame,
) -> Comparison:
    """Compare the tables of a lake with the truth of its sample crawl.

    Args:
        truth: `truth.parquet` of `write_sample`; the others: the lake's tables of these names.
    """
    found = _found(truth.where("expected = 'page'"), pages, documents, verdicts, duplicates)
    by_language = _by_language(found)
    kept_languages = tuple(sorted(row["language"] for row in by_language if row["language"] and row["good_kept"]))
    pairs = _pairs(found.where("kept"))
    return Comparison(
        pages_found=_share(by_language, "found", "planted"),
        broken_found=_broken_found(truth.where("expected = 'quarantine'"), quarantine),
        language_right=_share(by_language, "language_right", "language_claimed"),
        duplicate_recall=Share(pairs.get("both", 0), pairs.get("planted", 0)),
        duplicate_precision=Share(pairs.get("both", 0), pairs.get("clustered", 0)),
        junk_dropped=_share(by_language, "junk_dropped", "junk"),
        good_kept=_share((row for row in by_language if row["language"] in kept_languages), "good_kept", "good"),
        kept_languages=kept_languages,
        addresses_left=_share(by_language, "addresses_left", "addresses"),
    )


def lines(comparison: Comparison) -> list[str]:
    """Format the comparison in six lines for a terminal."""
    left = comparison.addresses_left
    return [
        f"planted pages found        {comparison.pages_found}, broken records in quarantine {comparison.broken_found}",
        f"language right             {comparison.language_right}",
        f"near-duplicate pairs       recall {comparison.duplicate_recall}, precision {comparison.duplicate_precision}",
        f"planted junk dropped       {comparison.junk_dropped}",
        f"good pages kept            {comparison.good_kept} in {', '.join(comparison.kept_languages) or 'no language'}",
        f"addresses left in the text {left.part:,} of {left.whole:,}",
    ]


def _found(
    planted: DataFrame, pages: DataFrame, documents: DataFrame, verdicts: DataFrame, duplicates: DataFrame
) -> DataFrame:
    extracted = pages.select("doc_id", F.col("text").alias("page_text"))
    edited = documents.select("doc_id", "text", F.col("language").alias("found_language"))
    return (
        planted.join(extracted, "doc_id", "left")
        .join(edited, "doc_id", "left")
        .join(verdicts.select("doc_id", "kept"), "doc_id", "left")
        .join(duplicates.select("doc_id", "cluster_id", "keeper_id"), "doc_id", "left")
    )


def _by_language(found: DataFrame) -> list[Row]:
    addresses = F.concat("emails", "ips")
    is_survivor = F.col("kept") & (F.col("keeper_id").isNull() | (F.col("keeper_id") == F.col("doc_id")))
    is_claim = F.col("language").isNotNull() & F.col("found_language").isNotNull()
    counted = found.groupBy("language").agg(
        F.count("*").alias("planted"),
        F.count("page_text").alias("found"),
        F.count_if(is_claim).alias("language_claimed"),
        F.count_if(is_claim & (F.col("found_language") == F.col("language"))).alias("language_right"),
        F.count_if("junk").alias("junk"),
        F.count_if(F.col("junk") & ~F.coalesce(is_survivor, F.lit(False))).alias("junk_dropped"),
        F.count_if(~F.col("junk")).alias("good"),
        F.count_if(~F.col("junk") & F.col("kept")).alias("good_kept"),
        _sum_of(_contained(addresses, F.col("page_text"))).alias("addresses"),
        _sum_of(_contained(addresses, F.col("text"))).alias("addresses_left"),
    )
    # One row a language of the sample.
    return counted.collect()


def _contained(strings: Column, text: Column) -> Column:
    return F.size(F.filter(strings, lambda string: F.coalesce(F.contains(text, string), F.lit(False))))


def _sum_of(counts: Column) -> Column:
    return F.coalesce(F.sum(counts), F.lit(0))


def _pairs(kept: DataFrame) -> dict[str, int]:
    """Count planted pairs, pairs in a found cluster, and pairs that are both.

    The counts are sums over group sizes.
    """
    grouped = kept.cube("cluster", "cluster_id").agg(F.count("*").alias("size"), F.grouping_id().alias("level"))
    is_named = F.expr(
        "CASE level WHEN 0 THEN cluster IS NOT NULL AND cluster_id IS NOT NULL "
        "WHEN 1 THEN cluster IS NOT NULL WHEN 2 THEN cluster_id IS NOT NULL ELSE false END"
    )
    pairs = F.sum(F.expr("size * (size - 1) DIV 2")).alias("pairs")
    names = {0: "both", 1: "planted", 2: "clustered"}
    return {names[row["level"]]: row["pairs"] for row in grouped.where(is_named).groupBy("level").agg(pairs).collect()}


def _broken_found(planted: DataFrame, quarantine: DataFrame) -> Share:
    file_name = F.element_at(F.split("source_path", "/"), -1)
    reported = quarantine.select(file_name.alias("file"), F.col("source_offset").alias("at"))
    start, end = F.col("source_offset"), F.col("source_offset") + F.col("source_length")
    is_inside = (F.col("file") == F.col("source_path")) & (F.col("at") >= start) & (F.col("at") < end)
    found = F.count_distinct(F.when(F.col("at").isNotNull(), F.col("doc_id")))
    counted = planted.join(reported, is_inside, "left").agg(
        found.alias("found"), F.count_distinct("doc_id").alias("all")
    )
    return _share(counted.collect(), "found", "all")


def _share(rows: Iterable[Row], part: str, whole: str) -> Share:
    counted = [(row[part], row[whole]) for row in rows]
    return Share(sum(part for part, _ in counted), sum(whole for _, whole in counted))

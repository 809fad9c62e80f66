"""A site that is taken out is in no new version of a data set of pairs, by its pages or its images."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from lakesift.publish.publish_pairs import PublishPairsSettings, leaves_out, publish_pairs

pytestmark = pytest.mark.spark


def test_pairs_of_a_sites_pages_and_images_are_left_out_with_the_reason(spark: SparkSession) -> None:
    rows = [
        ("own", "a", "https://www.site.example/p", "https://cdn.other.example/1.jpg", True, 1.0),
        ("linked", "b", "https://b.example/p", "https://img.site.example/2.jpg", True, 1.0),
        ("other", "c", "https://notsite.example/p", "https://c.example/3.jpg", True, 1.0),
        ("no_url", "d", None, "https://c.example/4.jpg", True, 1.0),
        ("undrawn", "e", "https://www.site.example/q", "https://c.example/5.jpg", False, 0.3),
        ("unmatched", "f", "https://f.example/q", "https://c.example/6.jpg", False, 0.0),
    ]
    columns = "pair_id STRING, doc_id STRING, url STRING, image_url STRING, kept BOOLEAN, probability DOUBLE"
    table = spark.createDataFrame(rows, columns)
    pairs = table.selectExpr("pair_id", "doc_id", "url", "image_url", "'A boat' AS caption", "'alt' AS caption_source")
    pairs = pairs.selectExpr("*", "'c' AS crawl")
    draws = table.select("pair_id", "kept", "probability")
    pages = spark.createDataFrame(
        [(row[1], "a.warc", 1, None) for row in rows],
        "doc_id STRING, source_path STRING, source_offset BIGINT, fetch_time TIMESTAMP",
    )
    settings = PublishPairsSettings(dataset="td", without_sites=("site.example",))
    chosen = publish_pairs(pairs, draws, pages, settings)
    assert {row["pair_id"] for row in chosen.collect()} == {"other", "no_url"}
    reasons = {
        row["pair_id"]: row["reason"] for row in leaves_out({"pairs": pairs, "draws": draws}, settings).collect()
    }
    assert reasons == {
        "own": "site_taken_out",
        "linked": "site_taken_out",
        "undrawn": "not_drawn",
        "unmatched": "no_entry",
    }
    all_of_them = PublishPairsSettings(dataset="td")
    assert publish_pairs(pairs, draws, pages, all_of_them).count() == 4

from __future__ import annotations

import hashlib
import sys
from collections import Counter

import pytest
from pyspark.sql import DataFrame, SparkSession

from lakesift.balance.metaclip.images import (
    WHITESPACE,
    PairSettings,
    images_of,
    pairs_of,
    rejected_images,
    with_languages,
)
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.language.identify import LanguageSettings, identify

SCHEMA = (
    "doc_id STRING, crawl STRING, url STRING, source_path STRING, source_offset BIGINT,"
    " images ARRAY<STRUCT<url: STRING, alt: STRING, title: STRING, width: INT, height: INT>>"
)
CAT = "https://a.example/cat.jpg"
Image = tuple[str | None, str | None, str | None]


def links(spark: SparkSession, pages: list[tuple[str, list[Image] | None]]) -> DataFrame:
    rows = [
        (doc_id, "c", f"https://{doc_id}.example/", "x.warc", offset, images and [(*image, 10, 20) for image in images])
        for offset, (doc_id, images) in enumerate(pages)
    ]
    return spark.createDataFrame(rows, SCHEMA)


def test_whitespace_is_what_strip_removes() -> None:
    assert set(WHITESPACE) == {character for character in map(chr, range(sys.maxunicode + 1)) if character.isspace()}


@pytest.mark.spark
def test_captions_are_the_first_text_on_one_line(spark: SparkSession) -> None:
    texts: list[tuple[str | None, str | None]] = [
        ("a cat", "title"),
        ("  a\ncat\r\n", None),
        (" \u00a0\n", "\u3000a title "),
        ("", "t"),
        (None, "t"),
        ("tab\tstays", None),
        (" " * 100_000 + "x" + " " * 100_000, None),
    ]
    images = images_of(links(spark, [("d", [(CAT, alt, title) for alt, title in texts])]), PairSettings())
    found = [(row.caption, row.caption_source) for row in images.orderBy("position").collect()]
    assert found == [
        ("a cat", "alt"),
        ("a cat", "alt"),
        ("a title", "title"),
        ("t", "title"),
        ("t", "title"),
        ("tab\tstays", "alt"),
        ("x", "alt"),
    ]


@pytest.mark.spark
def test_every_image_is_a_pair_or_is_rejected_with_a_reason(spark: SparkSession) -> None:
    pages: list[tuple[str, list[Image] | None]] = [
        ("d2", [(CAT, "a cat", None), (CAT, "a cat", None), ("data:image/gif;base64,R0", "x", None)]),
        ("d1", [(CAT, "\na cat ", None), (CAT, None, " "), (None, "x", None), ("HTTP://a.example/x", "y", None)]),
        ("d3", [("https://a.example/" + "x" * 3000, "y", None), (CAT, "y" * 5000, None), ("https://", "y", None)]),
        ("d4", []),
        ("d5", None),
    ]
    images = images_of(links(spark, pages), PairSettings())
    pairs, rejected = pairs_of(images).collect(), rejected_images(images).collect()
    assert sorted((row.doc_id, row.caption, row.image_url) for row in pairs) == [
        ("d1", "a cat", CAT),
        ("d1", "y", "HTTP://a.example/x"),
    ]
    assert Counter(row.reason for row in rejected) == {
        "repeated": 2,
        "not_http": 3,
        "no_caption": 1,
        "url_too_long": 1,
        "caption_too_long": 1,
    }
    assert images.count() == len(pairs) + len(rejected) == 10


@pytest.mark.spark
def test_the_id_is_made_of_url_and_caption(spark: SparkSession) -> None:
    images = images_of(links(spark, [("d", [(CAT, "größe", None), ("ftp://x/", "x", None)])]), PairSettings())
    expected = hashlib.sha256(f"{CAT}\ngröße".encode()).hexdigest()[:32]
    assert [row.pair_id for row in images.orderBy("position").collect()] == [expected, None]
    pair = pairs_of(images).first()
    assert pair is not None
    assert pair.asDict() == {
        "pair_id": expected,
        "doc_id": "d",
        "crawl": "c",
        "url": "https://d.example/",
        "image_url": CAT,
        "caption": "größe",
        "caption_source": "alt",
        "width": 10,
        "height": 20,
    }


@pytest.mark.spark
def test_title_alone_can_be_the_caption(spark: SparkSession) -> None:
    images = images_of(
        links(spark, [("d", [(CAT, "alt", "title"), (CAT, "alt", None)])]), PairSettings(captions=("title",))
    )
    rows = images.orderBy("position").collect()
    assert [(row.caption, row.caption_source, row.reason) for row in rows] == [
        ("title", "title", None),
        (None, None, "no_caption"),
    ]


@pytest.mark.spark
def test_captions_get_the_language_they_are_in(spark: SparkSession) -> None:
    texts = ["Ein alter Hund schläft vor der Tür", "An old dog is sleeping by the door", "1234"]
    pairs = spark.createDataFrame(list(enumerate(texts)), "pair_id INT, caption STRING")
    settings = LanguageSettings()
    found = with_languages(pairs, lambda captions: identify(buffers_of(captions), settings))
    rows = found.orderBy("pair_id").collect()
    assert [tuple(row) for row in rows] == [(0, texts[0], "de"), (1, texts[1], "en"), (2, texts[2], "un")]

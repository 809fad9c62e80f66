"""Pairs of an image and its text, from the images that pages link to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial, reduce
from typing import Literal

import pyarrow as pa
import pyspark.sql.functions as F
from pydantic import Field
from pyspark.sql import Column, DataFrame
from pyspark.sql.types import StringType, StructField, StructType

from lakesift.settings import Settings

Identify = Callable[[pa.StringArray], tuple[pa.StringArray, pa.FloatArray]]
"""Language codes and scores of texts, such as `lakesift.text.language.identify.identify` returns."""

# The characters that str.strip() removes: those for which str.isspace() is true.
WHITESPACE = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B)))
WHITESPACE += "\u2028\u2029\u202f\u205f\u3000"
ID_CHARACTERS = 32
IMAGE_KEY = ("doc_id", "source_path", "source_offset", "position")
PAIR_COLUMNS = ("crawl", "url", "image_url", "caption", "caption_source", "width", "height")


class PairSettings(Settings):
    """Sources of an image's text, and conditions for leaving images out."""

    captions: tuple[Literal["alt", "title"], ...] = Field(
        default=("alt", "title"),
        min_length=1,
        description="Attributes of the image; the first that is not empty is the caption (facebookresearch/MetaCLIP"
        " metaclip/curation/parse_wat.py takes each of them as a text of its own).",
    )
    max_caption_characters: int = Field(
        default=4096, ge=1, description="Longer ones are whole pages in an attribute; lakesift's own cap."
    )
    max_url_characters: int = Field(
        default=2048, ge=1, description="Longer ones are not served by common web servers; lakesift's own cap."
    )


def images_of(links: DataFrame, settings: PairSettings) -> DataFrame:
    """Return one row per image link, with its caption or a reason without one.

    Line ends in a caption become spaces, then white space around it is removed (MetaCLIP, curation/parse_wat.py).

    Args:
        links: doc_id, crawl, url, source_path, source_offset, images ARRAY<STRUCT<url, alt, title, width, height>>
            with absolute URLs.
        settings: see `PairSettings`.

    Returns:
        doc_id, source_path, source_offset, position (in `images`, from 0), crawl, url, image_url, caption,
        caption_source (alt, title), width, height, reason (null, not_http, url_too_long, no_caption,
        caption_too_long), pair_id (null when there is a reason): 32 hexadecimal digits, the first half of SHA-256 of
        URL, line feed, caption.
    """
    place = ["doc_id", "source_path", "source_offset", "crawl", "url"]
    images = links.select(*place, F.posexplode("images").alias("position", "image"))
    texts = {source: _cleaned(F.col(f"image.{source}")) for source in settings.captions}
    sources = [F.when(text.isNotNull(), F.lit(source)) for source, text in texts.items()]
    captioned = images.select(
        *place,
        "position",
        F.col("image.url").alias("image_url"),
        F.coalesce(*texts.values()).alias("caption"),
        F.coalesce(*sources).alias("caption_source"),
        F.col("image.width").alias("width"),
        F.col("image.height").alias("height"),
    )
    address = F.sha2(F.concat_ws("\n", "image_url", "caption"), 256)
    checked = captioned.withColumn("reason", _reason(settings))
    return checked.withColumn("pair_id", F.when(F.col("reason").isNull(), F.substring(address, 1, ID_CHARACTERS)))


def pairs_of(images: DataFrame) -> DataFrame:
    """Return the pairs: one row per image URL and caption.

    Each is taken from the smallest doc_id that has it.

    Args:
        images: the result of `images_of`.

    Returns:
        pair_id, doc_id, crawl, url (of the page), image_url, caption, caption_source, width, height.
    """
    return _first_images(images).select("pair_id", "doc_id", *PAIR_COLUMNS)


def rejected_images(images: DataFrame) -> DataFrame:
    """Return the images that gave no pair: as many as images less pairs.

    Args:
        images: the result of `images_of`.

    Returns:
        The columns of `images`; the reason is that of `images_of`, or "repeated" for an image and caption whose
        pair came from another place.
    """
    unusable = images.where(F.col("reason").isNotNull())
    usable = images.where(F.col("reason").isNull())
    # Joined on the whole place, so that a pair that is on a million pages does not end in one task.
    repeated = usable.join(_first_images(images), [*IMAGE_KEY, "pair_id"], how="left_anti")
    return unusable.unionByName(repeated.withColumn("reason", F.lit("repeated")))


def with_languages(pairs: DataFrame, identify: Identify) -> DataFrame:
    """Add `language`, the language code of the caption.

    Args:
        pairs: has the column caption.
        identify: runs in the workers, on one batch of captions at a time.
    """
    schema = StructType([*pairs.schema.fields, StructField("language", StringType())])
    return pairs.mapInArrow(partial(_language_batches, identify=identify), schema)


def _cleaned(text: Column) -> Column:
    """Return the stripped text on one line, null when nothing is left."""
    stripped = F.btrim(F.translate(text, "\r\n", "  "), F.lit(WHITESPACE))
    return F.when(stripped != "", stripped)


def _reason(settings: PairSettings) -> Column:
    tests = {
        "not_http": ~F.coalesce(F.col("image_url").rlike("^(?i)https?://[^/]"), F.lit(False)),
        "url_too_long": F.length("image_url") > settings.max_url_characters,
        "no_caption": F.col("caption").isNull(),
        "caption_too_long": F.length("caption") > settings.max_caption_characters,
    }
    reasons = [F.when(failed, F.lit(reason)) for reason, failed in tests.items()]
    return reduce(F.coalesce, reasons)


def _first_images(images: DataFrame) -> DataFrame:
    usable = images.where(F.col("reason").isNull())
    first = usable.groupBy("pair_id").agg(F.min(F.struct(*IMAGE_KEY, *PAIR_COLUMNS)).alias("first"))
    return first.select("pair_id", "first.*")


def _language_batches(batches: Iterable[pa.RecordBatch], identify: Identify) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        codes, _ = identify(batch.column("caption"))
        yield batch.append_column("language", codes)

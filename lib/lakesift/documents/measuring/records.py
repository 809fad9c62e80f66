"""Pages that were taken in from one record more than once, and records of which several have one id."""

from __future__ import annotations

from typing import Final

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from lakesift.text.ids import uuid5_of

SAME_RECORD: Final = "same_record"
# The page itself is better than the text that someone else took from it.
PREFERENCE: Final = "CASE extractor WHEN 'wet' THEN 1 WHEN 'import' THEN 2 ELSE 0 END"
PLACE: Final = ("doc_id", "source_path", "source_offset")


def first_pages(pages: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Choose one of the pages that were taken from one record, and tell records apart that have one id.

    A response goes before the text of a WET file, that before imported text; then the smallest `source_path` and
    `source_offset` decides. Pages of one id are of one record when their URL is the same and, where both are responses,
    their payload; imported texts always. Of several records of one id the first keeps it; the others get a UUIDv5 of
    crawl, path and offset, as records without an id do. Only narrow columns are compared.

    Returns:
        The rows of `pages` kept, and doc_id, source_path, source_offset, reason (`same_record`) of each other row.
    """
    order = (F.expr(PREFERENCE), F.col("source_path"), F.col("source_offset"))
    ranked = pages.select(
        *PLACE,
        "crawl",
        "extractor",
        F.row_number().over(Window.partitionBy("doc_id").orderBy(*order)).alias("of_id"),
        F.row_number().over(Window.partitionBy("doc_id", "url").orderBy(*order)).alias("of_url"),
        F.row_number().over(Window.partitionBy("doc_id", "url", "payload_digest").orderBy(*order)).alias("of_payload"),
    )
    is_new = (F.col("of_url") == 1) | ((F.col("extractor") != "wet") & (F.col("of_payload") == 1))
    # As `crawl.pages.provenance.doc_id_of` makes it.
    name = F.concat_ws("\n", "crawl", "source_path", F.col("source_offset").cast("string"))
    is_other_page = (F.col("extractor") != "import") & is_new
    later = ranked.where("of_id > 1").select(*PLACE, F.when(is_other_page, uuid5_of(name)).alias("own_id"))
    others = later.where("own_id IS NULL").select(*PLACE, F.lit(SAME_RECORD).alias("reason"))
    told = later.withColumn("is_later", F.lit(True))
    kept = pages.join(told, on=list(PLACE), how="left").where("is_later IS NULL OR own_id IS NOT NULL")
    return kept.withColumn("doc_id", F.coalesce("own_id", "doc_id")).select(*pages.columns), others

"""Numbers of documents in their order."""

from __future__ import annotations

import pyspark.sql.functions as F
from pyspark.sql import DataFrame, Window

from lakesift.dedup.shared.order import PLACE

FILE = ("crawl", "source_path")


def numbered(documents: DataFrame) -> DataFrame:
    """Number the documents from 0 on, without gaps, in `document_order()`.

    Only the files, with their number of documents, go through one task; documents are sorted file by file.

    Args:
        documents: crawl, source_path, source_offset, doc_id.

    Returns:
        doc_id, document BIGINT.
    """
    within = F.row_number().over(Window.partitionBy(*FILE).orderBy(*PLACE[len(FILE) :])) - F.lit(1)
    places = documents.select(*PLACE).withColumn("within", within)
    before = Window.orderBy(*FILE).rowsBetween(Window.unboundedPreceding, -1)
    files = documents.groupBy(*FILE).agg(F.count("*").alias("size"))
    bases = files.select(
        F.col("crawl").alias("file_crawl"),
        F.col("source_path").alias("file_path"),
        F.coalesce(F.sum("size").over(before), F.lit(0)).alias("base"),
    )
    same = F.col("crawl").eqNullSafe(F.col("file_crawl")) & F.col("source_path").eqNullSafe(F.col("file_path"))
    return places.join(bases, same).select("doc_id", (F.col("base") + F.col("within")).alias("document"))

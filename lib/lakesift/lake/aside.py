"""What a stage sets aside while it works: written once, read back, and removed with the stage."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ASIDE: Final = "_staging"


def set_aside(rows: DataFrame, name: str, location: str, in_catalog: bool) -> DataFrame:
    """Write a frame beside the tables of a lake and read it back.

    Args:
        rows: any frame.
        name: unique within the stage.
        location: of the lake.
        in_catalog: whether that is `catalog.schema`.
    """
    spark = rows.sparkSession
    if in_catalog:
        reference = f"{location}.{ASIDE}_{name}"
        rows.write.format("delta").mode("overwrite").option("overwriteSchema", "true").saveAsTable(reference)
        return spark.table(reference)
    path = f"{location}/{ASIDE}/{name}"
    rows.write.format("parquet").mode("overwrite").save(path)
    return spark.read.schema(rows.schema).parquet(path)


def drop_aside(spark: SparkSession, location: str, folder: Path | None, in_catalog: bool) -> None:
    """Remove what `set_aside` wrote; on an object store it stays until the next run overwrites it."""
    if in_catalog:
        for row in spark.sql(f"SHOW TABLES IN {location} LIKE '{ASIDE}_*'").collect():
            spark.sql(f"DROP TABLE {location}.{row['tableName']}")
    elif folder is not None:
        shutil.rmtree(folder / ASIDE, ignore_errors=True)

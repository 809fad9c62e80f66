"""What the jobs of deduplication share: MinHash of documents without all else that is measured, and stage tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import ArrayType, BinaryType, LongType, StructField, StructType

from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.kernels.minhash import band_keys, signatures
from lakesift.text.kernels.minhash_settings import MinHashSettings


def with_sketches(documents: DataFrame, settings: MinHashSettings) -> DataFrame:
    """Documents with their band keys and signatures in place of their text, as `near_duplicates` reads them.

    Args:
        documents: text STRING, and any other columns.
        settings: see `MinHashSettings`.

    Returns:
        The other columns, minhash ARRAY<BIGINT> (empty where the text has no whole shingle), signature BINARY (null there).
    """
    others = [field for field in documents.schema.fields if field.name != "text"]
    sketch = [StructField("minhash", ArrayType(LongType())), StructField("signature", BinaryType())]

    def sketched(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            found = signatures(buffers_of(batch.column("text")), settings)
            columns = {field.name: batch.column(field.name) for field in others}
            yield pa.RecordBatch.from_pydict({**columns, "minhash": band_keys(found, settings), "signature": found})

    return documents.mapInArrow(sketched, StructType([*others, *sketch]))


def stage_tables(spark: SparkSession, folder: Path) -> Callable[[DataFrame, str], DataFrame]:
    """Writes a frame as Parquet under a name, in place of what had that name, and reads it back."""

    def stage(frame: DataFrame, name: str) -> DataFrame:
        frame.write.mode("overwrite").parquet(str(folder / name))
        return spark.read.schema(frame.schema).parquet(str(folder / name))

    return stage

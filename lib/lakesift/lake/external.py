"""Tables that the user gives: Parquet, JSONL or Delta, told apart by name and content."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import fsspec

from lakesift.errors import SourceError, first_line
from lakesift.operators.files import identity

WHOLE_BYTES = 1 << 28
"""Files of a table up to this size are known by their content, which is read in a second."""
DAMAGED_LINE = "_corrupt_record"
"""Column of a JSONL file's lines that are no JSON, beside their other columns, which are null (Spark's name for it)."""

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def files_of(path: str) -> dict[str, Any]:
    """Size of each file behind a path, by name.

    Raises:
        SourceError: there is nothing, or it may not be seen.
    """
    try:
        files, root = fsspec.core.url_to_fs(path)
        found = files.find(root, detail=True)
    except Exception as error:
        # File systems raise whatever their client library raises.
        raise SourceError(first_line(error), where=path, next_step="check the path and the permissions") from error
    if not found:
        raise SourceError("no files are there", where=path, next_step="check the path and the permissions")
    return {str(name): info.get("size") for name, info in sorted(found.items())}


def checksum_of(path: str) -> str:
    """A digest of the files behind a path, another one when one of them was changed; see `operators.files.identity`.

    Raises:
        SourceError: there is nothing, or it may not be seen.
    """
    names, (storage, _) = files_of(path), fsspec.core.url_to_fs(path)
    try:
        told = [f"{name} {identity(storage, name, WHOLE_BYTES)}" for name in names]
    except Exception as error:
        # File systems raise whatever their client library raises.
        raise SourceError(first_line(error), where=path, next_step="check the path and the permissions") from error
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def read_given(spark: SparkSession, path: str) -> DataFrame:
    """A table of the user's: JSONL by its name, Delta by its log, else Parquet.

    A line of JSONL that is no JSON becomes a row with nothing but the line, in DAMAGED_LINE.

    Raises:
        SourceError: it cannot be read, or has no rows.
    """
    is_delta = any("_delta_log" in name for name in files_of(path))
    form = "json" if ".json" in path else "delta" if is_delta else "parquet"
    try:
        table = _json_lines(spark, path) if form == "json" else spark.read.format(form).load(path)
        is_empty = table.isEmpty()
    except Exception as error:
        # Spark raises whatever Java error a damaged file ends in.
        raise SourceError(
            f"cannot be read as {form}: {first_line(error)}",
            where=path,
            expected="Parquet, a Delta table, or JSONL in a file with .json in its name",
            next_step="check the file",
        ) from error
    if is_empty:
        raise SourceError("has no rows", where=path, next_step="check the path")
    return table


def read_lines(spark: SparkSession, path: str) -> DataFrame:
    """Read a file of text: a row a line, in the column `value`."""
    return spark.read.text(path)


def _json_lines(spark: SparkSession, path: str) -> DataFrame:
    """Each line that is not blank as a row: Spark's own reader makes none of `[]`, and several of an array of objects."""
    from pyspark.sql import functions as F
    from pyspark.sql.types import StringType, StructField, StructType

    option = {"columnNameOfCorruptRecord": DAMAGED_LINE}
    inferred = [field for field in spark.read.options(**option).json(path).schema if field.name != DAMAGED_LINE]
    schema = StructType([*inferred, StructField(DAMAGED_LINE, StringType())])
    lines = spark.read.text(path).where("trim(value) <> ''")
    parsed = lines.select("value", F.from_json("value", schema, option).alias("row"))
    is_no_object = F.col("row").isNull() | F.ltrim("value").startswith("[")
    damaged = F.when(is_no_object, F.col("value")).otherwise(F.col(f"row.{DAMAGED_LINE}"))
    return parsed.select(
        *[F.col("row")[field.name].alias(field.name) for field in inferred], damaged.alias(DAMAGED_LINE)
    )

"""Tables that the user gives: Parquet, JSONL or Delta, told apart by name and content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from lakesift.errors import SourceError, first_line
from lakesift.operators.files import identity

WHOLE_BYTES = 1 << 28
"""Files of a table up to this size are known by their content, which is read in a second."""
SAMPLED_LINES = 10_000
"""First lines of JSONL in which a named column has to stand for the others not to be looked at."""
_PATTERN_SIGNS = re.compile(r"([\[\]{}*?\\])")
DAMAGED_LINE = "_corrupt_record"
"""Column of a JSONL file's lines that are no JSON, beside their other columns, which are null (Spark's name for it)."""

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType


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


def read_given(spark: SparkSession, path: str, columns: Sequence[str] = ()) -> DataFrame:
    """A table of the user's: JSONL by its name, Delta by its log, else Parquet.

    A line of JSONL that is no JSON becomes a row with nothing but the line, in DAMAGED_LINE.

    Args:
        spark: the session.
        path: a file or folder; brackets and other signs of patterns in it mean themselves.
        columns: those that are needed, so that what others hold (types that Spark has not, names that differ in case)
            does not matter; all when none is named, or when one of them is not there.

    Raises:
        SourceError: it cannot be read, or has no rows.
    """
    files = files_of(path)
    is_delta = any("_delta_log" in name for name in files)
    form = "json" if ".json" in path else "delta" if is_delta else "parquet"
    literal = path if is_delta else _PATTERN_SIGNS.sub(r"\\\1", path)
    try:
        if form == "json":
            table = _json_lines(spark, literal, columns)
        else:
            reader = spark.read.format(form)
            schema = _parquet_schema(spark, path, list(files), columns) if form == "parquet" and columns else None
            table = (reader.schema(schema) if schema is not None else reader).load(literal)
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
    return spark.read.text(_PATTERN_SIGNS.sub(r"\\\1", path))


def _parquet_schema(spark: SparkSession, path: str, names: Sequence[str], columns: Sequence[str]) -> StructType | None:
    """Read the types of some columns off a Parquet file; None where one is not there, or the file is none."""
    from pyspark.sql.pandas.types import from_arrow_type
    from pyspark.sql.types import StructField, StructType

    storage, _ = fsspec.core.url_to_fs(path)
    file = next((name for name in names if not name.rsplit("/", 1)[-1].startswith(("_", "."))), names[0])
    try:
        with storage.open(file, "rb") as opened:
            there = pq.read_schema(opened)
    except pa.ArrowInvalid:
        # Spark says better what the file is.
        return None
    if not set(columns) <= set(there.names):
        return None
    if len({name.lower() for name in there.names}) < len(there.names):
        # Spark's Parquet reader compares names without case unless the session does.
        spark.conf.set("spark.sql.caseSensitive", "true")
    types = {name: there.field(there.names.index(name)).type for name in columns}
    plain = {name: kind.value_type if pa.types.is_dictionary(kind) else kind for name, kind in types.items()}
    return StructType([StructField(name, from_arrow_type(kind)) for name, kind in plain.items()])


def _json_lines(spark: SparkSession, path: str, columns: Sequence[str]) -> DataFrame:
    """Each line that is not blank as a row: Spark's own reader makes none of `[]`, and several of an array of objects."""
    from pyspark.sql import functions as F
    from pyspark.sql.types import StringType, StructField, StructType

    option = {"columnNameOfCorruptRecord": DAMAGED_LINE}
    lines = spark.read.text(path).where("trim(value) <> ''")
    keys = lines.limit(SAMPLED_LINES).select(F.explode(F.json_object_keys("value")).alias("key")).distinct()
    if columns and set(columns) <= {row["key"] for row in keys.collect()}:
        # A value of any type is read as its text.
        fields = [StructField(name, StringType()) for name in dict.fromkeys(columns)]
    else:
        inferred = spark.read.options(**option).json(path).schema
        fields = [field for field in inferred if field.name != DAMAGED_LINE]
    schema = StructType([*fields, StructField(DAMAGED_LINE, StringType())])
    parsed = lines.select("value", F.from_json("value", schema, option).alias("row"))
    is_no_object = F.col("row").isNull() | F.ltrim("value").startswith("[")
    damaged = F.when(is_no_object, F.col("value")).otherwise(F.col(f"row.{DAMAGED_LINE}"))
    return parsed.select(*[F.col("row")[field.name].alias(field.name) for field in fields], damaged.alias(DAMAGED_LINE))

"""Tables that the user gives: Parquet, JSONL or Delta, told apart by name and content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import fsspec

from lakesift.errors import SourceError, first_line

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def files_of(path: str) -> dict[str, Any]:
    """Size of each file behind a path, by name.

    Raises:
        SourceError: there is nothing.
    """
    files, root = fsspec.core.url_to_fs(path)
    if not files.exists(root):
        raise SourceError(f"there is nothing at {path}", next_step="check the path")
    return {str(name): info.get("size") for name, info in sorted(files.find(root, detail=True).items())}


def read_given(spark: SparkSession, path: str) -> DataFrame:
    """A table of the user's: JSONL by its name, Delta by its log, else Parquet.

    Raises:
        SourceError: it cannot be read.
    """
    from pyspark.errors import AnalysisException

    is_delta = any("_delta_log" in name for name in files_of(path))
    form = "json" if ".json" in path else "delta" if is_delta else "parquet"
    try:
        return spark.read.format(form).load(path)
    except AnalysisException as error:
        raise SourceError(f"cannot read {path} as {form}: {first_line(error)}", next_step="check the path") from error

"""Columns that data sets of documents and of pairs share."""

from __future__ import annotations

from collections.abc import Mapping

import pyspark.sql.functions as F
from pyspark.sql import Column, DataFrame


def provenance(rows: DataFrame) -> Column:
    """Return the record that a row comes from, of the columns of `documents` or `pages`."""
    own = or_null(rows, "source_id", "string")
    return F.struct("url", "crawl", "source_path", "source_offset", "fetch_time", own).alias("provenance")


def or_null(rows: DataFrame, name: str, kind: str) -> Column:
    """Return a column that tables of earlier lakesifts have not: null there."""
    return F.col(name) if name in rows.columns else F.lit(None).cast(kind).alias(name)


def filled(values: Mapping[str, Column]) -> Column:
    """Return a map of the values that are not null."""
    pairs = F.create_map(*[part for key, value in values.items() for part in (F.lit(key), value)])
    return F.map_filter(pairs, lambda _, value: value.isNotNull())

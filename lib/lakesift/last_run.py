"""What a recipe left in a lake: its tables, in the versions that its last runs settled on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from lakesift.lake import Lake
from lakesift.ledger_tables import LEDGER
from lakesift.tables import TABLES

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

OF_ALL_RECIPES = {*LEDGER, "pages", "links"}
"""Tables of the lake that do not belong to the recipe that wrote them last."""


def last_recipe(lake: Lake) -> str | None:
    """Name of the recipe that ran last; None where none has run."""
    if not lake.exists("runs"):
        return None
    newest = lake.read("runs").orderBy("started_at", ascending=False).select("recipe").first()
    return None if newest is None else str(newest["recipe"])


def versions_of_recipe(lake: Lake, recipe: str | None) -> dict[str, int]:
    """By table, the version that the newest run of a recipe settled on; none of a recipe that never ran on the lake."""
    if recipe is None or not lake.exists("runs"):
        return {}
    settled = lake.read("runs").where((F.col("recipe") == recipe) & F.col("output_version").isNotNull())
    newest = settled.groupBy("output").agg(F.max_by("output_version", "started_at").alias("version")).collect()
    return {row["output"]: row["version"] for row in newest if row["output"] not in OF_ALL_RECIPES}


def pinned(lake: Lake, versions: Mapping[str, int]) -> dict[str, DataFrame]:
    """A lake's tables at the given versions, without those that other recipes made; with no versions all as they are now."""
    return {
        table: lake.read(table, versions.get(table))
        for table in lake.tables()
        if not versions or table in versions or table in OF_ALL_RECIPES or table not in TABLES
    }

"""Read what a recipe left in a lake: the tables that its last runs settled on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F

from lakesift.documents.rules.rules import RuleSet
from lakesift.errors import UsageError
from lakesift.lake.commits import facts_at
from lakesift.lake.lake import Lake
from lakesift.lake.ledger import LEDGER
from lakesift.operators.names import DATASET_PREFIX, INGESTED, OUTCOMES_PREFIX
from lakesift.recipe.files import recipe_file
from lakesift.recipe.yaml_lines import load_with_lines

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

MEASURED = "documents"
OF_ALL_RECIPES = {*LEDGER, *INGESTED}
"""Tables of the lake that do not belong to the recipe that wrote them last."""


@dataclass(frozen=True)
class Settled:
    """A table in the version that a run settled on, and what its commit says."""

    table: str
    version: int
    facts: Mapping[str, Any]

    @property
    def stage(self) -> str:
        """Return the name of the stage that made it."""
        return str(self.facts["stage"])

    @property
    def operator(self) -> str:
        """Return the name of its operator; an earlier lakesift only noted the stage's."""
        return str(self.facts.get("operator", self.facts["stage"]))


def settled(lake: Lake, versions: Mapping[str, int]) -> list[Settled]:
    """Return how tables came to these versions, in the order of their stages.

    Args:
        lake: with the tables.
        versions: by table; those of earlier lakesifts, whose commits do not say their place, as they are listed.
    """
    found = []
    for table, version in versions.items():
        if table not in OF_ALL_RECIPES and not table.startswith(OUTCOMES_PREFIX):
            facts = facts_at(lake.history(table), version)
            if "stage" in facts:
                found.append(Settled(table, version, facts))
    known = all("place" in each.facts for each in found)
    return sorted(found, key=lambda each: int(each.facts["place"])) if known else found


def outcomes_kept(lake: Lake, made: Sequence[Settled]) -> DataFrame | None:
    """Return the outcomes that were kept with the data set among these tables."""
    versions = {each.table: each.version for each in made}
    for each in reversed(made):
        read = {table: version for table, version in each.facts.get("inputs", {}).items() if table != each.table}
        # A later run of earlier stages alone left others than those that the data set was made from.
        is_current = all(versions.get(table, version) == version for table, version in read.items())
        for table, version in each.facts.get("outcomes", {}).items() if is_current else ():
            return lake.read(table, version)
    return None


def with_extraction(rows: DataFrame) -> DataFrame:
    """Return rows of a table that sources are taken into; those of an earlier lakesift are of no noted extraction."""
    return rows if "extraction" in rows.columns else rows.withColumn("extraction", F.lit(None).cast("string"))


def recipe_that_ran(lake: Lake, asked: str | None) -> str | None:
    """Return the name of the recipe asked for, or of the one that ran last.

    Returns:
        None where none was asked for and none has run.

    Raises:
        UsageError: it has not run on this lake.
    """
    rows: list[Any] = []
    if lake.exists("runs"):
        order = F.max(F.struct(*_in_order(lake))).alias("order")
        rows = lake.read("runs").groupBy("recipe").agg(order).orderBy("order", ascending=False).collect()
    ran = [str(row["recipe"]) for row in rows]
    if asked is None:
        return ran[0] if ran else None
    name = asked if asked in ran else str(load_with_lines(recipe_file(asked).read_text(encoding="utf-8"))[0]["name"])
    if name not in ran:
        raise UsageError(
            f"recipe {name} has not run on {lake.location}",
            expected=", ".join(ran) or "a run",
            next_step=f"lakesift run {asked} --lake {lake.location}",
        )
    return name


def _in_order(lake: Lake) -> list[Column]:
    """The columns of `runs` that runs are ordered by: the table's versions, for a clock can be set back.

    Of runs of an earlier lakesift only their times are known; they were before.
    """
    known = F.col("sequence") if "sequence" in lake.read("runs").columns else F.lit(None)
    return [F.coalesce(known.cast("bigint"), F.lit(-1)), F.col("started_at")]


def versions_of_recipe(lake: Lake, recipe: str | None) -> dict[str, int]:
    """Return by table the version that the newest run of a recipe settled on."""
    states = states_of_recipe(lake, recipe)
    return states[0] if states else {}


def states_of_recipe(lake: Lake, recipe: str | None) -> list[dict[str, int]]:
    """Return the tables' versions now, and as they were before each newer `documents`.

    A run measures the crawls that its settings name, and its `documents` has no others.

    Returns:
        Newest first; none without a recipe.
    """
    if recipe is None:
        return []
    settled = lake.read("runs").where((F.col("recipe") == recipe) & F.col("output_version").isNotNull())
    state: dict[str, int] = {}
    before: list[dict[str, int]] = []
    for row in settled.orderBy(*_in_order(lake), "output").select("output", "output_version").collect():
        if row["output"] in OF_ALL_RECIPES:
            continue
        if row["output"] == MEASURED and state.get(MEASURED) not in (None, row["output_version"]):
            before.append(dict(state))
        state[row["output"]] = row["output_version"]
    return [state, *reversed(before)]


def extractions_of(made: Sequence[Settled]) -> set[str] | None:
    """Return the extractions of which tables were made, "" for rows that an earlier lakesift took in; None: not known."""
    reading = [each.facts for each in made if not {*INGESTED}.isdisjoint(each.facts.get("inputs", {}))]
    return {name for facts in reading for name in facts.get("taken_in", {"extractions": [""]})["extractions"]} or None


def of_extractions(tables: Mapping[str, DataFrame], extractions: set[str] | None) -> dict[str, DataFrame]:
    """Return tables without the rows that were taken in by other extractions than these."""
    if extractions is None:
        return dict(tables)
    is_of = F.coalesce("extraction", F.lit("")).isin(*sorted(extractions))
    return {
        name: with_extraction(rows).where(is_of) if name in (*INGESTED, "sources", "quarantine") else rows
        for name, rows in tables.items()
    }


def pinned(lake: Lake, versions: Mapping[str, int]) -> dict[str, DataFrame]:
    """Return a lake's tables at some versions, without those of other recipes."""
    names = (
        lake.tables() if not versions else dict.fromkeys([*(n for n in OF_ALL_RECIPES if lake.exists(n)), *versions])
    )
    return {table: lake.read(table, versions.get(table)) for table in names}


def other_datasets(lake: Lake, versions: Mapping[str, int]) -> dict[str, DataFrame]:
    """Return the data sets that `pinned` leaves out, as they are now, by name."""
    left_out = [table for table in lake.tables() if table.startswith(DATASET_PREFIX) and table not in versions]
    return {table.removeprefix(DATASET_PREFIX): lake.read(table) for table in left_out} if versions else {}


def rules_of(made: Sequence[Settled]) -> tuple[RuleSet, ...]:
    """Return the rule sets that decided, with thresholds, in the order of the stages."""
    return tuple(RuleSet.model_validate(each) for table in made for each in table.facts.get("rule_sets", ()))


def settings_of(lake: Lake, versions: Mapping[str, int], made: Sequence[Settled]) -> dict[str, dict[str, Any]]:
    """Return by stage the settings by which tables came to these versions.

    Archives can have been taken in by several settings: those before the newest are listed as `ingest, earlier`.
    """
    kinds: list[dict[str, Any]] = []
    seen = extractions_of(made)
    for commit in lake.history("pages"):
        settings = commit.facts.get("settings")
        if seen is not None and (commit.facts.get("extraction") or "") not in seen:
            continue
        if commit.version <= versions.get("pages", -1) and settings is not None and settings not in kinds:
            kinds.append(settings)
    found = {f"ingest{', earlier' * place}": settings for place, settings in enumerate(kinds)}
    return found | {each.stage: each.facts["settings"] for each in made if "settings" in each.facts}

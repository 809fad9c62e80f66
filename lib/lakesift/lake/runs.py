"""What a recipe left in a lake: its tables and its rules, in the versions that its last runs settled on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F

from lakesift.documents.rules.rules import RuleSet
from lakesift.errors import UsageError
from lakesift.lake.commits import facts_at
from lakesift.lake.lake import Lake
from lakesift.lake.ledger import LEDGER
from lakesift.lake.tables import DATASET_PREFIX, TABLES
from lakesift.recipe.files import recipe_file
from lakesift.recipe.yaml_lines import load_with_lines

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

INGESTED, MEASURED = "pages", "documents"
OF_ALL_RECIPES = {*LEDGER, INGESTED, "links"}
"""Tables of the lake that do not belong to the recipe that wrote them last."""
DECIDED = ("verdicts", "score_verdicts")
"""Tables whose commits say by which rules they were decided, in the order of their stages."""


def recipe_that_ran(lake: Lake, asked: str | None) -> str | None:
    """Name of the recipe asked for, which may be a file that has the name, or of the one that ran last.

    Returns:
        None where none was asked for and none has run.

    Raises:
        UsageError: it has not run on this lake.
    """
    rows: list[Any] = []
    if lake.exists("runs"):
        newest = lake.read("runs").groupBy("recipe").agg(F.max("started_at").alias("started_at"))
        rows = newest.orderBy("started_at", ascending=False).collect()
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


def versions_of_recipe(lake: Lake, recipe: str | None) -> dict[str, int]:
    """By table, the version that the newest run of a recipe settled on; none without a recipe."""
    states = states_of_recipe(lake, recipe)
    return states[0] if states else {}


def states_of_recipe(lake: Lake, recipe: str | None) -> list[dict[str, int]]:
    """By table, the versions that a recipe's runs settled on: as they are now, and as they were before each newer `documents`.

    A run measures the crawls that its settings name, and its `documents` has no others.

    Returns:
        Newest first; none without a recipe.
    """
    if recipe is None:
        return []
    settled = lake.read("runs").where((F.col("recipe") == recipe) & F.col("output_version").isNotNull())
    state: dict[str, int] = {}
    before: list[dict[str, int]] = []
    for row in settled.orderBy("started_at", "output").select("output", "output_version").collect():
        if row["output"] in OF_ALL_RECIPES:
            continue
        if row["output"] == MEASURED and state.get(MEASURED) not in (None, row["output_version"]):
            before.append(dict(state))
        state[row["output"]] = row["output_version"]
    return [state, *reversed(before)]


def pinned(lake: Lake, versions: Mapping[str, int]) -> dict[str, DataFrame]:
    """A lake's tables at the given versions, without those that other recipes made; with no versions all as they are now."""
    return {
        table: lake.read(table, versions.get(table))
        for table in lake.tables()
        if not versions or table in versions or table in OF_ALL_RECIPES
    }


def other_datasets(lake: Lake, versions: Mapping[str, int]) -> dict[str, DataFrame]:
    """The data sets that `pinned` leaves out, as they are now, by name."""
    left_out = [table for table in lake.tables() if table.startswith(DATASET_PREFIX) and table not in versions]
    return {table.removeprefix(DATASET_PREFIX): lake.read(table) for table in left_out} if versions else {}


def rules_of(lake: Lake, versions: Mapping[str, int]) -> tuple[RuleSet, ...]:
    """The rule sets, with their thresholds, by which the verdicts of these versions were decided; what a commit says."""
    found: list[RuleSet] = []
    for table in DECIDED:
        if table in versions:
            facts = facts_at(lake.history(table), versions[table])
            found += [RuleSet.model_validate(rule_set) for rule_set in facts.get("rule_sets", ())]
    return tuple(found)


def settings_of(lake: Lake, versions: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """By stage, the settings by which tables came to these versions, as their commits say.

    Archives can have been taken in by several settings: those before the newest are told as `ingest, earlier`.
    """
    found: dict[str, dict[str, Any]] = {}
    for table in sorted(versions, key=lambda table: (table.startswith(DATASET_PREFIX), [*TABLES, table].index(table))):
        history = lake.history(table)
        if table == INGESTED:
            kinds: list[dict[str, Any]] = []
            for commit in history:
                settings = commit.facts.get("settings")
                if commit.version <= versions[table] and settings is not None and settings not in kinds:
                    kinds.append(settings)
            found |= {f"ingest{', earlier' * place}": settings for place, settings in enumerate(kinds)}
        elif table not in OF_ALL_RECIPES:
            facts = facts_at(history, versions[table])
            if "settings" in facts:
                found[facts["stage"]] = facts["settings"]
    return found

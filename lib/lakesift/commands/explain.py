"""Answer `lakesift explain`: the trace of a page, as the last run left it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from lakesift.commands.run import opened
from lakesift.commands.view import measured_documents, view
from lakesift.errors import first_line
from lakesift.lake.commits import facts_at
from lakesift.lake.lake import Lake
from lakesift.lake.runs import MEASURED, other_datasets, recipe_that_ran, rules_of, states_of_recipe
from lakesift.operators.names import DATASET_PREFIX
from lakesift.reporting.explain import explain as explain_page
from lakesift.reporting.trace_lines import text_of

if TYPE_CHECKING:
    from lakesift.reporting.traces import Explanation

EARLIER_LOOKED_AT = 20
"""So many earlier versions of `documents` are asked for pages that the last run did not measure."""


def explain(url_or_id: str, lake: str = "./lake", *, recipe: str | None = None) -> str:
    """Return one page's whole trace through a lake, as text.

    Args:
        url_or_id: see `reporting.explain`.
        lake: where the tables are.
        recipe: name or file of the recipe whose last run is told, with its rules and thresholds; that of the recipe
            that ran last when left out.

    Raises:
        UsageError: no page of that URL or id, or the recipe has not run on the lake.
    """
    place = opened(lake)
    now, *before = states_of_recipe(place, recipe_that_ran(place, recipe)) or [{}]
    found = _explained(place, now, url_or_id).with_names(_names(place, now)).with_taken_out(_without(place, now))
    for versions in before[:EARLIER_LOOKED_AT]:
        if not found.unmeasured:
            break
        try:
            if _has_measured(place, versions, found.unmeasured):
                found = found.with_earlier(_explained(place, versions, url_or_id))
        # Spark has no one class for files that are gone.
        except Exception as error:
            unread = f"an earlier run's tables cannot be read (removed by VACUUM?): {first_line(error)}"
            return f"{text_of(found)}\n\n{unread}"
    return text_of(found)


def _without(lake: Lake, versions: Mapping[str, int]) -> list[str]:
    """Return the sites that were taken out of the data sets in these versions."""
    of_datasets = [(table, version) for table, version in versions.items() if table.startswith(DATASET_PREFIX)]
    facts = [facts_at(lake.history(table), version) for table, version in of_datasets]
    return [site for each in facts for site in each.get("settings", {}).get("without_sites", ())]


def _has_measured(lake: Lake, versions: Mapping[str, int], ids: Sequence[str]) -> bool:
    """Return whether one of the pages is in `documents` in this version."""
    return not lake.read(MEASURED, versions[MEASURED]).where(F.col("doc_id").isin(list(ids))).isEmpty()


def _explained(lake: Lake, versions: Mapping[str, int], url_or_id: str) -> Explanation:
    """Return what `explain` tells, of tables in these versions."""
    documents = versions.get(MEASURED)
    measured = (settings for version, settings in measured_documents(lake) if documents in (None, version))
    tables, made = view(lake, versions)
    return explain_page(tables, rules_of(made), url_or_id, next(measured, None), other_datasets(lake, versions))


def _names(lake: Lake, versions: Mapping[str, int]) -> dict[str, str]:
    """Return `name@version` of the data sets that are read in these versions."""
    if not lake.exists("datasets"):
        return {}
    rows = lake.read("datasets").orderBy("version").collect()
    mine = (row for row in rows if versions.get(f"{DATASET_PREFIX}{row['name']}") == row["delta_version"])
    return {row["name"]: f"{row['name']}@{row['version']}" for row in mine}

"""Reading small aggregates out of the lake's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lakesift.errors import UsageError
from lakesift.operators.names import DATASET_PREFIX
from lakesift.operators.outcome import Decided, union_of
from lakesift.operators.roles import OUTCOME_ROLES, Drops, Role

Tables = Mapping[str, DataFrame]
_TWINS: Final = {"cluster_id", "keeper_id", "method", "similarity", "crawl"}


class LakeTables(dict[str, DataFrame]):
    """A lake's tables by name, with the stages that made them.

    Attributes:
        made: stages in the order of their recipe, each with its table's rows.
        outcomes: those that were kept with a published version; None: they follow from the stages' tables.
    """

    def __init__(
        self, tables: Mapping[str, DataFrame], made: Sequence[Decided] = (), outcomes: DataFrame | None = None
    ) -> None:
        super().__init__(tables)
        self.made, self.outcomes = tuple(made), outcomes


def made_by(tables: Tables, *roles: type[Role]) -> list[Decided]:
    """Return the stages with some roles, in the order of their recipe."""
    made = tables.made if isinstance(tables, LakeTables) else ()
    return [each for each in made if isinstance(each.operator.role, roles)]


def with_rules(tables: Tables) -> list[Decided]:
    """Return the stages whose tables have all rules that a document failed."""
    return [
        each for each in made_by(tables, Drops) if isinstance(each.operator.role, Drops) and each.operator.role.failed
    ]


def failed_rules(stage: Decided) -> str:
    """Return the SQL expression of all rules that a document failed at a stage."""
    role = stage.operator.role
    assert isinstance(role, Drops)
    return role.failed or "array()"


def with_clusters(tables: Tables) -> list[Decided]:
    """Return the stages whose tables name the kept document of each cluster."""
    return [
        each
        for each in made_by(tables, Drops)
        if isinstance(each.operator.role, Drops) and each.operator.role.cluster and set(each.rows.columns) >= _TWINS
    ]


def outcomes_in(tables: Tables) -> DataFrame | None:
    """Return rows of `outcome.OUTCOMES`; None where no stage decides."""
    if isinstance(tables, LakeTables) and tables.outcomes is not None:
        return tables.outcomes
    deciding = made_by(tables, *OUTCOME_ROLES)
    return union_of(deciding, deciding[0].rows) if deciding else None


# An aggregate of a report is one row per language and rule, per histogram bucket, per archive class: far below this.
_MOST_ROWS: Final = 20_000


def host() -> Column:
    """Return the host in the URL of a data set's row."""
    return F.regexp_extract("provenance.url", r"^\w+://([^/?#:]+)", 1)


def small_rows(frame: DataFrame) -> list[dict[str, Any]]:
    """Return the rows of an aggregate as dictionaries; what is not small is cut off."""
    return [row.asDict(recursive=True) for row in frame.limit(_MOST_ROWS).collect()]


def total(frame: DataFrame, column: str) -> int:
    """Return the sum of a column of whole numbers; 0 for an empty table."""
    return int(small_rows(frame.agg(F.coalesce(F.sum(column), F.lit(0)).alias("total")))[0]["total"])


def published(tables: Tables, dataset: str) -> dict[str, Any]:
    """Return the row of `datasets` for `name` (its newest version) or `name@version`.

    Raises:
        UsageError: there is no such data set or version; the message lists what there is.
    """
    name, _, version = dataset.partition("@")
    table = tables.get("datasets")
    rows = small_rows(table) if table is not None else []
    named = sorted((row for row in rows if row["name"] == name), key=lambda row: int(row["version"]))
    wanted = [row for row in named if not version or str(row["version"]) == version]
    if not wanted or DATASET_PREFIX + name not in tables:
        there = ", ".join(sorted(f"{row['name']}@{row['version']}" for row in rows)) or "none is published yet"
        raise UsageError(f"there is no data set {dataset!r} in this lake", expected=f"one of: {there}")
    return wanted[-1]


def dataset_tables(tables: Tables) -> dict[str, DataFrame]:
    """Return the data set tables in the mapping, by data set name."""
    return {
        name.removeprefix(DATASET_PREFIX): frame
        for name, frame in sorted(tables.items())
        if name.startswith(DATASET_PREFIX)
    }

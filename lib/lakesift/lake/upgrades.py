"""What a table of an earlier lakesift lacks, as ALTER TABLE adds it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lakesift.operators.table import RETENTION, Table


def lacking_retention(properties: Mapping[str, str]) -> dict[str, str]:
    """Return the properties that keep versions readable and that a table does not have; what somebody has set stays."""
    return {name: kept for name, kept in RETENTION.items() if name not in properties}


def upgrades(table: Table, properties: Mapping[str, str], there: Collection[str]) -> list[str]:
    """Return what ALTER TABLE is to do, as SQL.

    Args:
        table: as it is declared today.
        properties: that it lacks.
        there: its columns; which rows are replaced can be told by one that it lacks.
    """
    found = []
    if properties:
        listed = ", ".join(f"'{name}' = '{value}'" for name, value in properties.items())
        found.append(f"SET TBLPROPERTIES ({listed})")
    lacking = [column.definition(name) for name, column in table.columns.items() if name not in there and column.null]
    if lacking and table.grows:
        found.append(f"ADD COLUMNS ({', '.join(lacking)})")
    return found

"""The declared tables of lakesift's own operators, for tests that make rows of them."""

from __future__ import annotations

from functools import cache

from lakesift.lake.ledger import LEDGER
from lakesift.operators.operator import Operator
from lakesift.operators.reference import table_of as operator_table
from lakesift.operators.registry import find, shipped
from lakesift.operators.table import Table


@cache
def declared() -> dict[str, Table]:
    """Return all tables by the name that they have in a lake; those of data sets end in NAME."""
    found = dict(LEDGER)
    for name in shipped():
        operator: Operator = find(name)
        found |= {table.name: table for table in (operator_table(operator), *operator.more_tables)}
    return found


def table_of(name: str) -> Table:
    """Return the table of a name; `dataset_pairs_sample` is one of `dataset_pairs_NAME`."""
    for prefix in ("dataset_pairs_", "dataset_", "index_"):
        if name.startswith(prefix):
            return declared()[f"{prefix}NAME"].named(name)
    return declared()[name]


def schema_of(name: str) -> str:
    """Return the columns of a table as a schema string."""
    return table_of(name).schema


def columns_of(name: str) -> list[str]:
    """Return the names of a table's columns."""
    return list(table_of(name).columns)

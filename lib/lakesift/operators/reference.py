"""The reference of operators and of a lake's tables, written from their declarations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from lakesift.operators.operator import Operator
from lakesift.operators.outcome import OUTCOMES
from lakesift.operators.registry import find, shipped
from lakesift.operators.table import FORMAT, Table

HEAD: Final = f"""# The tables of a lake

Written by `make reference` from the operators' declarations, not by hand. Format {FORMAT}. Tables are Delta tables in the lake's
folder, or in its schema: `` SELECT * FROM delta.`/path/lake/verdicts` ``. A stage replaces its table with a new version and earlier
versions can be read (`VERSION AS OF`); the table `runs` says which version each run of each recipe read and left. Some tables grow
instead: there runs add rows. A stage that `as: NAME` names writes the table NAME.
"""
OPEN: Final = """
Further columns are those that the recipe's steps measure: `signals` and `edits`, each a struct of one struct for each set of signals or
edit, named after it with `_` for `@`. `gopher_quality_datatrove.words` in a rule is `signals.gopher_quality_datatrove.words` here.
`languages` has what other identifiers say, and the shares, where `documents.language` asks for them.
"""


def table_of(operator: Operator) -> Table:
    """Return an operator's table under the name that it has in a lake."""
    named = {"publish": "dataset_NAME", "publish_pairs": "dataset_pairs_NAME", "index": "index_NAME"}
    return operator.writes.named(operator.writes.name or named.get(operator.name, operator.name))


def tables_page(ledger: Mapping[str, Table]) -> str:
    """Return docs/tables.md.

    Args:
        ledger: the tables that keep account.
    """
    operators = [find(name) for name in shipped()]
    tables = [*ledger.values()]
    for operator in operators:
        tables += [*operator.more_tables, table_of(operator)]
    tables.append(OUTCOMES.named("outcomes_NAME"))
    return "\n".join([HEAD, *(line for table in tables for line in _section(table))])


def _section(table: Table) -> Iterator[str]:
    about = f"A row is {table.row}."
    about += " Runs add rows." if table.grows else ""
    about += f" Clustered by {', '.join(table.cluster_by)}." if table.cluster_by else ""
    about += "".join(f" Always: `{condition}`." for condition in table.constraints.values())
    yield from (f"## {table.name}", "", about, "", *columns_of(table))
    yield OPEN if table.open_schema else ""


def columns_of(table: Table) -> Iterator[str]:
    """Return the columns of a table as a Markdown table."""
    yield from ("| column | type | |", "|---|---|---|")
    for name, column in table.columns.items():
        comment = "; ".join(filter(None, [column.about, "never null" if column.null is None else ""]))
        yield f"| `{name}` | `{column.sql}` | {comment} |"

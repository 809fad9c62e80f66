"""The reference of a lake's tables, docs/tables.md, from their definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lakesift.dedup_tables import INDEX
from lakesift.ledger_tables import Table
from lakesift.tables import (
    DATASET_OF_DOCUMENTS,
    DATASET_OF_PAIRS,
    DATASET_PREFIX,
    FORMAT,
    INDEX_PREFIX,
    PAIRS_PREFIX,
    TABLES,
)

COLUMN: Final = re.compile(r"(?P<name>\S+) (?P<type>.+?)(?P<never> NOT NULL)?(?: COMMENT '(?P<comment>.*)')?")
NAMED: Final = "NAME"
HEAD: Final = f"""# The tables of a lake

Written by `make tables` from lib/lakesift/tables.py, not by hand. Format {FORMAT}. Tables are Delta tables in the lake's folder, or in its
schema: `` SELECT * FROM delta.`/path/lake/verdicts` ``. A stage replaces its table with a new version and earlier versions can be read
(`VERSION AS OF`); the table `runs` tells which version each run of each recipe read and left. Where it is said, runs add rows instead.
"""
OPEN: Final = """
Further columns are those that the recipe's steps measure: a struct for each set of signals, named after it with `_` for `@`
(`gopher_quality_datatrove.words`), `edits` with what each edit changed, and what the step `language` found beside the language.
"""


def reference() -> str:
    """All tables with their columns, in Markdown."""
    named = {
        f"{DATASET_PREFIX}{NAMED}": DATASET_OF_DOCUMENTS,
        f"{PAIRS_PREFIX}{NAMED}": DATASET_OF_PAIRS,
        f"{INDEX_PREFIX}{NAMED}": INDEX,
    }
    return "\n".join([HEAD, *(line for name, table in {**TABLES, **named}.items() for line in _section(name, table))])


def _section(name: str, table: Table) -> Iterator[str]:
    told = f"A row is {table.comment}."
    told += " Runs add rows." if table.grows else ""
    told += f" Clustered by {', '.join(table.cluster_by)}." if table.cluster_by else ""
    told += "".join(f" Always: `{condition}`." for _, condition in table.constraints)
    yield from (f"## {name}", "", told, "", "| column | type | |", "|---|---|---|")
    for column in table.columns:
        found = COLUMN.fullmatch(column)
        assert found is not None, column
        about = [found["comment"] or "", "never null" if found["never"] else ""]
        yield f"| `{found['name']}` | `{found['type']}` | {'; '.join(filter(None, about))} |"
    yield OPEN if table.open_schema else ""

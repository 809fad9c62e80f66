"""The reference of a lake's tables, docs/tables.md, from their definitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lakesift.lake.tables import DATASET_PREFIX, FORMAT, INDEX_PREFIX, PAIRS_PREFIX, TABLES, table_of

NAMED: Final = tuple(f"{prefix}NAME" for prefix in (DATASET_PREFIX, PAIRS_PREFIX, INDEX_PREFIX))
HEAD: Final = f"""# The tables of a lake

Written by `make tables` from lib/lakesift/lake/tables.py, not by hand. Format {FORMAT}. Tables are Delta tables in the lake's folder, or in its
schema: `` SELECT * FROM delta.`/path/lake/verdicts` ``. A stage replaces its table with a new version and earlier versions can be read
(`VERSION AS OF`); the table `runs` tells which version each run of each recipe read and left. Where it is said, runs add rows instead.
"""
OPEN: Final = """
Further columns are those that the recipe's steps measure: `signals` and `edits`, each a struct of one struct for each set of signals or
edit, named after it with `_` for `@`. `gopher_quality_datatrove.words` in a rule is `signals.gopher_quality_datatrove.words` here.
`languages` has what other identifiers say, and the shares, where `documents.language` asks for them.
"""


def reference() -> str:
    """All tables with their columns, in Markdown."""
    return "\n".join([HEAD, *(line for name in (*TABLES, *NAMED) for line in _section(name))])


def _section(name: str) -> Iterator[str]:
    table = table_of(name)
    told = f"A row is {table.comment}."
    told += " Runs add rows." if table.grows else ""
    told += f" Clustered by {', '.join(table.cluster_by)}." if table.cluster_by else ""
    told += "".join(f" Always: `{condition}`." for _, condition in table.constraints)
    yield from (f"## {name}", "", told, "", "| column | type | |", "|---|---|---|")
    for column in table.columns:
        definition, _, comment = column.partition(" COMMENT ")
        label, _, kind = definition.removesuffix(" NOT NULL").partition(" ")
        about = [comment.strip("'"), "never null" if definition.endswith(" NOT NULL") else ""]
        yield f"| `{label}` | `{kind}` | {'; '.join(filter(None, about))} |"
    yield OPEN if table.open_schema else ""

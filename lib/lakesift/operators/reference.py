"""Write the reference of operators and of a lake's tables from their declarations."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from lakesift.operators.operator import ALL, DOCUMENTS, OUTCOMES, UNCUT, Operator
from lakesift.operators.outcome import OUTCOMES as OUTCOME_TABLE
from lakesift.operators.registry import find, shipped
from lakesift.operators.roles import Cuts, Drops, Fits, Measures, Publishes, Role
from lakesift.operators.settings_table import cell, settings_lines
from lakesift.operators.table import FORMAT, Table

BY_HAND: Final = "Written by `make reference` from the operators' declarations, not by hand."
TABLES_HEAD: Final = f"""# The tables of a lake

{BY_HAND} Format {FORMAT}.
Tables are Delta tables in the lake's folder, or in its schema: `` SELECT * FROM delta.`/path/lake/verdicts` ``.
A stage replaces its table with a new version and earlier versions can be read (`VERSION AS OF`); the table `runs` says
which version each run of each recipe read and left. Some tables grow instead: there runs add rows. A stage that
`as: NAME` names writes the table NAME.
"""
INDEX_HEAD: Final = f"""# Operators

{BY_HAND} A stage of a recipe is an operator with settings; `lakesift schema` prints
the JSON Schema of recipes, for editors. [The tables of a lake](../tables.md) are those that operators write, and some more.
"""
OPEN: Final = """
Further columns are those that the recipe's steps measure: `signals` and `edits`, each a struct of one struct for each set
of signals or edit, named after it with `_` for `@`. `gopher_quality_datatrove.words` in a rule is
`signals.gopher_quality_datatrove.words` here. `languages` has what other identifiers say, and the shares, where
`documents.language` asks for them.
"""
KEPT_DOCUMENTS: Final = {
    DOCUMENTS: "the kept documents, in the text that earlier cuts left",
    UNCUT: "the kept documents, as they were measured",
    ALL: "all documents, those that left too",
    OUTCOMES: "what became of each document so far",
}


def table_of(operator: Operator) -> Table:
    """Return an operator's table under the name that it has in a lake."""
    named = {"publish": "dataset_NAME", "publish_pairs": "dataset_pairs_NAME", "index": "index_NAME"}
    return operator.writes.named(operator.writes.name or named.get(operator.name, operator.name))


def tables_page(ledger: Mapping[str, Table]) -> str:
    """Return docs/tables.md.

    Args:
        ledger: the tables that keep account.
    """
    tables = [*ledger.values()]
    for operator in map(find, shipped()):
        tables += [*operator.more_tables, table_of(operator)]
    tables.append(OUTCOME_TABLE.named("outcomes_NAME"))
    return _page([TABLES_HEAD, *(line for table in tables for line in _section(table))])


def page_name(operator: str) -> str:
    """Return the name of an operator's file in docs/operators; index.md is the list of all."""
    return "index_.md" if operator == "index" else f"{operator}.md"


def operators_page() -> str:
    """Return docs/operators/index.md: by package and role, a line for each of lakesift's own operators."""
    lines = [INDEX_HEAD]
    modules = {name: module.split(".")[1] for name, module in shipped().items()}
    for package, names in groupby(modules, key=lambda name: modules[name]):
        lines += [f"## {package}", "", "| operator | role | |", "|---|---|---|"]
        found = sorted(map(find, names), key=lambda operator: (_role_name(operator.role), operator.name))
        lines += [
            f"| [{each.name}]({page_name(each.name)}) | {_role_name(each.role)} | {_summary(each)} |" for each in found
        ]
        lines.append("")
    return _page(lines)


def operator_page(operator: Operator) -> str:
    """Return docs/operators/NAME.md: what an operator does, its example, settings, and the columns that it writes."""
    tables = [*operator.more_tables, table_of(operator)]
    lines = [f"# {operator.name}", "", operator.doc, ""]
    lines += [f"**{_role_name(operator.role)}**: {role_text(operator.role)}", ""]
    lines += [f"**Reads**: {', '.join(_reads(operator)) or 'the source of the recipe'}.", ""]
    lines += ["## Example", "", "```yaml", *operator.example.splitlines(), "```", ""]
    lines += ["## Settings", "", *settings_lines(operator.settings), ""]
    lines += [line for table in tables for line in _section(table, before="Table ")]
    return _page([*lines, BY_HAND])


def role_text(role: Role) -> str:
    """Return what a role means for the documents of a run, with what this one says of itself."""
    said = inspect.cleandoc(type(role).__doc__ or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")
    text = f"{said[0].lower()}{said[1:]}"
    match role:
        case Drops(reasons=None):
            return f"{text} Reasons: the full names of the rules."
        case Drops(reasons=reasons) | Cuts(reasons=reasons):
            return f"{text} Reasons: {_listed(reasons or ())}."
        case Measures(of=str() as of, missing=str() as missing):
            return f"{text} Rows of `{of}` that have no row here are counted as `{missing}`."
        case Fits(max_rows=max_rows):
            return f"{text} A table that it reads may have at most {max_rows:,} rows."
        case Publishes(of=of, key=key):
            return f"{text} A row of `{of}` (by `{key}`) is in the data set or left out with a reason."
    return text


def columns_of(table: Table) -> Iterator[str]:
    """Return the columns of a table as a Markdown table."""
    yield from ("| column | type | |", "|---|---|---|")
    for name, column in table.columns.items():
        comment = "; ".join(filter(None, [column.about, "never null" if column.null is None else ""]))
        yield f"| `{name}` | `{column.sql}` | {cell(comment)} |"


def _section(table: Table, before: str = "") -> Iterator[str]:
    about = f"A row is {table.row}."
    about += " Runs add rows." if table.grows else ""
    about += f" Clustered by {', '.join(table.cluster_by)}." if table.cluster_by else ""
    about += "".join(f" Always: `{condition}`." for condition in table.constraints.values())
    yield from (f"## {before}{table.name}", "", about, "", *columns_of(table))
    yield OPEN if table.open_schema else ""


def _reads(operator: Operator) -> Iterator[str]:
    for name, is_optional, has_many in operator.parameters:
        about = [
            KEPT_DOCUMENTS.get(name, ""),
            "if there is one" if is_optional else "",
            "all of them" if has_many else "",
        ]
        said = "; ".join(filter(None, about))
        yield f"`{name}`" + (f" ({said})" if said else "")


def _role_name(role: Role) -> str:
    return type(role).__name__


def _summary(operator: Operator) -> str:
    return cell(operator.doc.partition("\n")[0])


def _listed(reasons: Sequence[str]) -> str:
    return ", ".join(f"`{reason}`" for reason in reasons)


def _page(lines: Sequence[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"

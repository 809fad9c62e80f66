"""The generated files are what the declarations say: docs/tables.md, docs/operators, the recipes' schema, the job."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from declared import columns_of, declared
from lakesift.commands import reference
from lakesift.lake.ledger import LEDGER
from lakesift.operators.operator import Operator
from lakesift.operators.reference import operator_page, operators_page, page_name, role_text, tables_page
from lakesift.operators.registry import find, shipped
from lakesift.operators.roles import Cuts, Drops, Fits
from lakesift.operators.settings_table import settings_of

ROOT = Path(__file__).resolve().parents[2]


def rows_of(text: str) -> list[list[str]]:
    """Return the cells of the rows of a Markdown table whose first cell is code."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_no_generated_file_is_stale() -> None:
    assert [str(path) for path in reference.stale(ROOT)] == [], "make reference"


def test_writing_mends_stale_files_and_removes_pages_of_no_operator(tmp_path: Path) -> None:
    assert set(reference.write(tmp_path)) == set(reference.pages())
    (tmp_path / "docs" / "tables.md").write_text("edited")
    (tmp_path / "docs" / "operators" / "gone.md").write_text("of an operator that is no more")
    expected = [Path("docs/tables.md"), Path("docs/operators/gone.md")]
    assert reference.stale(tmp_path) == reference.write(tmp_path) == expected
    assert reference.stale(tmp_path) == []


@pytest.mark.parametrize("name", declared())
def test_each_column_of_each_table_has_a_row_of_its_own(name: str) -> None:
    section = tables_page(LEDGER).split(f"## {name}\n", 1)[1].split("\n## ", 1)[0]
    rows = rows_of(section)
    assert [row[0].strip("`") for row in rows] == columns_of(name)
    assert all(len(row) == 3 for row in rows)


@pytest.mark.parametrize("name", shipped())
def test_a_page_has_the_docstring_the_example_all_settings_and_all_columns(name: str) -> None:
    operator = find(name)
    page = operator_page(operator)
    assert operator.doc in page
    assert f"```yaml\n{operator.example}\n```" in page
    settings, *tables = page.split("\n## Settings\n", 1)[1].split("\n## Table ")
    assert [row[0].strip("`") for row in rows_of(settings)] == [each.name for each in settings_of(operator.settings)]
    assert {re.findall(r"\w+", row[0])[0] for row in rows_of(settings)} == set(operator.settings.model_fields)
    assert all(len(row) == 4 and row[1] for row in rows_of(settings))
    columns = [[row[0].strip("`") for row in rows_of(table)] for table in tables]
    assert columns == [list(table.columns) for table in (*operator.more_tables, operator.writes)]


def test_the_list_of_operators_names_each_with_a_page_of_its_own() -> None:
    linked = re.findall(r"\[(\w+)\]\((\w+\.md)\)", operators_page())
    assert sorted(linked) == sorted((name, page_name(name)) for name in shipped())
    assert len({page for _, page in linked} | {"index.md"}) == len(shipped()) + 1


def test_settings_are_told_in_words() -> None:
    found = {each.name: each for each in settings_of(find("near_duplicates").settings)}
    assert found["min_similarity"].kind == "number, at least 0, at most 1, or none"
    assert found["min_similarity"].default == "none"
    assert found["within"].kind == "one of `crawl`, `corpus`"
    assert found["shingles.size"].default == "`5`"
    assert found["shingles"].default == ""
    publish = {each.name: each for each in settings_of(find("publish").settings)}
    assert publish["dataset"].default == "required"
    steps = [each.name for each in settings_of(find("documents").settings) if each.name.startswith("steps")]
    assert {"steps[].signals", "steps[].minhash.bands", "steps[].aside"} <= set(steps)
    assert len(steps) == len(set(steps))
    assert not [name for name in steps if name.startswith("steps[].aside[]")]  # It can hold all of the others again.


def test_a_role_says_what_becomes_of_documents() -> None:
    assert role_text(Drops(("short", "long"))).endswith("Reasons: `short`, `long`.")
    assert role_text(Drops(None)).endswith("Reasons: the full names of the rules.")
    assert role_text(Cuts(("empty",))).startswith("cuts spans out of texts")
    assert "at most 1,000 rows" in role_text(Fits(1000))


def test_the_schema_and_the_list_are_the_same_each_time() -> None:
    operators: list[Operator] = [find(name) for name in shipped()]
    assert [operator_page(each) for each in operators] == [operator_page(each) for each in operators]
    assert reference.schema_text(shipped()) == reference.schema_text(reversed(shipped()))

"""docs/tables.md is what the definitions of the tables say."""

from __future__ import annotations

from pathlib import Path

import pytest

from declared import columns_of
from declared import declared as TABLES
from lakesift.operators.reference import reference

WRITTEN = Path(__file__).resolve().parents[1] / "docs" / "tables.md"


def test_the_document_is_written_from_the_definitions() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == reference() + "\n", "make tables"


@pytest.mark.parametrize("name", TABLES)
def test_each_column_of_each_table_has_a_row_of_its_own(name: str) -> None:
    section = reference().split(f"## {name}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
    assert [row[0].strip("| `") for row in rows] == columns_of(name)
    assert all(len(row) == 3 for row in rows)

"""Promises of the tables: data is told from layout, every cell is in its place, nothing hostile takes long."""

from __future__ import annotations

import pytest
from resiliparse.parse.html import HTMLTree

from lakesift.extraction.tables import DataTable, data_tables
from lakesift.extraction.walk import walk


def tables(html: str, most: int = 100, cells: int = 10_000) -> list[DataTable]:
    return data_tables(walk(str(HTMLTree.parse(html)).encode()), most, cells, 1_000)


def of(rows: str) -> list[list[str]]:
    (found,) = tables(f"<table><caption>c</caption>{rows}</table>")
    return found.rows


def test_a_table_has_its_caption_its_head_and_what_stands_around_it() -> None:
    html = """<h1>Birds</h1><h2>Counted</h2><p>In spring:</p><table><caption>Of <b>one</b> day</caption>
    <thead><tr><th>Kind<th>Number</thead><tr><td>Robin<td>12<tr><td>Wren<td><p>3<p>or 4</table><p>By hand.</p>"""
    assert tables(html) == [
        DataTable(
            "Of one day",
            "Counted",
            "In spring:",
            "By hand.",
            1,
            [["Kind", "Number"], ["Robin", "12"], ["Wren", "3 or 4"]],
        )
    ]


def test_cells_that_span_stand_in_each_place_and_short_rows_are_filled() -> None:
    # The example of HTML, section 4.9.12, read by its algorithm.
    assert of("<tr><td rowspan=2>a<td colspan=2>b<tr><td>c<tr><td>d") == [
        ["a", "b", "b"],
        ["a", "c", ""],
        ["d", "", ""],
    ]
    assert of("<tr><td>a<td rowspan=9>b<tr><td>c") == [["a", "b"], ["c", "b"]]
    assert of("<tr><td colspan=x>a<td rowspan=-1>b") == [["a", "b"]]


@pytest.mark.parametrize(
    ("rows", "is_data"),
    [
        ("<tr><td>a<td>b" * 3, False),
        ("<tr><td>a<td>b" * 10, True),
        ("<tr><td>a<td>b<td>c<td>d<td>e" * 2, True),
        ("<tr><td>a<td>b<td>c" * 4, True),
        ("<tr><td>a" * 40, False),
        ("<tr><td>a<td>b<td>c<td>d<td>e<td>f", False),
        ("<tr><th>a<td>b", True),
        ("<colgroup><col><col></colgroup><tr><td>a<td>b", True),
    ],
)
def test_data_is_told_from_layout_as_readability_does(rows: str, is_data: bool) -> None:
    assert len(tables(f"<table>{rows}</table>")) == is_data
    assert tables(f"<table role=presentation>{rows}</table>") == []


def test_a_table_that_holds_tables_is_layout_and_what_is_hidden_or_empty_is_none() -> None:
    inner = "<table><tr><th>a</th><td>b</td></tr></table>"
    assert [found.rows for found in tables(f"<table><tr><td>{inner}<td>x</table>")] == [[["a", "b"]]]
    assert tables(f"<div style='display:none'>{inner}</div><table><tr><th></th></tr></table>") == []


def test_most_tables_and_cells_are_kept_to() -> None:
    table = "<table><tr><th>a<th>b<tr><td>c<td>d</table>"
    assert len(tables(table * 5, most=3)) == 3
    assert [found.rows for found in tables(table * 3, cells=7)] == [[["a", "b"], ["c", "d"]], [["a", "b"]]]


def test_spans_cannot_make_more_cells_than_allowed() -> None:
    (found,) = tables("<table>" + "<tr><th colspan=1000 rowspan=60000>a" * 50 + "</table>", cells=3_000)
    assert sum(map(len, found.rows)) <= 3_000

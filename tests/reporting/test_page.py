"""The report is one file that fetches nothing and shows hostile strings as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from pyspark.sql import DataFrame

from lakesift.errors import UsageError
from lakesift.reporting.page import html_report
from reporting.invented import RULE_SETS, with_stages
from reporting.invented_ledger import SCRIPT, Rows

pytestmark = pytest.mark.spark
Tables = dict[str, DataFrame]
VOID = {"meta", "br", "img", "link", "input", "hr"}


class Reader(HTMLParser):
    """Collects tags, attributes and text, and checks that tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def page(tables: Tables) -> str:
    return html_report(tables, "clean", RULE_SETS)


def test_nothing_is_fetched_and_nothing_runs(page: str) -> None:
    reader = read(page)
    tags = {tag for tag, _ in reader.tags}
    assert not tags & {"script", "img", "link", "iframe", "object", "embed", "form", "base"}
    attributes = [(name, value or "") for _, each in reader.tags for name, value in each.items()]
    assert not [name for name, _ in attributes if name.startswith("on") or name in ("src", "srcset", "action")]
    assert all(value.startswith("#") for name, value in attributes if name.endswith("href"))
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_hostile_strings_are_shown_as_text_and_cut(page: str, rows: Rows) -> None:
    shown = "".join(read(page).text)
    assert SCRIPT in shown
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "49" not in re.findall(r"\{\{.*?\}\}", shown)
    assert "A" * 1000 not in page
    assert len(page) < 200_000


def test_the_sections_tell_the_lakes_figures(page: str, rows: Rows) -> None:
    shown = re.sub(r"\s+", " ", "".join(read(page).text))
    assert "clean@2" in shown
    assert f"in the data set{len(rows['dataset_clean'])}documents, " in shown.replace("> <", "")
    for section in (
        "Intake",
        "Funnel",
        "Languages",
        "Rules",
        "Edits",
        "Near duplicates",
        "Sites with the most",
        "Side by side",
        "Balance",
        "Samples",
        "Runs",
    ):
        assert section in shown
    assert "gopher_quality_datatrove.words < 50" in shown
    assert "Sources that could not be taken in: 1" in shown


def test_the_same_lake_gives_the_same_page(page: str, tables: Tables) -> None:
    again = with_stages({name: frame.repartition(3) for name, frame in tables.items()})
    assert html_report(again, "clean", RULE_SETS) == page


def test_absent_tables_leave_their_sections_out(tables: Tables) -> None:
    assert "Published data sets" not in html_report({}, None)
    read(html_report({}, None))
    some = {name: tables[name] for name in ("duplicates", "verdicts", "draws", "entry_counts")}
    read(html_report(with_stages(some), None))
    few = html_report({"pages": tables["pages"], "documents": tables["documents"]}, None)
    assert "160" in "".join(read(few).text)


def test_empty_tables_are_a_report_too(tables: Tables) -> None:
    read(html_report(with_stages({name: frame.limit(0) for name, frame in tables.items()}), None, RULE_SETS))


def test_a_data_set_of_pairs_shows_its_way(tables: Tables, rows: Rows) -> None:
    shown = re.sub(r"\s+", " ", "".join(read(html_report(tables, "pairs_images", RULE_SETS)).text))
    assert f"data set pairs_images {len(rows['dataset_pairs_images'])}" in shown


def test_an_unknown_data_set_is_refused(tables: Tables) -> None:
    with pytest.raises(UsageError, match="no data set 'nothing'"):
        html_report(tables, "nothing")

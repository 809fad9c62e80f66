"""Markup that would take a parser minutes costs seconds, and the page's text stays."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from lakesift.crawl.html.extract import Extractor
from lakesift.crawl.html.extract_settings import ExtractSettings
from lakesift.crawl.html.mending import mended
from lakesift.crawl.html.shape import check_shape
from lakesift.crawl.pages.caps import Caps
from lakesift.crawl.pages.rejection import RecordRejected

TEXT = "Nets are mended on the quay before noon, and the boats go out with the evening tide."
START = f"<html><body><article><p>{TEXT}</p>"
HOSTILE = {
    "attributes": "<div " + " ".join(f"a{number}" for number in range(150_000)) + ">",
    "attributes that nothing ends": "<log " + " ".join(f"k{number}=v" for number in range(100_000)),
    "options": "<select>" + "<option>one" * 150_000 + "</select>",
    "formatting in blocks": "".join(f"<b class=c{number}><p>x" for number in range(3_000)),
    "links that nothing closes": "".join(f"<font color=c{number}><div>x</div>" for number in range(20_000)),
    "comments": "<!--" * 250_000,
    "starts of tags": "<a " * 300_000,
    "quotes": '<a "' * 250_000,
    "scripts": "<script>" * 100_000,
    "titles": "<title>x" * 100_000,
    "CDATA": "<![CDATA[" * 100_000,
    "entities": "&" * 1_000_000,
    "tables": "<table><tr><td>" * 1_300,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_megabyte_is_decided_in_seconds(name: str) -> None:
    began = time.process_time()
    source = mended(START + HOSTILE[name], Caps())
    with suppress(RecordRejected):
        check_shape(source, Caps())
    assert time.process_time() - began < 5


@pytest.mark.parametrize("name", ["attributes", "attributes that nothing ends", "options", "formatting in blocks"])
def test_the_text_before_hostile_markup_is_kept(name: str) -> None:
    with Extractor(ExtractSettings(), Caps()) as extractor:
        page = extractor.extract((START + HOSTILE[name]).encode(), "text/html", "https://site.example/")
    assert TEXT in page.text


@pytest.mark.parametrize(
    "flat",
    [
        "<svg>" + "<circle r='1'/>" * 6_000 + "</svg>",
        "<a href=x>a " * 6_000,
        "<!-- <div> -->" * 6_000,
        "<script>" + "'<div>'" * 6_000 + "</script>",
        "<object><param name=a>" + "<param name=b>" * 6_000 + "</object>",
        "<h2>one " * 6_000,
    ],
)
def test_what_does_not_nest_is_not_counted_as_nesting(flat: str) -> None:
    check_shape(START + flat, Caps())


@pytest.mark.parametrize("deep", ["<div>" * 6_000, "<div/>" * 6_000, "<svg>" + "<g>" * 6_000, "<x-y a='>'>" * 6_000])
def test_what_nests_is_counted(deep: str) -> None:
    with pytest.raises(RecordRejected, match="elements inside one another"):
        check_shape(START + deep, Caps())


def test_a_page_under_the_caps_stays_as_it_is() -> None:
    page = START + "<b>bold</b> <a href='x'>link</a><select><option>one<option>two</select>" * 100
    assert mended(page, Caps()) is page

"""Promises about text that only stands in a page's data for scripts."""

from __future__ import annotations

import json

import pytest
from resiliparse.parse.html import HTMLTree

from lakesift.extraction.embedded import embedded_text
from lakesift.extraction.main_content import MainContent

BODY = "The council met on Monday, and after a long debate it chose a new mayor for the years to come. " * 8


def page(kind: str, data: object) -> str:
    written = data if isinstance(data, str) else json.dumps(data)
    return f'<body><div id="app"></div><script type="{kind}">{written}</script>'


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("application/ld+json", {"@graph": [{"@type": "WebSite"}, {"@type": "NewsArticle", "articleBody": BODY}]}),
        (
            "application/json",
            {"props": {"pageProps": {"id": "x" * 200, "post": {"html": f"<p>{BODY}</p><p>{BODY}</p>"}}}},
        ),
    ],
)
def test_a_page_whose_text_is_only_in_its_data_has_it(kind: str, data: object) -> None:
    text = MainContent.of_file().text(page(kind, data))
    assert text.startswith("The council met")
    assert "<p>" not in text
    assert "xxx" not in text


@pytest.mark.parametrize(
    "html",
    [
        f"<body><div id=app></div><!-- short --><!-- <article><h1>Mayor</h1><p>{BODY}</p></article> -->",
        f"<frameset><frame src=a><noframes><h1>Mayor</h1><p>{BODY}</p></noframes></frameset>",
    ],
)
def test_a_page_whose_text_is_in_a_comment_or_for_browsers_without_frames_has_it(html: str) -> None:
    assert MainContent.of_file().text(html).startswith("Mayor\nThe council met")


def test_a_page_with_text_of_its_own_keeps_that() -> None:
    html = f"<article><p>{BODY}</p><p>{BODY}</p></article>" + page(
        "application/ld+json", {"articleBody": "Other. " * 200}
    )
    assert "Other." not in MainContent.of_file().text(html)


@pytest.mark.parametrize(
    "data",
    ["", "{", "[" * 100_000, '{"a": NaN}', json.dumps([["a"] * 500_000]), json.dumps({"articleBody": 5})],
    ids=len,
)
def test_data_that_is_broken_deep_or_large_gives_no_text(data: str) -> None:
    assert embedded_text(HTMLTree.parse(page("application/ld+json", data))) == ""

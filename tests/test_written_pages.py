"""lakesift's own extractor keeps discussions and code whole, in the markup of the programs that serve them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from benchmarks.extraction.discussions import written_pages
from benchmarks.extraction.pages import Page
from benchmarks.extraction.texts import from_attempts
from benchmarks.extraction.written import found_in, sections

from lakesift.extraction.main_content import MainContent

Extract = Callable[[str], str]
UNWANTED = {
    "phpbb_2-mixed": "the signature is a line of the post's last paragraph",
    "pipermail-mixed": "the page is nearly all message",
}


@pytest.fixture(scope="module")
def extract() -> Extract:
    return MainContent.of_file().text


def pages(*kinds: str, but: dict[str, str] | None = None) -> list[object]:
    """Pages of some kinds, with why some of them are not yet as they should be."""
    chosen = []
    for page in written_pages():
        name = page.url.removeprefix("https://").partition(".")[0]
        marks = [pytest.mark.xfail(reason=but[name], strict=False)] if but and name in but else []
        if page.kind in kinds:
            chosen.append(pytest.param(page, id=name, marks=marks))
    return chosen


@pytest.mark.parametrize("page", pages("discussion"))
def test_every_post_of_every_program_is_in_the_text(extract: Extract, page: Page) -> None:
    text = " ".join(extract(page.html).split())
    assert [post for post in page.with_ if " ".join(post.split()) not in text] == []


@pytest.mark.parametrize("page", pages("discussion", but=UNWANTED))
def test_menus_panels_of_users_signatures_and_footers_of_boards_are_not(extract: Extract, page: Page) -> None:
    text = extract(page.html)
    assert [part for part in page.without if part in text] == []


@pytest.mark.parametrize("page", pages("comments"))
def test_an_article_is_in_the_text_and_the_comments_below_it_are_not(extract: Extract, page: Page) -> None:
    text = extract(page.html)
    assert [part for part in page.with_ if part not in text] == []
    assert [part for part in page.without if part in text] == []


@pytest.mark.parametrize("page", pages("code"))
def test_code_is_in_the_text_with_its_lines_and_indentation(extract: Extract, page: Page) -> None:
    text = extract(page.html)
    assert [part for part in page.with_ if part not in text] == []


def test_a_wanted_text_counts_once_and_code_only_with_its_lines() -> None:
    page = Page("u", "", "code", "en", program="p", with_=("a b", "x\n    y"), without=("menu",))
    assert found_in(page, "a\nb x y") == (1, 2, 0, 1)
    assert found_in(page, "a b\nx\n    y\nmenu") == (2, 2, 1, 1)
    (table,) = sections([page], {"it": from_attempts([page], [("a b menu", "")])})
    assert table.rows == (("p: 1", "0.500 / 1 of 1"), ("all: 1", "0.500 / 1 of 1"))


def test_thirty_eight_pages_are_written_each_with_texts_that_its_markup_has() -> None:
    written = written_pages()
    assert len({page.url for page in written}) == len(written) == 38
    for page in written:
        assert re.findall(r"\{\w+\}", page.html) == []
        assert page.with_
        assert page.without

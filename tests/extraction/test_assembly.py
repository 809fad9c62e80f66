"""Promises of the assembly: everything that is kept, in order, in the form that was asked for."""

from __future__ import annotations

import numpy as np
from resiliparse.parse.html import HTMLTree

from lakesift.extraction.assembly import markdown, plain_text
from lakesift.extraction.walk import walk

HTML = """<h2>Heading</h2><p>Text</p><ul><li>one<ul><li>inner</li></ul></li><li>two</li></ul>
<table><tr><th>a</th><th>b|c</th></tr><tr><td>1</td><td>2</td></tr></table><blockquote><p>Quoted</p></blockquote>
<pre>x = `1`
y</pre>"""


def forms(html: str, base_url: str | None = None) -> tuple[str, str]:
    found = walk(str(HTMLTree.parse(html)).encode())
    kept = np.ones(len(found.blocks), np.bool_)
    return plain_text(found, kept), markdown(found, kept, base_url)


def test_plain_text_is_a_line_a_block_and_a_line_a_row() -> None:
    assert forms(HTML)[0] == "Heading\nText\n- one\n- inner\n- two\na\tb|c\n1\t2\nQuoted\nx = `1`\ny"


def test_markdown_keeps_headings_lists_tables_quotes_and_code() -> None:
    assert forms(HTML)[1] == (
        "## Heading\n\nText\n\n- one\n\n  - inner\n\n- two\n\n| a | b\\|c |\n| --- | --- |\n| 1 | 2 |\n\n> Quoted\n\n"
        "```\nx = `1`\ny\n```"
    )


def test_a_heading_an_item_and_code_are_known_whatever_their_text_begins_in() -> None:
    html = "<h2><a href=x>Linked</a></h2><ul><li><b>one</b></li></ul><pre><code>x\ny</code></pre>"
    assert forms(html) == ("Linked\n- one\nx\ny", "## Linked\n\n- one\n\n```\nx\ny\n```")


def test_a_fence_is_longer_than_any_run_of_backticks_in_the_code() -> None:
    assert forms("<pre>````</pre>")[1] == "`````\n````\n`````"


def test_only_kept_blocks_are_in_the_text() -> None:
    found = walk(str(HTMLTree.parse("<p>a</p><p>b</p><p>c</p>")).encode())
    assert plain_text(found, np.array([True, False, True])) == "a\nc"


def test_numbered_items_have_their_place_and_what_follows_in_an_item_stands_below_its_text() -> None:
    html = "<ol><li><p>one</p><p>more</p></li><li>two<ul><li>inner</li></ul></li></ol><p>end</p>"
    assert forms(html)[1] == "1. one\n\n   more\n\n2. two\n\n   - inner\n\nend"


def test_links_are_written_where_a_base_is_given_and_only_to_web_pages() -> None:
    html = (
        '<p>See <a href="/a b?x=1&amp;y=2">the <b>page</b> </a>or <a href="javascript:alert(1)">this</a>'
        ' <a href="//other.org/x(1)">that</a>.</p>'
    )
    written = "See [the page](https://a.org/a%20b?x=1&y=2) or this [that](https://other.org/x%281%29)."
    assert forms(html, "https://a.org/dir/") == ("See the page or this that.", written)
    assert forms(html)[1] == "See the page or this that."


def test_code_in_a_line_is_in_backticks_and_a_link_in_it_is_none() -> None:
    html = '<p>Call <code>f(<a href="/f">x</a>)</code> or <code>a`b</code>, <code> </code><a href="/">\n</a>.</p>'
    assert forms(html, "https://a.org")[1] == "Call `f(x)` or `` a`b ``, ."


def test_a_link_over_several_blocks_is_left_out() -> None:
    assert forms('<a href="/x"><h2>Title</h2><p>Text</p></a>', "https://a.org")[1] == "## Title\n\nText"


def test_how_a_word_is_read_does_not_part_it() -> None:
    html = "<p><ruby>東<rp>(</rp><rt>とう</rt><rp>)</rp>京<rt>きょう</rt></ruby>に行く</p>"
    assert forms(html)[0] == "東京に行く"


def test_soft_hyphens_do_not_part_words() -> None:
    html = "<p>ad&shy;mi\u00adnis\u00adtra\u00adtion \u00ad</p><pre>a\u00adb</pre><p>\u00ad</p><p>\u00ac</p>"
    assert forms(html)[0] == "administration\nab\n\u00ac"


def test_a_row_that_holds_paragraphs_is_no_row_of_data() -> None:
    html = "<table><tr><td>Menu<td><h2>Title</h2><p>First.</p><p>Second.</p></table>"
    data = "<table><tr><td>a<td>b<tr><td>c<td>d</table>"
    assert forms(html + data) == (
        "Menu\nTitle\nFirst.\nSecond.\na\tb\nc\td",
        "Menu\n\n## Title\n\nFirst.\n\nSecond.\n\n| a | b |\n| --- | --- |\n| c | d |",
    )


def test_rows_behind_what_is_no_row_begin_a_table_anew() -> None:
    html = "<table><tr><td>a<td>b<tr><td><p>One.<p>Two.<td>x<tr><td>c<td>d</table>"
    assert forms(html)[1] == "| a | b |\n| --- | --- |\n\nOne.\n\nTwo.\n\nx\n\n| c | d |\n| --- | --- |"

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


def forms(html: str) -> tuple[str, str]:
    found = walk(str(HTMLTree.parse(html)).encode())
    kept = np.ones(len(found.blocks), np.bool_)
    return plain_text(found, kept), markdown(found, kept)


def test_plain_text_is_a_line_a_block_and_a_line_a_row() -> None:
    assert forms(HTML)[0] == "Heading\nText\n- one\n- inner\n- two\na\tb|c\n1\t2\nQuoted\nx = `1`\ny"


def test_markdown_keeps_headings_lists_tables_quotes_and_code() -> None:
    assert forms(HTML)[1] == (
        "## Heading\n\nText\n\n- one\n\n  - inner\n\n- two\n\n| a | b\\|c |\n| --- | --- |\n| 1 | 2 |\n\n> Quoted\n\n"
        "```\nx = `1`\ny\n```"
    )


def test_a_fence_is_longer_than_any_run_of_backticks_in_the_code() -> None:
    assert forms("<pre>````</pre>")[1] == "`````\n````\n`````"


def test_only_kept_blocks_are_in_the_text() -> None:
    found = walk(str(HTMLTree.parse("<p>a</p><p>b</p><p>c</p>")).encode())
    assert plain_text(found, np.array([True, False, True])) == "a\nc"

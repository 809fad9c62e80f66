"""Promises of the walk: it finds a page's text once, in order, in blocks, whatever the markup."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from resiliparse.parse.html import DOMNode, HTMLTree, NodeType

from lakesift.extraction.elements import Tag
from lakesift.extraction.page import block_texts
from lakesift.extraction.prose import STOP
from lakesift.extraction.walk import Walked, walk

SKIPPED = {
    *("head", "script", "style", "iframe", "noembed", "noframes", "template", "svg", "select", "datalist", "object"),
    *("canvas", "audio", "video", "textarea", "noscript", "button", "math"),
}
PIECES = (
    *("<p>", "</p>", "<div class='a b'>", "</div>", "<br>", "<a href='x'>", "</a>", "<b>", "</b>", "<ul><li>", "</ul>"),
    *(
        "<table><tr><td>",
        "</table>",
        "<pre>",
        "</pre>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<svg>",
        "</svg>",
        "<h1>",
    ),
    *(
        "<button>",
        "</button>",
        "<noscript>",
        "</noscript>",
        "<template>",
        "</template>",
        "<math>",
        "</math>",
        "<select>",
    ),
    *(
        "&amp;",
        "&lt;",
        "&nbsp;",
        "&#0;",
        "<",
        ">",
        '"',
        "word ",
        "中文。",
        "é",
        "\n\n",
        " ",
        "😀",
        "</",
        "<!",
        "<p class=",
    ),
    *(
        "<style>",
        "</style>",
        "<textarea>",
        "</textarea>",
        "<img src=x>",
        "<!doctype html>",
        "]]>",
        "<iframe>",
        "</iframe>",
    ),
)


def text_of(node: DOMNode) -> str:
    """What the walk should find: the characters outside of skipped elements."""
    if node.type == NodeType.TEXT:
        return str(node.text)
    return "" if node.tag in SKIPPED else "".join(map(text_of, node.child_nodes))


def walked(html: str) -> Walked:
    return walk(str(HTMLTree.parse(html)).encode())


def squeezed(text: str) -> str:
    return "".join(text.replace("\xa0", " ").split())


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@example("<iframe><iframe></iframe>-->")
@example("<p><script><!--<script></script><!--")
def test_all_text_outside_of_what_is_never_text_is_found_once_and_in_order(html: str) -> None:
    # A `<!` that nothing ends is written with what lies behind the page in memory.
    tree = HTMLTree.parse(f"{html}<p>")
    assert squeezed("".join(block_texts(walk(str(tree).encode())))) == squeezed(text_of(tree.document))


@given(st.binary(max_size=200).map(lambda some: b"<p" + some))
def test_bytes_that_no_parser_wrote_end_the_walk_all_the_same(markup: bytes) -> None:
    found = walk(markup)
    assert all(0 <= block["start"] <= block["stop"] <= len(found.text) for block in found.blocks)


def test_elements_of_a_block_and_pairs_of_line_breaks_end_blocks_and_others_do_not() -> None:
    html = "<p>One <b>bold</b> <a href=x>link</a></p>two<br>lines<br><br>three<div>four</div>five"
    assert block_texts(walked(html)) == ["One bold link", "two\nlines", "three", "four", "five"]


@pytest.mark.parametrize(
    ("html", "tag"),
    [
        ("<h2><a href=x>Linked</a></h2>", Tag.H2),
        ("<p><b><i>Bold</i></b> and not</p>", Tag.P),
        ("<pre><code>x</code></pre>", Tag.PRE),
        ("<a href=x><h3><span>Inside</span></h3></a>", Tag.H3),
        ("<div><p>before</p><span>after</span></div>", Tag.DIV),
        ("<span>of the page</span>", Tag.BODY),
    ],
)
def test_a_block_is_of_the_element_that_ends_it_whatever_its_text_begins_in(html: str, tag: Tag) -> None:
    found = walked(html)
    assert found.elements["tag"][found.blocks["element"][-1]] == tag


def test_white_space_is_kept_in_preformatted_text_only() -> None:
    assert block_texts(walked("<p> a \n\t b&nbsp;c </p><pre>a\n  b</pre>")) == ["a b c", "a\n  b"]


def test_a_block_counts_its_links_sentences_and_characters() -> None:
    # The space before a link counts as the link's.
    found = walked("<p>Äh, <a href=x>see this</a>. 中文。</p>").blocks[0]
    names = ("chars", "words", "links", "link_chars", "clauses", "stops", "wide", "upper")
    assert tuple(int(found[name]) for name in names) == (17, 4, 1, 9, 1, 2, 2, 0)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        *(
            (text, True)
            for text in ("So.", "“So.”", "»So.«", "(So!)", "„So?“", "‹ So. ›", "「はい。」", "'So.'", "هل هذا؟")
        ),
        *((text, False) for text in ("So", "“So”", "So. (then)", "So.) then", "So. „", "은", "Privacy | Help")),
    ],
)
def test_a_sentence_ends_with_its_stop_whatever_closes_behind_it(text: str, ends: bool) -> None:
    assert [last == STOP for last in walked(f"<p>{text}</p>").blocks["last"]] == [ends]


def test_an_anchor_without_an_address_is_no_link_and_one_that_nobody_closes_swallows_no_text() -> None:
    found = walked("<h2><a name=first>First</h2><p>See <a href=x>this</a> and that.</p><p>More.</p>").blocks
    assert found["links"].tolist() == [0, 1, 0]
    assert found["link_chars"].tolist() == [0, 5, 0]


def test_formulas_in_tex_are_text_and_scripts_are_not() -> None:
    html = '<p>if <math alttext="x^2 &lt; 1"><mi>x</mi></math> so<script type="math/tex">y</script></p><script type=text/x>z'
    assert block_texts(walked(html)) == ["if x^2 < 1 soy"]


def test_text_for_browsers_without_scripts_is_found_when_asked_for() -> None:
    markup = str(HTMLTree.parse("<body><noscript><p>All of it</p></noscript>")).encode()
    assert block_texts(walk(markup)) == []
    assert block_texts(walk(markup, with_noscript=True)) == ["All of it"]


def test_an_element_holds_what_is_in_those_inside_it() -> None:
    found = walked("<div><p>One sentence, long enough to count.</p><p>Two.</p></div>")
    outer = next(element for element in found.elements if element["tag"] == Tag.DIV)
    assert (int(outer["blocks"]), int(outer["chars"]), int(outer["paragraph_chars"])) == (2, 39, 35)


@pytest.mark.parametrize(
    "html", ["<div>" * 3_000, "<b></b>" * 300_000, "<p class='" + "a " * 500_000, "<a <a <a " * 50_000], ids=len
)
def test_hostile_markup_is_walked(html: str) -> None:
    assert len(walked(html).elements) >= 1

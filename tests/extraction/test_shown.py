"""What a browser shows is text, whatever elements it is in."""

from __future__ import annotations

import time

import pytest
from resiliparse.parse.html import HTMLTree

from lakesift.extraction.page import block_texts, walked_page
from lakesift.extraction.shown import shown


def lines_of(body: str) -> list[str]:
    """Return the texts of all blocks of a page."""
    return block_texts(walked_page(HTMLTree.parse(f"<html><body>{body}</body></html>")))


@pytest.mark.parametrize(
    "body",
    [
        "<x-story><template shadowrootmode=open><style>p{}</style><p>The tide turns.</p></template></x-story>",
        "<x-story><template shadowroot=closed><p>The tide turns.</p></template></x-story>",
        "<x-a><template shadowrootmode=open><x-b><template shadowrootmode=open><p>The tide turns.</p></template></x-b>"
        "</template></x-a>",
    ],
)
def test_a_declared_shadow_root_is_text(body: str) -> None:
    assert lines_of(body) == ["The tide turns."]


def test_a_template_that_no_root_declares_is_none() -> None:
    assert lines_of("<p>One.</p><template><p>A row to be filled in.</p></template>") == ["One."]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<h2><span><button type=button>When is high water?</button></span></h2>", ["When is high water?"]),
        ("<dl><dt><button>Draught</button></dt><dd>Depth of a hull.</dd></dl>", ["Draught", "Depth of a hull."]),
        ("<details><summary><button>More</button></summary>Tides.</details>", ["More", "Tides."]),
        ("<p>Press <button>Start</button> to sound the horn.</p>", ["Press Start to sound the horn."]),
        ("<ol><li>Then choose <button>Save</button></li></ol>", ["Then choose Save"]),
        ("<nav>Menu <button>Open</button></nav><p>A boat.</p><button>Subscribe</button>", ["Menu", "A boat."]),
        ("<form><button>Send</button></form><p><button>Share</button></p><p>A boat.</p>", ["A boat."]),
    ],
)
def test_a_button_is_text_where_it_is_a_heading_a_term_or_part_of_a_sentence(body: str, expected: list[str]) -> None:
    assert lines_of(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>Let <math><mi>v</mi></math> be it.</p>", "Let v be it."),
        (
            "<p>So <math><mi>v</mi><mo>=</mo><mfrac><mi>s</mi><mi>t</mi></mfrac></math> and "
            "<math><msup><mi>x</mi><mn>2</mn></msup></math>.</p>",
            "So v=s/t and x^2.",
        ),
        ("<p>At <math alttext='h_0'><mi>h</mi></math> metres.</p>", "At h_0 metres."),
        ("<p>The level is <img class='latex x' alt='h_0' src=a.png> here.</p>", "The level is h_0 here."),
        (r"<p>It is <img alt='\frac{a}{b}' src=a.png> of it.</p>", r"It is \frac{a}{b} of it."),
        ("<p>Well done <img class=wp-smiley alt='\U0001f600' src=a.png></p>", "Well done \U0001f600"),
        ("<p>A boat <img class=photo alt='A boat at sea' src=a.png> at sea.</p>", "A boat at sea."),
        (r"<p>In <img alt='C:\Users\boat' src=a.png> there.</p>", "In there."),
    ],
)
def test_formulas_and_emoji_stand_in_their_sentence(body: str, expected: str) -> None:
    assert lines_of(body) == [expected]


CODE = "def fathom(line):\n    return line / 6\n\nfathom(12)"


@pytest.mark.parametrize(
    "body",
    [
        f"<pre>{CODE}</pre>",
        "<pre><code>" + "".join(f"<div>{line}</div>" for line in CODE.split("\n")) + "</code></pre>",
        "<pre><ol>" + "".join(f"<li><span>{line}</span></li>\n" for line in CODE.split("\n")) + "</ol></pre>",
        "<pre>" + "\n".join(f"<span class='lineno'>{at} </span>{line}" for at, line in enumerate(CODE.split("\n")))
        + "</pre>",
        f"<table><tr><td class='linenos'><pre>1\n2\n3\n4</pre></td><td class='code'><pre>{CODE}\n</pre></td></tr></table>",
        "<table class=x>" + "".join(
            f"<tr><td class='blob-num' data-line-number={at}></td><td class='blob-code y'>{line}</td></tr>"
            for at, line in enumerate(CODE.split("\n"))
        ) + "</table>",
        "<table><tr><td class=gutter><div>1</div><div>2</div></td><td class=code><div class=container>" + "".join(
            f"<div class=line><code>{line.replace(' ', '&nbsp;')}</code></div>" for line in CODE.split("\n")
        ) + "</div></td></tr></table>",
    ],
)  # fmt: skip
def test_code_keeps_its_lines_and_indentation_whatever_its_lines_are_in(body: str) -> None:
    assert lines_of(f"<p>Before.</p>{body}<p>After.</p>") == ["Before.", CODE, "After."]


def test_a_table_of_data_stays_a_table() -> None:
    page = '<table><tbody><tr><td class="port">Ostend</td><td>3</td></tr></tbody></table><pre>1\n2\n3</pre>'
    assert shown(page) == page


@pytest.mark.parametrize(
    "hostile",
    [
        "<pre>",
        "<math>",
        "<button>",
        '<template shadowrootmode="a">',
        '<td class="code">',
        '<span class="ln">1',
        "<table>",
    ],
)
def test_time_is_linear(hostile: str) -> None:
    markup = str(HTMLTree.parse(f'<table><tr><td class="code">x</td></tr></table>{hostile * 3_000}'))
    began = time.process_time()
    shown(markup)
    assert time.process_time() - began < 5

"""Promises of lakesift's own extractor."""

from __future__ import annotations

import pytest
from resiliparse.parse.html import HTMLTree

from lakesift.extraction.block_model import BlockModel, Pair
from lakesift.extraction.boosted_trees import Trees
from lakesift.extraction.feature_names import NAMES
from lakesift.extraction.features import features_of
from lakesift.extraction.main_content import MainContent
from lakesift.extraction.page import walked_page
from lakesift.extraction.training import LabelledPage, TrainingSettings, shares_in, train

SENTENCE = (
    "The council of town number {} met on Monday, and after a long debate it chose a new mayor for the years to come. "
)
PAGE = (
    "<html><head><title>T</title></head><body><nav><ul>{links}</ul></nav><main><article><h1>Town {number}</h1>{text}"
    "</article></main><footer><p>Imprint and terms of use {number}</p></footer></body></html>"
)


def page(number: int) -> LabelledPage:
    paragraphs = [SENTENCE.format(number * 10 + part) * 2 for part in range(6)]
    links = "".join(f"<li><a href=/{place}>Section {place}</a></li>" for place in range(8))
    html = PAGE.format(links=links, number=number, text="".join(f"<p>{text}</p>" for text in paragraphs))
    return LabelledPage(f"http://site{number}.example/", html, " ".join([f"Town {number}", *paragraphs]))


@pytest.fixture(scope="module")
def shipped() -> MainContent:
    return MainContent.of_file()


def test_the_article_is_kept_and_what_surrounds_it_is_not(shipped: MainContent) -> None:
    text = shipped.text(page(3).html)
    assert SENTENCE.format(30).strip() in text
    assert SENTENCE.format(35).strip() in text
    assert "Section 1" not in text
    assert "Imprint" not in text


@pytest.mark.parametrize("html", ["", "<p></p>", "<script>x", "\0", "<frameset><frame src=x></frameset>"])
def test_a_page_without_text_gives_none(shipped: MainContent, html: str) -> None:
    assert shipped.text(html) == ""


def test_a_page_of_one_line_keeps_it(shipped: MainContent) -> None:
    assert shipped.text("<p>Ok</p>") == "Ok"


def test_a_page_that_only_browsers_without_scripts_show_has_its_text(shipped: MainContent) -> None:
    assert "debate" in shipped.text(f"<body><noscript><p>{SENTENCE}</p></noscript>")


def test_training_learns_what_the_gold_texts_say_and_the_same_each_time() -> None:
    settings = TrainingSettings(trees=20, smallest_leaf=5)
    models = [train([page(number) for number in range(12)], settings) for _ in range(2)]
    assert models[0] == models[1]
    text = MainContent(models[0]).text(page(20).html)
    assert "Town 20" in text
    assert "Section" not in text


def test_pages_of_content_only_cannot_be_learned_from() -> None:
    with pytest.raises(ValueError, match="have no block of content, or none of boilerplate"):
        train([LabelledPage("u", "<p>a b c d</p>", "a b c d")], TrainingSettings())


def test_a_single_page_cannot_be_learned_from() -> None:
    with pytest.raises(ValueError, match="all but a part of them"):
        train([page(1)], TrainingSettings())


def test_runs_of_words_that_are_in_the_gold_text_by_chance_do_not_count() -> None:
    gold = "the mayor of the town spoke to us about the new bridge and its price"
    texts = ["spoke to us about the new bridge", "about the weather in the long run of things", "price"]
    assert shares_in(texts, gold).tolist() == [1.0, 0.0, 1.0]


def test_every_block_has_finite_features() -> None:
    found = features_of(walked_page(HTMLTree.parse(page(1).html)))
    assert found.shape == (16, len(NAMES))
    assert abs(found).max() < 1e6


def test_a_model_without_trees_keeps_everything_or_nothing() -> None:
    no_trees = Trees(3.0, ())
    assert "Section 1" in MainContent(BlockModel((Pair(no_trees, no_trees),), {})).text(page(1).html)


def test_an_amp_page_gives_its_article_and_not_its_components() -> None:
    said = "The council met on Monday, and after a long debate it chose a new mayor for the years to come. "
    text = MainContent.of_file().text(
        "<html amp><body><amp-sidebar layout=nodisplay><ul><li><a href=/>Home</a></li><li><a href=/news>News</a></li></ul>"
        "</amp-sidebar><amp-ad type=a><div placeholder>Advertisement</div></amp-ad><article><h1>A new mayor</h1>"
        "<amp-img src=m.jpg><noscript><img src=m.jpg alt='The mayor'></noscript></amp-img>"
        f"<p>{said * 3}</p><amp-accordion><section><h2>What comes next</h2><div><p>{said * 2}</p></div></section>"
        "</amp-accordion></article><amp-list src=more.json><template type=amp-mustache><a href='{{url}}'>{{title}}</a>"
        '</template></amp-list><amp-analytics><script type=application/json>{"vars": {"a": "b"}}</script></amp-analytics>'
    )
    assert {(said * 3).strip(), (said * 2).strip()} <= set(text.split("\n"))
    assert not [word for word in ("Home", "Advertisement", "{{title}}", "vars", "The mayor\n") if word in text]

"""Promises of the choice of blocks: hardly any content is found where there is hardly any."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from lakesift.extraction.main_content import MainContent
from lakesift.extraction.selection import SelectionSettings, kept_blocks

SENTENCE = "Please confirm your order number before we send the parcel to the address that you gave us in spring."
MENU = "".join(f"<li><a href=/{name}>{name.title()}</a></li>" for name in ("shop", "help", "stores", "basket", "login"))
LAYOUTS = (
    "<header><nav><ul>{menu}</ul></nav></header><main><p>{sentence}</p></main><footer><p>&copy; 2024 Brook &amp; Sons."
    " All rights reserved. <a href=/privacy>Privacy</a></p></footer><div class=cookie-banner><p>We use cookies to give"
    " you a better service.</p></div>",
    "<div id=menu><ul>{menu}</ul></div><div id=content><h1>Your order</h1><p>{sentence}</p></div><div id=footer>&copy;"
    " 2024 Brook &amp; Sons. All rights reserved. <a href=/privacy>Privacy</a></div>",
    pytest.param(
        "<table><tr><td class=nav><ul>{menu}</ul></td><td class=content><p>{sentence}</p></td></tr><tr><td class=footer>"
        "<p>&copy; 2024 Brook &amp; Sons. All rights reserved.</p></td></tr></table>",
        marks=pytest.mark.xfail(strict=True, reason="the footer is thought likelier content than not"),
    ),
)


@pytest.fixture(scope="module")
def shipped() -> MainContent:
    return MainContent.of_file()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_page_with_one_sentence_gives_that_and_not_its_menu_its_footer_and_its_notice(
    shipped: MainContent, layout: str
) -> None:
    html = f"<html><body>{layout.format(menu=MENU, sentence=SENTENCE)}</body></html>"
    lines = shipped.text(html).splitlines()
    assert lines[-1] == SENTENCE
    assert lines[:-1] in ([], ["Your order"])


def test_a_page_laid_out_by_a_table_gives_its_paragraph_and_not_its_menu_and_its_footer(shipped: MainContent) -> None:
    paragraph = " ".join([SENTENCE] * 3)
    row = f"<tr><td class=nav><ul>{MENU}</ul></td><td class=content><p>{paragraph}</p></td></tr>"
    footer = "<tr><td class=footer><p>&copy; 2024 Brook &amp; Sons. All rights reserved.</p></td></tr>"
    assert shipped.text(f"<html><body><table>{row}{footer}</table></body></html>") == paragraph


def kept(found: list[float], words: float = 10, ends_sentence: list[bool] | None = None) -> list[bool]:
    ends = np.ones(len(found), np.bool_) if ends_sentence is None else np.array(ends_sentence)
    return [bool(each) for each in kept_blocks(np.array(found), np.full(len(found), words), ends, SelectionSettings())]


def twin(found: NDArray[np.float64], words: NDArray[np.float64], ends: NDArray[np.bool_]) -> list[bool]:
    settings = SelectionSettings()
    order = np.argsort(-found, kind="stable")
    reached = np.cumsum(words[order])
    level = found[order[np.searchsorted(reached, min(settings.level_words, reached[-1] / 2))]]
    least = max(settings.share_of_level * level, settings.share_of_best * max(found))
    kept = found > np.where(ends, min(settings.threshold, least), least)
    if sum(words[kept]) >= settings.whole_share * sum(words):
        kept |= found > settings.whole_threshold
    is_between = np.logical_or.accumulate(kept) & np.logical_or.accumulate(kept[::-1])[::-1]
    return [bool(each) for each in kept | (is_between & ends & (found > settings.between_threshold))]


@pytest.mark.parametrize("seed", range(30))
def test_the_choice_is_that_of_a_plain_program(seed: int) -> None:
    draw = np.random.default_rng(seed)
    blocks = int(draw.integers(1, 60))
    found, ends = draw.random(blocks).round(2) ** draw.integers(1, 5), draw.random(blocks) < 0.5
    words = draw.integers(1, 80, blocks) / 2
    assert kept_blocks(found, words, ends, SelectionSettings()).tolist() == twin(found, words, ends)


def test_likely_blocks_are_kept_and_where_none_is_likely_those_that_reach_the_pages_level() -> None:
    assert kept([0.9, 0.6, 0.4, 0.05], words=100) == [True, True, False, False]
    assert kept([0.09, 0.2, 0.11], words=100) == [False, True, False]
    # The one likely block is short: a notice above an article of which the model is not sure.
    assert kept([0.7, 0.34, 0.3, 0.24, 0.1], words=20) == [True, True, True, True, False]


def test_a_page_that_is_nearly_all_content_keeps_what_is_only_half_likely_and_another_does_not() -> None:
    assert kept([0.9, 0.8, 0.7, 0.9, 0.35, 0.1], words=100) == [True, True, True, True, False, False]
    assert kept([0.9, 0.8, 0.7, 0.9, 0.35], words=100) == [True] * 5


def test_what_ends_no_sentence_must_be_likelier() -> None:
    found = [0.9, 0.52, 0.6, 0.52, 0.1, 0.1]
    assert kept(found, 100, [True, False, False, True, True, False]) == [True, False, True, True, False, False]


def test_a_sentence_among_what_is_kept_may_be_less_likely_and_a_label_or_a_sentence_at_the_end_may_not() -> None:
    found = [0.25, 0.9, 0.25, 0.25, 0.15, 0.9, 0.25]
    ends_sentence = [True, True, True, False, True, True, True]
    assert kept(found, 100, ends_sentence) == [False, True, True, False, False, True, False]


def test_many_unlikely_blocks_do_not_lower_what_the_likeliest_asks_for() -> None:
    assert sum(kept([0.8, *[0.06] * 500])) == 1


def test_a_page_without_blocks_keeps_none() -> None:
    assert kept([]) == []

"""Promises of the features of blocks: what the elements are that tell parts of a page apart."""

from __future__ import annotations

import random

import pytest
from resiliparse.parse.html import HTMLTree

from lakesift.extraction.class_words import GROUPS
from lakesift.extraction.elements import Tag
from lakesift.extraction.feature_names import INSIDE, NAMES
from lakesift.extraction.features import features_of
from lakesift.extraction.walk import Walked, walk

SENTENCE = "A sentence that is as long as one of a paragraph, at least. "
STARTS = ("<div class=sidebar>", "<div class='ad share'>", "<section>", "<aside>", "<article class=post>", "<div>")
INNER = (*(f"inner_class_{name}" for name in GROUPS), *(f"inner_in_{name}" for name in INSIDE))


def walked(markup: str) -> Walked:
    return walk(str(HTMLTree.parse(markup)).encode())


def random_page(draw: random.Random) -> str:
    boxes = []
    for _ in range(draw.randint(1, 6)):
        starts = [draw.choice(STARTS) for _ in range(draw.randint(1, 3))]
        boxes.append("".join(f"{start}<p>{SENTENCE * draw.randint(0, 3)}Label</p>" for start in starts))
        boxes += [f"</{start[1:].split()[0].strip('>')}>" for start in reversed(starts) if draw.random() < 0.8]
    return "".join(boxes)


def twin(page: Walked, at: int) -> set[str]:
    """The names of the features of one block that are 1."""
    elements, number, found = page.elements, int(page.blocks[at]["element"]), set[str]()
    while number >= 0 and elements[number]["paragraph_chars"] < max(elements[0]["paragraph_chars"], 1) / 2:
        words, tag = int(elements[number]["words"]), Tag(elements[number]["tag"]).name.lower()
        found |= {f"inner_class_{name}" for bit, name in enumerate(GROUPS) if words >> bit & 1}
        found |= {f"inner_in_{tag}"} & {*INNER}
        number = int(elements[number]["parent"])
    return found


@pytest.mark.parametrize("seed", range(20))
def test_inner_classes_and_tags_are_of_the_elements_with_less_than_half_of_the_paragraphs(seed: int) -> None:
    page = walked(random_page(random.Random(seed)))
    found = features_of(page)
    for at in range(len(found)):
        assert {name for name in INNER if found[at, NAMES.index(name)]} == twin(page, at)


def test_what_all_of_a_page_lies_in_does_not_make_its_text_a_sidebar() -> None:
    page = walked(f"<div class=sidebar><p>{SENTENCE * 9}</p></div><div class=widget><p>{SENTENCE}</p></div>")
    sidebar = features_of(page)[:, NAMES.index("inner_class_sidebar")]
    assert sidebar.tolist() == [0, 1]

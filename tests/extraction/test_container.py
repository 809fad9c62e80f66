"""Promises of the container: which element it is, and what a block is told of it."""

from __future__ import annotations

import random

import pytest
from resiliparse.parse.html import HTMLTree

from lakesift.extraction.container import LEAST_CHARS, container
from lakesift.extraction.elements import Tag
from lakesift.extraction.feature_names import CONTAINER, NAMES
from lakesift.extraction.features import features_of
from lakesift.extraction.walk import Walked, walk

SENTENCE = "A sentence that is as long as one of a paragraph, at least. "
RULES = (
    ("<div class='entry-content'>", 1),
    ("<section itemprop=articleBody>", 1),
    ("<article>", 2),
    ("<div id=content>", 3),
    ("<div class='page-content wide'>", 3),
    ("<main>", 4),
    ("<div role=main>", 4),
    ("<div class='content-wide'>", 0),
    ("<p class='entry-content'>", 0),
    ("<div>", 0),
)


def walked(markup: str) -> Walked:
    return walk(str(HTMLTree.parse(markup)).encode())


def with_rules() -> dict[str, int]:
    """The start tags by what the walk keeps of their classes, tag and words."""
    found = {}
    for start, rule in RULES:
        element = walked(f"{start}{SENTENCE}").elements[-1]
        found[f"{int(element['tag'])} {int(element['words'])}"] = rule
    return found


def random_page(draw: random.Random) -> str:
    boxes = []
    for _ in range(draw.randint(1, 6)):
        starts = [draw.choice(RULES)[0] for _ in range(draw.randint(1, 3))]
        boxes.append("".join(f"{start}<p>{SENTENCE * draw.randint(0, 2)}<a href=x>link</a></p>" for start in starts))
        boxes += [f"</{start[1:].split()[0].strip('>')}>" for start in reversed(starts) if draw.random() < 0.8]
    return "".join(boxes)


def twin(page: Walked, at: int) -> dict[str, float]:
    """The features of one block, from their names."""
    elements, known = page.elements, with_rules()
    rules = [known.get(f"{int(element['tag'])} {int(element['words'])}", 0) for element in elements]
    could = [
        (rule, number)
        for number, rule in enumerate(rules)
        if rule and elements[number]["paragraph_chars"] >= LEAST_CHARS
    ]
    rule, holder = min(could, default=(0, -1))
    around, number = [], int(page.blocks[at]["element"])
    while number > 0:
        around.append(number)
        number = int(elements[number]["parent"])
    row = dict.fromkeys(CONTAINER, 0.0) | {"container_rule": rule, "levels_to_container": -1}
    for name, which in (("article_text", 1), ("article", 2), ("page_text", 3), ("main", 4)):
        row[f"around_{name}"] = sum(rules[number] == which for number in around)
    if rule:
        whole = elements[0]
        row["container_share"] = elements[holder]["paragraph_chars"] / whole["paragraph_chars"]
        row["container_chars"] = elements[holder]["chars"] / whole["chars"]
        row["container_links"] = elements[holder]["link_chars"] / elements[holder]["chars"]
        row["side_of_container"] = -1 if around[0] < holder else 1
    if holder in around:
        row |= {"in_container": 1, "levels_to_container": around.index(holder), "side_of_container": 0}
    return row


@pytest.mark.parametrize("seed", range(20))
def test_each_feature_is_what_its_name_says(seed: int) -> None:
    page = walked(random_page(random.Random(seed)))
    found = features_of(page)[:, [NAMES.index(name) for name in CONTAINER]]
    for at in range(len(found)):
        row = twin(page, at)
        assert found[at].tolist() == pytest.approx([row[name] for name in CONTAINER], abs=1e-5)


def test_a_surer_rule_counts_before_an_earlier_element() -> None:
    page = walked(f"<main><p>{SENTENCE}</p><div class=post-body><p>{SENTENCE}</p></div></main>")
    number, rule = container(page.elements)
    assert (Tag(page.elements[number]["tag"]), rule) == (Tag.DIV, 1)


def test_an_element_without_paragraphs_is_no_container() -> None:
    page = walked(f"<article><p>More</p></article><article><p>{SENTENCE}</p></article>")
    assert page.elements[container(page.elements)[0]]["paragraph_chars"] == len(SENTENCE.strip())
    assert container(walked("<p>Nothing").elements) == (-1, 0)

"""Promises of the attributes' kernels."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from resiliparse.parse.html import HTMLTree

from lakesift.extraction.attributes import groups_of
from lakesift.extraction.class_words import GROUPS
from lakesift.extraction.elements import Tag
from lakesift.extraction.walk import walk

WORDS = sorted({word.strip(".") for words in GROUPS.values() for word in words.split()})


def twin(value: str) -> set[str]:
    found = set()
    for token in re.split("[\0- ]", value):
        words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]", token)]
        found |= {*words, *(first + second for first, second in pairwise(words))}
        found |= {f"{words[0]}."} if len(words) == 1 else set()
    return {name for name, some in GROUPS.items() if found & set(some.split())}


@given(
    st.lists(st.sampled_from([*WORDS, "x", "-", "_", " ", "Side", "Bar", "é", "9"]) | st.text(max_size=3)).map("".join)
)
@example("entry-content")
@example("articleBody")
@example("content")
@example("content wide")
def test_the_groups_are_those_of_the_words_in_the_value(value: str) -> None:
    data = np.frombuffer(value.encode(), np.uint8)
    bits = int(groups_of(data, 0, len(data)))
    assert {name for place, name in enumerate(GROUPS) if bits >> place & 1} == twin(value)


@pytest.mark.parametrize(
    ("attribute", "hidden"),
    [
        ("hidden", True),
        ('style="color:red; DISPLAY : none"', True),
        ('style="display:block"', False),
        ('title="hidden"', False),
    ],
)
def test_hidden_elements_are_marked_with_all_in_them(attribute: str, hidden: bool) -> None:
    found = walk(str(HTMLTree.parse(f"<div {attribute}><p>text</p></div>")).encode())
    paragraph = next(element for element in found.elements if element["tag"] == Tag.P)
    assert bool(paragraph["is_hidden"]) == hidden


def test_classes_of_the_page_are_not_those_of_its_parts() -> None:
    markup = str(HTMLTree.parse("<html class=menu><body class=sidebar><div class=post><p>text"))
    found = walk(markup.encode())
    assert int(found.elements[-1]["all_words"]) == int(groups_of(np.frombuffer(b"post", np.uint8), 0, 4)) != 0

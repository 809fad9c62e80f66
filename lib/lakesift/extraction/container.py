"""The element with the page's main text by its tag or class.

The rules go from sure to unsure, and the first element that fits one of them is taken, as trafilatura does (xpaths.py,
BODY_XPATH). Here, however, the trees learn the meaning of a position inside of it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lakesift.extraction.class_words import GROUPS
from lakesift.extraction.elements import Tag
from lakesift.text.kernels.bytes import ONE
from lakesift.text.kernels.compiled import compiled

DIV, ARTICLE, MAIN, SECTION = int(Tag.DIV), int(Tag.ARTICLE), int(Tag.MAIN), int(Tag.SECTION)
ARTICLE_TEXT, PAGE_TEXT, MAIN_ROLE = (
    ONE << np.uint64(list(GROUPS).index(name)) for name in ("article_text", "page_text", "main_role")
)
RULES: Final = 4
LEAST_CHARS: Final = 50  # of paragraphs, two of the shortest; less is no main text


@compiled
def rule_of(element: Any) -> int:
    """Return the surest rule that an element fits, from 1 on; 0 for none."""
    tag, words = element.tag, element.words
    if tag != DIV and tag != ARTICLE and tag != MAIN and tag != SECTION:
        return 0
    if words & ARTICLE_TEXT:
        return 1
    if tag == ARTICLE:
        return 2
    if words & PAGE_TEXT:
        return 3
    return 4 if tag == MAIN or words & MAIN_ROLE else 0


@compiled
def container(elements: Any) -> tuple[int, int]:
    """Return the first element that fits the surest rule, and the rule.

    Both are (-1, 0) where no element fits.
    """
    found, surest = -1, RULES + 1
    for number in range(len(elements)):
        if elements[number].paragraph_chars >= LEAST_CHARS:
            rule = rule_of(elements[number])
            if 0 < rule < surest:
                found, surest = number, rule
    return found, surest if found >= 0 else 0


@compiled
def container_features(elements: Any, number: int, holder: int, rule: int, row: NDArray[np.float32], at: int) -> None:
    """Write a block's features of the container.

    They are whether the block of the element `number` is in it, how deep, and the rules that the elements around fit.
    """
    row[at], row[at + 2] = rule, -1
    if holder >= 0:
        main, page = elements[holder], elements[0]
        row[at + 3] = main.paragraph_chars / max(page.paragraph_chars, 1)
        row[at + 4] = main.chars / max(page.chars, 1)
        row[at + 5] = main.link_chars / max(main.chars, 1)
        row[at + 6] = -1 if number < holder else 1
    level = 0
    while number > 0:
        if number == holder:
            row[at + 1], row[at + 2], row[at + 6] = 1, level, 0
        true = rule_of(elements[number])
        if true:
            row[at + 6 + true] += 1
        number = elements[number].parent
        level += 1

"""The features of blocks that the model reads.

Numbers of characters are logarithms (base 2, of one more). `around` features describe the elements around a block, from
its own element outwards; `best` is the element that readability's scoring would choose: each paragraph gives its score
to its parent and half of it to its grandparent (mozilla/readability, Readability.js, _grabArticle).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lakesift.extraction.class_words import GROUPS
from lakesift.extraction.container import container, container_features
from lakesift.extraction.elements import Tag
from lakesift.extraction.feature_names import INSIDE, KINDS, LEVELS, NAMES, NEIGHBOURS
from lakesift.extraction.prose import STOP, UPPER
from lakesift.extraction.walk import Walked
from lakesift.text.kernels.bytes import ONE
from lakesift.text.kernels.compiled import compiled

KIND_TAGS = np.array([Tag[name.upper()] for name in KINDS], np.int32)
INSIDE_TAGS = np.array([Tag[name.upper()] for name in INSIDE], np.uint64)
GROUP_COUNT: Final = len(GROUPS)
H1: Final = int(Tag.H1)
NEIGHBOUR_OFFSETS = np.array(NEIGHBOURS, np.int64)


def features_of(walked: Walked) -> NDArray[np.float32]:
    """Return the features of a page's blocks: float32[blocks, len(NAMES)]."""
    found = np.zeros((len(walked.blocks), len(NAMES)), np.float32)
    if len(found):
        scores = np.zeros(len(walked.elements), np.float32)
        fill(walked.blocks, walked.elements, scores, len(walked.html), found)
    return found


@compiled
def log(count: float) -> float:
    """Return the logarithm of a count."""
    return float(np.log2(1.0 + count))


@compiled
def fill(blocks: Any, elements: Any, scores: NDArray[np.float32], source: int, found: NDArray[np.float32]) -> None:
    """Fill all features of all blocks."""
    best = best_element(blocks, elements, scores)
    holder, rule = container(elements)
    paths, path_of = paths_of(blocks, elements)
    heading, before, last_h1 = -1, 0, 0
    for number in range(len(blocks)):
        block = blocks[number]
        if elements[block.element].tag == H1:
            heading, last_h1 = number, before
        row = found[number]
        at = own_features(block, row, 0)
        at = place_features(blocks, elements, number, before, heading, last_h1, source, row, at)
        at = around_features(elements, block.element, row, at)
        at = best_features(elements, block.element, best, row, at)
        path = paths[path_of[number]]
        row[at], row[at + 1] = log(path[0]), log(path[1])
        row[at + 2], row[at + 3] = path[2] / max(path[1], 1), 100 * path[3] / max(path[1], 1)
        at = neighbour_features(blocks, elements, number, row, at + 4)
        at = element_features(elements, block.element, row, at)
        at = inner_features(elements, block.element, row, at)
        container_features(elements, block.element, holder, rule, row, at)
        before += block.chars


@compiled
def best_element(blocks: Any, elements: Any, scores: NDArray[np.float32]) -> int:
    """Return the element that readability would choose.

    It is 0, the page, without paragraphs.
    """
    for number in range(len(blocks)):
        block = blocks[number]
        if block.chars < 25:
            continue
        score = (1 + block.clauses + min(block.chars / 100, 3)) * (1 - block.link_chars / block.chars)
        parent = max(elements[block.element].parent, 0)
        scores[parent] += score
        scores[max(elements[parent].parent, 0)] += score / 2
    best, highest = 0, 0.0
    for number in range(len(elements)):
        score = scores[number] * (1 - elements[number].link_chars / max(elements[number].chars, 1))
        if score > highest:
            best, highest = number, score
    return best


@compiled
def paths_of(blocks: Any, elements: Any) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Measure each path of tags and classes, and return each block's path.

    The measures are blocks, characters, link characters and sentence ends.
    """
    size = 16
    while size < 2 * len(blocks):
        size *= 2
    table = np.full(size, -1, np.int64)
    paths, path_of = np.zeros((len(blocks), 4), np.float32), np.zeros(len(blocks), np.int64)
    count = 0
    for number in range(len(blocks)):
        block = blocks[number]
        signature = elements[block.element].signature
        place = (signature ^ (signature >> np.uint64(29))) & np.uint64(size - 1)
        while table[place] >= 0 and elements[blocks[table[place]].element].signature != signature:
            place = (place + ONE) & np.uint64(size - 1)
        if table[place] < 0:
            table[place] = number
            path_of[number] = count
            count += 1
        else:
            path_of[number] = path_of[table[place]]
        path = paths[path_of[number]]
        path[0] += 1
        path[1] += block.chars
        path[2] += block.link_chars
        path[3] += block.stops
    return paths, path_of


@compiled
def own_features(block: Any, row: NDArray[np.float32], at: int) -> int:
    """Write the features of the block itself."""
    chars = max(block.chars, 1)
    row[at], row[at + 1] = log(block.chars), log(block.words + block.wide / 2)
    row[at + 2], row[at + 3] = block.chars / max(block.words, 1), block.link_chars / chars
    row[at + 4] = log(block.links)
    row[at + 5], row[at + 6] = block.digits / chars, block.upper / chars
    row[at + 7], row[at + 8] = 100 * block.clauses / chars, 100 * block.stops / chars
    row[at + 9], row[at + 10] = block.bars, block.wide / chars
    row[at + 11], row[at + 12], row[at + 13] = block.breaks, block.last == STOP, block.first == UPPER
    return at + 14


@compiled
def place_features(
    blocks: Any,
    elements: Any,
    number: int,
    before: int,
    heading: int,
    heading_before: int,
    source: int,
    row: NDArray[np.float32],
    at: int,
) -> int:
    """Write the features of the block's position and of the page."""
    block, page = blocks[number], elements[0]
    row[at], row[at + 1] = log(number), number / len(blocks)
    row[at + 2], row[at + 3] = before / max(page.chars, 1), block.source / source
    row[at + 4] = log(before - heading_before) if heading >= 0 else -1
    row[at + 5] = log(number - heading) if heading >= 0 else -1
    row[at + 6], row[at + 7] = elements[block.element].depth, elements[block.element].is_hidden
    row[at + 8] = block.images / max(blocks[len(blocks) - 1].images, 1)
    row[at + 9], row[at + 10] = log(len(blocks)), log(page.chars)
    row[at + 11], row[at + 12] = page.paragraph_chars / max(page.chars, 1), page.link_chars / max(page.chars, 1)
    return at + 13


@compiled
def around_features(elements: Any, number: int, row: NDArray[np.float32], at: int) -> int:
    """Write the features of the elements around."""
    page = elements[0]
    for _ in range(LEVELS):
        element = elements[number]
        row[at] = element.chars / max(page.chars, 1)
        row[at + 1] = element.link_chars / max(element.chars, 1)
        row[at + 2] = element.paragraph_chars / max(page.paragraph_chars, 1)
        row[at + 3] = log(element.blocks)
        row[at + 4] = 100 * element.stops / max(element.chars, 1)
        number = max(element.parent, 0)
        at += 5
    return at


@compiled
def best_features(elements: Any, number: int, best: int, row: NDArray[np.float32], at: int) -> int:
    """Write the block's distance to the element with the paragraphs."""
    page, above = max(elements[0].paragraph_chars, 1), max(elements[best].parent, 0)
    row[at + 1] = elements[best].paragraph_chars / page
    half, most, level = -1, -1, 0
    while number >= 0:
        share = elements[number].paragraph_chars / page
        if half < 0 and share >= 0.5:
            half = level
        if most < 0 and share >= 0.8:
            most = level
        row[at] = max(row[at], number == best)
        row[at + 4] = max(row[at + 4], number == above)
        number = elements[number].parent
        level += 1
    row[at + 2], row[at + 3] = half, most
    return at + 5


@compiled
def neighbour_features(blocks: Any, elements: Any, number: int, row: NDArray[np.float32], at: int) -> int:
    """Write the features of the blocks before and behind."""
    for by in NEIGHBOUR_OFFSETS:
        if 0 <= number + by < len(blocks):
            block = blocks[number + by]
            row[at], row[at + 1] = log(block.chars), block.link_chars / max(block.chars, 1)
            row[at + 2] = block.stops
            row[at + 3] = elements[block.element].tag == KIND_TAGS[0]
            row[at + 4] = elements[block.element].signature == elements[blocks[number].element].signature
        else:
            row[at] = row[at + 1] = row[at + 2] = row[at + 3] = row[at + 4] = -1
        at += 5
    max_chars = 0
    for other in range(max(number - 4, 0), min(number + 5, len(blocks))):
        if other != number:
            max_chars = max(max_chars, blocks[other].chars - blocks[other].link_chars)
    row[at] = log(max_chars)
    return at + 1


@compiled
def element_features(elements: Any, number: int, row: NDArray[np.float32], at: int) -> int:
    """Write the features of the block's element, those around, and their class words."""
    element = elements[number]
    for kind in range(len(KIND_TAGS)):
        row[at + kind] = element.tag == KIND_TAGS[kind]
    at += len(KIND_TAGS)
    for inside in range(len(INSIDE_TAGS)):
        row[at + inside] = (element.all_tags >> INSIDE_TAGS[inside]) & ONE
    at += len(INSIDE_TAGS)
    near = element.words
    for _ in range(2):
        number = max(elements[number].parent, 0)
        near |= elements[number].words
    for group in range(GROUP_COUNT):
        row[at + group] = (element.all_words >> np.uint64(group)) & ONE
        row[at + GROUP_COUNT + group] = (near >> np.uint64(group)) & ONE
    return at + 2 * GROUP_COUNT


@compiled
def inner_features(elements: Any, number: int, row: NDArray[np.float32], at: int) -> int:
    """Write classes and tags of the small elements around.

    Small elements have less than half of the page's paragraphs: they separate parts of the page.
    """
    words = tags = np.uint64(0)
    while number >= 0 and 2 * elements[number].paragraph_chars < max(elements[0].paragraph_chars, 1):
        words |= elements[number].words
        tags |= ONE << np.uint64(elements[number].tag)
        number = elements[number].parent
    for group in range(GROUP_COUNT):
        row[at + group] = (words >> np.uint64(group)) & ONE
    at += GROUP_COUNT
    for inside in range(len(INSIDE_TAGS)):
        row[at + inside] = (tags >> INSIDE_TAGS[inside]) & ONE
    return at + len(INSIDE_TAGS)

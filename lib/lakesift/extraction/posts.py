"""The elements that hold the texts of a thread's posts.

They are alike (`alike.py`), have a good part of the page's prose and little else, and something that is neither prose nor a
heading, such as the author or the date, belongs to each of them.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lakesift.extraction.alike import BOARD, SIGNATURE
from lakesift.extraction.class_words import GROUPS
from lakesift.extraction.elements import Tag
from lakesift.extraction.prose import STOP
from lakesift.text.kernels.bytes import ONE
from lakesift.text.kernels.compiled import compiled

H1, H6, P, BLOCKQUOTE = (int(tag) for tag in (Tag.H1, Tag.H6, Tag.P, Tag.BLOCKQUOTE))
SIDEBAR, COMMENT = (ONE << np.uint64(list(GROUPS).index(name)) for name in ("sidebar", "comment"))
SIDE_TAGS = np.uint64(sum(1 << tag for tag in (Tag.ASIDE, Tag.NAV, Tag.FOOTER)))
LEAST_POSTS: Final = 2
PROSE_SHARE: Final = 0.3  # of the page's prose, in posts
MOST_OF_PROSE: Final = 0.9  # of the posts, in one of them
SENTENCE_WORDS: Final = 7
MAX_KINDS: Final = 4  # that are tried, the best one first
NONE: Final = np.iinfo(np.int64).min


@compiled
def find_posts(
    elements: Any, blocks: Any, kinds: Any, meanings: Any
) -> tuple[int, NDArray[np.int64], NDArray[np.int64]]:
    """Find the posts of a page.

    Args:
        elements: of the page.
        blocks: of the page.
        kinds: of each element, see `alike`.
        meanings: of each element.

    Returns:
        The kind of the elements with their texts, 0 for none; the outermost of it around each element, -1 for none; and
        that which each block belongs to, -1 for none.
    """
    scores = scores_of(elements, blocks, kinds, meanings)
    post_of, owners = np.empty(len(elements), np.int64), np.empty(len(blocks), np.int64)
    for _ in range(MAX_KINDS):
        kind = int(scores.argmax())
        if scores[kind] == NONE:
            break
        scores[kind] = NONE
        fill_posts(elements, kinds, kind, post_of)
        fill_owners(elements, blocks, post_of, owners)
        if are_posts(elements, blocks, kinds, meanings, post_of, owners):
            return kind, post_of, owners
    return 0, post_of, owners


@compiled
def is_heading(element: Any) -> bool:
    """Return whether an element is a heading."""
    return bool(H1 <= element.tag <= H6)


@compiled
def scores_of(elements: Any, blocks: Any, kinds: Any, meanings: Any) -> NDArray[np.int64]:
    """Return how well each kind fits the page's posts; `NONE` for those that cannot be them.

    They have most of the page's sentences and little else.
    """
    prose, ends = np.zeros(len(elements), np.int64), np.arange(1, len(elements) + 1)
    all_prose = 0  # that is not a board's own
    for number in range(len(blocks)):
        block = blocks[number]
        meant = meanings[block.element]
        if is_prose(block) and 2 * block.link_chars < block.chars and not meant & SIGNATURE:
            prose[block.element] += block.chars
            all_prose += 0 if meant & BOARD else block.chars
    for number in range(len(elements) - 1, 0, -1):
        parent = elements[number].parent
        prose[parent] += prose[number]
        ends[parent] = max(ends[parent], ends[number])
    # Of each kind: its elements, their characters in sentences and in all, and the end of the last one.
    found = np.zeros((kinds.max() + 1, 4), np.int64)
    for number in range(1, len(elements)):
        own, tag = found[kinds[number]], elements[number].tag
        if number >= own[3] and tag != P and tag != BLOCKQUOTE and not is_heading(elements[number]):
            own[0] += 1
            own[1] += prose[number]
            own[2] += elements[number].chars
            own[3] = ends[number]
    scores = np.full(len(found), NONE, np.int64)
    for kind in range(1, len(found)):
        if found[kind, 0] >= LEAST_POSTS and found[kind, 1] >= max(PROSE_SHARE * all_prose, 1):
            scores[kind] = 3 * found[kind, 1] - 2 * found[kind, 2]
    return scores


@compiled
def is_prose(block: Any) -> bool:
    """Return whether a block ends a sentence, or is as long as one and no line of names and numbers."""
    return bool(block.last == STOP or (block.words >= SENTENCE_WORDS and 10 * block.digits < block.chars))


@compiled
def fill_posts(elements: Any, kinds: Any, kind: int, post_of: NDArray[np.int64]) -> None:
    """Write the outermost element of the kind around each element; -1 for none.

    Where few of the kind are at the side, as what a board says of itself, they are no posts.
    """
    of_kind = at_side = 0
    for number in range(1, len(elements)):
        if kinds[number] == kind:
            of_kind += 1
            at_side += is_at_side(elements[number])
    post_of[0] = -1
    for number in range(1, len(elements)):
        around = post_of[elements[number].parent]
        is_post = kinds[number] == kind and (2 * at_side >= of_kind or not is_at_side(elements[number]))
        post_of[number] = number if around < 0 and is_post else around


@compiled
def is_at_side(element: Any) -> bool:
    """Return whether an element or one around it says that it is beside or below the main content."""
    return bool(element.all_words & SIDEBAR or element.all_tags & SIDE_TAGS)


@compiled
def fill_owners(elements: Any, blocks: Any, post_of: NDArray[np.int64], owners: NDArray[np.int64]) -> None:
    """Write the post that each block belongs to; -1 for none.

    To a post belong the largest element around it that has no other post, and what else stands between it and the post
    before.
    """
    posts = np.zeros(len(elements), np.int64)
    for number in range(len(elements) - 1, 0, -1):
        if post_of[number] == number:
            posts[number] += 1
        posts[elements[number].parent] += posts[number]
    # The post of an element is found behind its start: each element tells those around it.
    only = post_of.copy()
    for number in range(len(elements) - 1, 0, -1):
        parent = elements[number].parent
        if posts[parent] == 1 and only[number] >= 0:
            only[parent] = only[number]
    for number in range(1, len(elements)):
        if only[number] < 0:
            only[number] = only[elements[number].parent]
    post, gap = -1, -1
    for number in range(len(blocks)):
        owners[number] = only[blocks[number].element]
        if owners[number] >= 0:
            if gap >= 0 and owners[number] != post:
                owners[gap:number] = owners[number]
            post, gap = owners[number], -1
        elif post >= 0 and gap < 0:
            gap = number


@compiled
def are_posts(
    elements: Any, blocks: Any, kinds: Any, meanings: Any, post_of: NDArray[np.int64], owners: NDArray[np.int64]
) -> bool:
    """Return whether something alike, neither a sentence nor a heading, belongs to each post, and not all prose to one.

    The opening post may lack it, unless it is an article with comments outside of a board.
    """
    found, before = np.zeros(kinds.max() + 1, np.int64), np.full(kinds.max() + 1, -1, np.int64)
    posts, post, prose, own, most, comments, opening = 0, -1, 0, 0, 0, 0, 0
    for number in range(len(blocks)):
        block = blocks[number]
        if post_of[block.element] >= 0:
            if post_of[block.element] != post:
                post, own = post_of[block.element], 0
                opening = opening if posts else post
                posts += 1
                comments += elements[post].all_words & COMMENT > 0
            own += block.chars * is_prose(block)
            prose += block.chars * is_prose(block)
            most = max(most, own)
        elif owners[number] >= 0 and not is_prose(block) and not is_heading(elements[block.element]):
            kind = kinds[block.element]
            found[kind] += before[kind] != owners[number]
            before[kind] = owners[number]
    is_article = comments == posts - 1 and not elements[opening].all_words & COMMENT and not meanings[opening] & BOARD
    least = posts if is_article or posts == 2 else posts - 1
    return posts >= LEAST_POSTS and found.max() >= least and most <= MOST_OF_PROSE * prose

"""Threads: the posts of a discussion are decided together.

The model decides block by block, and of a thread's posts it keeps those that look most like an article. Where hardly any
sentence outside of the posts (`posts.py`) is kept, they are the page's content: all of them are kept, without signatures;
what belongs to them is kept where it is no label, such as a user's town, and the model takes all that is like it for
content. Else they are the comments below an article, and kept one by one, or not at all where the model takes them together
for boilerplate or the page calls them comments.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lakesift.extraction.alike import BOARD, SIGNATURE, alike
from lakesift.extraction.elements import Tag
from lakesift.extraction.posts import COMMENT, find_posts, is_heading
from lakesift.extraction.prose import STOP
from lakesift.extraction.walk import Walked
from lakesift.text.kernels.bytes import ONE, hash_bytes
from lakesift.text.kernels.compiled import compiled

H1, H2, TD, PRE = (int(tag) for tag in (Tag.H1, Tag.H2, Tag.TD, Tag.PRE))
_TITLES: Final = (Tag.H1, Tag.H2, Tag.H3, Tag.H4, Tag.H5, Tag.H6, Tag.DT)
TITLES = np.uint64(sum(1 << tag for tag in _TITLES))
CELL_TITLES = np.uint64(sum(1 << tag for tag in (*_TITLES, Tag.TD, Tag.TH)))  # of a table's rows
OUTSIDE_WORDS: Final = 15.0  # of sentences that the model is sure of: more are an article
TITLED_SHARE: Final = 0.5
LIKELY: Final = 0.5
UNDERSCORE, DASH, SPACE = 0x5F, 0x2D, 0x20


def with_whole_threads(
    walked: Walked, found: NDArray[np.float64], words: NDArray[np.float64], kept: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which blocks are content when those of a thread are decided together.

    Args:
        walked: the page.
        found: the probability of each block.
        words: number of words of each.
        kept: which were chosen one by one.
    """
    chosen = kept.copy()
    if len(found):
        decide(walked.html, walked.text, walked.elements, walked.blocks, found, words, chosen)
    return chosen


@compiled
def decide(html: Any, text: Any, elements: Any, blocks: Any, found: Any, words: Any, kept: NDArray[np.bool_]) -> None:
    """Change `kept` on a page with a thread."""
    kinds, meanings = alike(html, elements)
    kind, post_of, owners = find_posts(elements, blocks, kinds, meanings)
    if kind == 0:
        return
    of_blocks = kinds[blocks["element"]]
    is_post = post_of[blocks["element"]] >= 0
    of_blocks[is_post] = kind  # whatever is in it
    titles = CELL_TITLES if elements[post_of.max()].tag == TD else TITLES  # of the last post; they are alike
    likely = likely_kinds(elements, blocks, of_blocks, kind, titles, found, words, owners)
    is_signed = signed_blocks(text, elements, blocks, meanings)
    of_board = meanings[blocks["element"]] & BOARD > 0
    belongs = is_post | is_signed | of_board | (owners >= 0) & ~likely[of_blocks]
    is_thread = is_content(blocks, found, words, kept & ~belongs)
    if is_thread and has_titles(text, elements, blocks, owners, is_post):
        return
    if not is_thread and likely[kind] and not are_comments(elements, post_of):
        return
    if not is_thread:
        kept &= ~is_post  # the rest may be the article's
        return
    likely[kind] = True
    for number in range(len(blocks)):
        if owners[number] >= 0:
            kept[number] = (kept[number] or is_post[number]) and likely[of_blocks[number]] and not is_signed[number]
        elif not of_board[number] and not is_heading(elements[blocks[number].element]):
            kept[number] &= found[number] >= LIKELY


@compiled
def are_comments(elements: Any, post_of: NDArray[np.int64]) -> bool:
    """Return whether all posts are called comments."""
    for number in range(len(elements)):
        if post_of[number] == number and not elements[number].all_words & COMMENT:
            return False
    return True


@compiled
def likely_kinds(
    elements: Any, blocks: Any, of_blocks: Any, posts: int, titles: np.uint64, found: Any, words: Any, owners: Any
) -> NDArray[np.bool_]:
    """Return which kinds are content by the mean of their blocks that belong to posts.

    What ends no sentence and stands beside most posts, such as a user's town, is a label and not content. `titles`, a bit
    for each tag, must only be likely then, and else may be content.
    """
    count = of_blocks.max() + 1
    likely, weight, is_title = np.zeros(count), np.zeros(count), np.zeros(count, np.bool_)
    labels, before, owner, all_posts = np.zeros(count), np.full(count, -1, np.int64), -1, 0
    for number in range(len(owners)):
        if owners[number] >= 0:
            kind = of_blocks[number]
            likely[kind] += found[number] * words[number]
            is_title[kind] = (titles >> np.uint64(elements[blocks[number].element].tag)) & ONE > 0
            weight[kind] += words[number]
            all_posts += owners[number] != owner
            owner = owners[number]
            labels[kind] += blocks[number].last != STOP and before[kind] != owner
            before[kind] = owner
    is_label, is_likely = labels > all_posts / 2, likely >= LIKELY * weight
    is_label[posts] = is_title[posts] = False
    return np.where(is_title, is_likely | ~is_label, is_likely & ~is_label)


@compiled
def has_titles(text: Any, elements: Any, blocks: Any, owners: Any, is_post: Any) -> bool:
    """Return whether most posts have titles of their own: then they are the articles of an index.

    A title stands beside the post's text or begins it.
    """
    before, owner, posts, titles = np.uint64(0), -1, 0, 0
    for number in range(len(blocks)):
        if owners[number] < 0:
            continue
        posts += owners[number] != owner
        owner = owners[number]
        block = blocks[number]
        tag = elements[block.element].tag
        begins = not is_post[number] or not is_post[number - 1] or owners[number - 1] != owner
        if (tag == H1 or tag == H2) and begins:
            title = hash_bytes(text, block.start, block.stop)
            titles += title != before
            before = title
    return bool(titles >= max(2, TITLED_SHARE * posts))


@compiled
def is_content(blocks: Any, found: Any, words: Any, outside: NDArray[np.bool_]) -> bool:
    """Return whether hardly any sentence is outside of the posts; each counts by how sure the model is of it."""
    sure = 0.0
    for number in range(len(blocks)):
        if outside[number] and blocks[number].last == STOP:
            sure += words[number] * max(2 * found[number] - 1, 0.0)
    return bool(sure <= OUTSIDE_WORDS)


@compiled
def signed_blocks(text: Any, elements: Any, blocks: Any, meanings: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which blocks are signatures: by their element, or from a mark of one to the end of the element."""
    found, signed = np.zeros(len(blocks), np.bool_), -1
    for number in range(len(blocks)):
        element = blocks[number].element
        if elements[element].tag != PRE and begins_signature(text, blocks[number]):  # `-- ` begins comments of SQL, too
            signed = element
        found[number] = meanings[element] & SIGNATURE > 0 or signed == element
    return found


@compiled
def begins_signature(text: Any, block: Any) -> bool:
    """Return whether a block begins as signatures do: with `___` or `-- `."""
    if block.stop < block.start + 3:
        return False
    one, two, three = text[block.start], text[block.start + 1], text[block.start + 2]
    is_line = one == UNDERSCORE and two == UNDERSCORE and three == UNDERSCORE
    return bool(is_line or (one == DASH and two == DASH and three <= SPACE))

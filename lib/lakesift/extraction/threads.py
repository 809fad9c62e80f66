"""Threads: what is written alike, one after another, is decided together.

The model decides block by block, and of a thread's posts it keeps those that look most like an article. Here the texts of
posts are found by what they have in common: their elements are alike (`alike.py`), have most of the page's sentences and
little else, and something that ends no sentence stands between each two, such as the author and the date. Where hardly
any other sentence of the page is kept, they are its content, and what stands between them is kept where the model takes
all that is like it for content. Else they are the comments below an article, and kept if the model takes them together
for content.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lakesift.extraction.alike import BOARD, SIGNATURE, alike
from lakesift.extraction.class_words import GROUPS
from lakesift.extraction.elements import Tag
from lakesift.extraction.prose import STOP
from lakesift.extraction.walk import Walked
from lakesift.text.kernels.bytes import ONE, hash_bytes
from lakesift.text.kernels.compiled import compiled

H1, H2, H6, P, BLOCKQUOTE = (int(tag) for tag in (Tag.H1, Tag.H2, Tag.H6, Tag.P, Tag.BLOCKQUOTE))
SIDEBAR, COMMENT = (ONE << np.uint64(list(GROUPS).index(name)) for name in ("sidebar", "comment"))
SIDE_TAGS = np.uint64(sum(1 << tag for tag in (Tag.ASIDE, Tag.NAV, Tag.FOOTER)))
LEAST_POSTS: Final = 2
PROSE_SHARE: Final = 0.3  # of the page's sentences
MOST_OF_PROSE: Final = 0.9  # of the posts, in one of them
OUTSIDE_WORDS: Final = 15.0  # of kept sentences: more are an article
TITLED_SHARE: Final = 0.5
SENTENCE_WORDS: Final = 7
LIKELY: Final = 0.5
MAX_KINDS: Final = 4  # that are tried, the best one first
NONE: Final = np.iinfo(np.int64).min
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
def decide(
    html: Any, text: Any, elements: Any, blocks: Any, found: Any, words: Any, kept: NDArray[np.bool_]
) -> None:
    """Change `kept` on a page with a thread."""
    kinds, meanings = alike(html, elements)
    is_signature = meanings & SIGNATURE > 0
    scores = scores_of(elements, blocks, kinds, meanings)
    post_of, owners = np.empty(len(elements), np.int64), np.empty(len(blocks), np.int64)
    for _ in range(MAX_KINDS):
        kind = int(scores.argmax())
        if scores[kind] == NONE:
            return
        scores[kind] = NONE
        fill_posts(elements, kinds, kind, post_of)
        fill_owners(elements, blocks, post_of, owners)
        if are_posts(elements, blocks, kinds, meanings, post_of, owners):
            break
    else:
        return
    kinds_of_blocks = np.empty(len(blocks), np.int64)  # all that is in posts is one
    for number in range(len(blocks)):
        element = blocks[number].element
        kinds_of_blocks[number] = kind if post_of[element] >= 0 else kinds[element]
    likely = likely_kinds(elements, blocks, kinds_of_blocks, kind, kinds.max() + 1, found, words, owners)
    is_signed = signed_blocks(text, blocks, is_signature)
    belongs = is_signed | (owners >= 0) & ~(likely[kinds_of_blocks] & (kinds_of_blocks != kind))
    belongs |= meanings[blocks["element"]] & BOARD > 0
    is_thread = is_content(blocks, found, words, kept, kinds_of_blocks == kind, belongs)
    if is_thread and has_titles(text, elements, blocks, owners):
        return
    if not is_thread and likely[kind] and not are_comments(elements, post_of):
        return
    likely[kind] = is_thread
    for number in range(len(blocks)):
        element = blocks[number].element
        if owners[number] < 0:
            is_heading = H1 <= elements[element].tag <= H6
            kept[number] &= not is_thread or is_heading or belongs[number] or found[number] >= LIKELY
            continue
        if kinds_of_blocks[number] == kind:
            kept[number] = is_thread or (kept[number] and likely[kind])
        else:
            kept[number] &= likely[kinds_of_blocks[number]]
        kept[number] &= not is_signed[number]


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
        if number >= own[3] and tag != P and tag != BLOCKQUOTE and not H1 <= tag <= H6:
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
        elif owners[number] >= 0 and not is_prose(block) and not H1 <= elements[block.element].tag <= H6:
            kind = kinds[block.element]
            found[kind] += before[kind] != owners[number]
            before[kind] = owners[number]
    is_article = comments == posts - 1 and not elements[opening].all_words & COMMENT and not meanings[opening] & BOARD
    least = posts if is_article or posts == 2 else posts - 1
    return posts >= LEAST_POSTS and found.max() >= least and most <= MOST_OF_PROSE * prose


@compiled
def are_comments(elements: Any, post_of: NDArray[np.int64]) -> bool:
    """Return whether all posts are called comments."""
    for number in range(len(elements)):
        if post_of[number] == number and not elements[number].all_words & COMMENT:
            return False
    return True


@compiled
def likely_kinds(
    elements: Any, blocks: Any, kinds_of_blocks: Any, posts: int, count: int, found: Any, words: Any, owners: Any
) -> NDArray[np.bool_]:
    """Return which kinds are content by the mean of their blocks that belong to posts.

    What ends no sentence and stands beside most posts, such as a user's town, is not; other headings may be.
    """
    likely, weight = np.zeros(count), np.zeros(count)
    labels, before, owner, all_posts = np.zeros(count), np.full(count, -1, np.int64), -1, 0
    for number in range(len(owners)):
        if owners[number] >= 0:
            kind = kinds_of_blocks[number]
            is_heading = kind != posts and H1 <= elements[blocks[number].element].tag <= H6
            likely[kind] += (1.0 if is_heading else found[number]) * words[number]
            weight[kind] += words[number]
            all_posts += owners[number] != owner
            owner = owners[number]
            labels[kind] += blocks[number].last != STOP and before[kind] != owner
            before[kind] = owner
    is_label = labels > all_posts / 2
    is_label[posts] = False
    return (likely >= LIKELY * weight) & ~is_label


@compiled
def has_titles(text: Any, elements: Any, blocks: Any, owners: Any) -> bool:
    """Return whether most posts have titles of their own: then they are the articles of an index."""
    before, owner, posts, titles = np.uint64(0), -1, 0, 0
    for number in range(len(blocks)):
        if owners[number] < 0:
            continue
        posts += owners[number] != owner
        owner = owners[number]
        block = blocks[number]
        tag = elements[block.element].tag
        if tag == H1 or tag == H2:
            title = hash_bytes(text, block.start, block.stop)
            titles += title != before
            before = title
    return titles >= max(2, TITLED_SHARE * posts)


@compiled
def is_content(
    blocks: Any, found: Any, words: Any, kept: NDArray[np.bool_], in_posts: Any, belongs: Any
) -> bool:
    """Return whether hardly any sentence is kept that does not belong to posts.

    A sentence counts by how sure the model is."""
    outside = 0.0
    for number in range(len(blocks)):
        if kept[number] and not in_posts[number] and not belongs[number] and blocks[number].last == STOP:
            outside += words[number] * max(2 * found[number] - 1, 0.0)
    return outside <= OUTSIDE_WORDS


@compiled
def signed_blocks(text: Any, blocks: Any, is_signature: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which blocks are signatures: by their element, or from a mark of one to the end of the element."""
    found, signed = np.zeros(len(blocks), np.bool_), -1
    for number in range(len(blocks)):
        element = blocks[number].element
        if begins_signature(text, blocks[number]):
            signed = element
        found[number] = is_signature[element] or signed == element
    return found


@compiled
def begins_signature(text: Any, block: Any) -> bool:
    """Return whether a block begins as signatures do: with `___` or `-- `."""
    if block.stop < block.start + 3:
        return False
    one, two, three = text[block.start], text[block.start + 1], text[block.start + 2]
    return (one == UNDERSCORE and two == UNDERSCORE and three == UNDERSCORE) or (
        one == DASH and two == DASH and three <= SPACE
    )

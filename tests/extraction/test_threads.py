"""Promises about threads: posts are kept together, what stands beside them is not, and articles stay as they were."""

from __future__ import annotations

import numpy as np
import pytest
from resiliparse.parse.html import HTMLTree

from lakesift.extraction.alike import BOARD, SIGNATURE, alike
from lakesift.extraction.context import block_words
from lakesift.extraction.main_content import MainContent
from lakesift.extraction.page import block_texts, walked_page
from lakesift.extraction.threads import with_whole_threads

POSTS = (
    "Which wax do you use for the runners of an old toboggan, and how often?",
    "Any candle does.",
    "beeswax, twice a winter, and never on a warm day because it clogs",
    "I rub in the stump of a church candle, then a cork. It lasted all of last January, slush and all.",
    "Thanks!",
)
ARTICLE = (
    "The old mill at the lower weir will open as a museum in May, eleven years after its owner gave it to the town. The "
    "wheel, which had not turned since the flood, was set going for a minute on Monday in front of two hundred people."
)


@pytest.fixture(scope="module")
def shipped() -> MainContent:
    return MainContent.of_file()


def page(body: str) -> str:
    links = "".join(f"<li><a href=/{name}>{name}</a></li>" for name in ("Boards", "Members", "Search"))
    return (
        f"<html><body><div id=top><ul>{links}</ul></div>{body}<div id=bottom>Powered by a program</div></body></html>"
    )


def chosen(html: str, found: list[float], kept: list[bool]) -> list[str]:
    """Return the texts of the blocks that are kept, given what the model and the choice say of each."""
    walked = walked_page(HTMLTree.parse(html))
    assert len(found) == len(walked.blocks), block_texts(walked)
    together = with_whole_threads(walked, np.array(found), block_words(walked), np.array(kept))
    return [text for text, is_kept in zip(block_texts(walked), together, strict=True) if is_kept]


NODEBB = (
    "<li component=post class=pt-4 data-index={n}><div class=post-header><a href=/u{n}>user{n}</a> <span class=timeago>{n} May"
    "</span></div><div class=content component=post/content><p>{text}</p></div><div class=post-footer><a href=/v>{n}</a></div></li>"
)
BBPRESS = (
    "<div class=bbp-reply-header><span class=bbp-reply-post-date>May {n}, 2014 at 8:1{n} am</span> <a href=#{n}>#{n}</a></div><div "
    "class='post-{n} reply hentry {parity}'><div class=bbp-reply-author><a href=/u>user{n}</a><div>Participant</div></div><div "
    "class=bbp-reply-content><p>{text}</p></div></div>"
)
NAMELESS = "<li><b>user{n}</b> <i>May {n}</i><div>{text}</div></li>"
LISTED = "<dt>user{n} on May {n}:</dt><dd class=said>{text}</dd>"


@pytest.mark.parametrize("post", [NODEBB, BBPRESS, NAMELESS, LISTED])
def test_posts_of_further_programs_and_of_none_are_whole(shipped: MainContent, post: str) -> None:
    written = [
        post.format(n=number, parity=("even", "odd")[number % 2], text=text) for number, text in enumerate(POSTS, 1)
    ]
    text = shipped.text(page(f"<div id=thread>{''.join(written)}</div>"))
    assert [said for said in POSTS if said not in text] == []


@pytest.mark.parametrize("depth", [1, 4])
def test_answers_inside_of_posts_are_as_whole_as_those_below(shipped: MainContent, depth: int) -> None:
    inner = ""
    for number, said in reversed(list(enumerate(POSTS))):
        one = f"<div class=reply><p class=who>user{number} <time>May {number}</time></p><div class=body><p>{said}</p></div>"
        inner = f"{one}{inner}</div>" if number % depth else f"{one}</div>{inner}"
    text = shipped.text(page(f"<div class=replies>{inner}</div>"))
    assert [said for said in POSTS if said not in text] == []


def test_paragraphs_quotes_lists_and_code_of_a_post_are_kept_and_its_signature_is_not(shipped: MainContent) -> None:
    said = (
        "<blockquote>user1 wrote: any candle does.</blockquote><p>Not any. Mine was scented:</p><ul><li>it crumbled</li>"
        "</ul><pre>wax = 2\nif cold:\n    wax = 1</pre><div class=sig>Fair snow to all of you, says user2.</div>"
    )
    posts = [f"<div class=post><p class=by>user{n}, May {n}</p><div class=text>{text}</div></div>" for n, text in
             enumerate([f"<p>{POSTS[0]}</p>", said, f"<p>{POSTS[3]}</p>"])]  # fmt: skip
    text = shipped.text(page("".join(posts)))
    for part in ("any candle does.", "Mine was scented:", "it crumbled", "if cold:\n    wax = 1", POSTS[3]):
        assert part in text
    assert "Fair snow" not in text


def test_headings_inside_of_posts_are_no_titles_of_articles(shipped: MainContent) -> None:
    post = (
        "<div class=post><i>user{n}, May {n}</i><div class=text><p>{said}</p><h2>Step {n}</h2><p>Done.</p></div></div>"
    )
    text = shipped.text(page("".join(post.format(n=number, said=said) for number, said in enumerate(POSTS))))
    assert [part for number, said in enumerate(POSTS) for part in (said, f"Step {number}") if part not in text] == []


@pytest.mark.parametrize("mark", ["___________<br>", "-- <br>"])
def test_a_signature_is_known_by_its_mark(mark: str) -> None:
    post = "<div class=post><i>user{n}</i><div class=text><p>{said}</p><p>{mark}Fair snow to all, says user{n}.</p></div></div>"
    html = "".join(post.format(n=number, said=said, mark=mark) for number, said in enumerate(POSTS[:3]))
    assert chosen(html, [0.1, 0.3, 0.3] * 3, [False, False, False] * 3) == [*POSTS[:3]]


def test_code_that_begins_with_a_comment_of_sql_is_no_signature() -> None:
    code = "-- all of them\nselect 1"
    html = thread((POSTS[0], POSTS[1])) + POST.format(n=3, said=f"<p>{POSTS[3]}</p><pre>{code}</pre>")
    assert chosen(html, [0.1] * 7, [False] * 7) == [POSTS[0], POSTS[1], POSTS[3], code]


POST = "<div class=post><span>user{n}</span><div class=text>{said}</div></div>"


def thread(posts: tuple[str, ...] = POSTS[:3]) -> str:
    return "".join(POST.format(n=number, said=said) for number, said in enumerate(posts))


def test_what_stands_beside_most_posts_and_ends_no_sentence_is_a_label_however_likely() -> None:
    assert chosen(thread(), [0.9, 0.9] * 3, [True, True] * 3) == [*POSTS[:3]]


def test_terms_and_headings_beside_most_posts_are_kept_where_they_are_likely() -> None:
    terms = "".join(f"<dt>Wax {number}</dt><dd>{said}</dd>" for number, said in enumerate(POSTS[:3]))
    kept = [True, True, False, True, True, False]
    assert chosen(f"<dl>{terms}</dl>", [0.8, 0.9] * 3, kept) == ["Wax 0", POSTS[0], POSTS[1], "Wax 2", POSTS[2]]
    assert chosen(f"<dl>{terms}</dl>", [0.3, 0.9] * 3, kept) == [*POSTS[:3]]
    rows = "".join(f"<tr><td class=name>Wax {n}</td><td class=use>{said}</td></tr>" for n, said in enumerate(POSTS[:3]))
    assert chosen(f"<table>{rows}</table>", [0.8, 0.9] * 3, [True] * 6)[::2] == ["Wax 0", "Wax 1", "Wax 2"]
    people = thread().replace("span", "h4")
    assert chosen(people, [0.8, 0.9] * 3, [True] * 6)[::2] == ["user0", "user1", "user2"]


def test_comments_below_an_article_are_decided_together_and_the_article_is_untouched() -> None:
    html = f"<div id=story><p>{ARTICLE}</p></div>{thread()}"
    assert chosen(html, [0.99, *[0.1, 0.7, 0.1, 0.2, 0.1, 0.3]], [True, *[False, True] * 3]) == [ARTICLE]
    # Likely ones may be the article's own parts.
    assert chosen(html, [0.99, *[0.1, 0.7] * 3], [True, *[False, True, False, True, False, False]]) == [
        ARTICLE,
        *POSTS[:2],
    ]
    called = f"<div id=story><p>{ARTICLE}</p></div><div id=comments>{thread()}</div>"
    assert chosen(called, [0.99, *[0.1, 0.7] * 3], [True, *[False, True] * 3]) == [ARTICLE]


def test_quoted_posts_in_an_article_leave_its_own_paragraphs_and_captions_alone() -> None:
    quoted = "<div class=post><span>user{n}</span><div class=text>{said}</div></div><p>{own}</p><i>Photo {n}</i>"
    html = "".join(quoted.format(n=number, said=f"{POSTS[3]} {POSTS[0]}", own=ARTICLE) for number in range(3))
    kept = chosen(html, [0.1, 0.2, 0.9, 0.3] * 3, [False, True, True, True] * 3)
    assert kept == [part for number in range(3) for part in (ARTICLE, f"Photo {number}")]


def test_an_article_in_an_element_like_those_of_its_comments_is_no_opening_post_but_on_a_board_it_is() -> None:
    html = f"<div class=node><div class=text>{ARTICLE}</div></div><div id=comments>{thread()}</div>"
    found, kept = [0.99, *[0.1, 0.2] * 3], [True, *[False] * 6]
    assert chosen(html, found, kept) == [ARTICLE]
    assert chosen(html.replace("class=node", "class='node node-forum'"), found, kept) == [ARTICLE, *POSTS[:3]]


def test_an_index_of_articles_with_titles_of_their_own_is_no_thread() -> None:
    entry = "<div class=post><h2>On {n}</h2><span>May {n}</span><div class=text>{said}</div></div>"
    html = "".join(entry.format(n=number, said=said) for number, said in enumerate(POSTS[:3]))
    assert chosen(html, [0.5, 0.1, 0.9, *[0.1] * 6], [False, False, True, *[False] * 6]) == [POSTS[0]]
    same = html.replace("On 0", "Re: wax").replace("On 1", "Re: wax").replace("On 2", "Re: wax")
    assert chosen(same, [0.1] * 9, [False] * 9) == [*POSTS[:3]]


def test_what_a_board_says_of_itself_at_the_side_is_no_post() -> None:
    html = f"<aside class=side><div class=text>{POSTS[4]} Read the rules.</div></aside>{thread()}"
    assert chosen(html, [0.2, *[0.1] * 6], [True, *[False] * 6]) == [*POSTS[:3]]


def test_paragraphs_and_boxes_of_an_article_are_no_posts() -> None:
    html = f"<article><p>{ARTICLE}</p><pre>x = 1</pre><p>{ARTICLE}</p></article>"
    assert chosen(html, [0.9, 0.9, 0.9], [True, True, False]) == [ARTICLE, "x = 1"]
    boxes = f"<div class=box><b>News</b><p>{ARTICLE}</p></div><div class=box><p>{POSTS[1]}</p></div>"
    assert chosen(boxes, [0.1, 0.9, 0.1], [False, True, False]) == [ARTICLE]


def kinds_of(body: str) -> tuple[list[int], list[int]]:
    walked = walked_page(HTMLTree.parse(f"<html><body>{body}</body></html>"))
    kinds, meanings = alike(walked.html, walked.elements)
    inside = [number for number, block in enumerate(walked.elements["tag"]) if walked.elements["blocks"][number]]
    leaves = [int(number) for number in walked.blocks["element"]]
    assert set(leaves) <= set(inside)
    return [int(kinds[number]) for number in leaves], [int(meanings[number]) for number in leaves]


@pytest.mark.parametrize(
    ("one", "other", "are_alike"),
    [
        ("<div class=bg1>x</div>", "<div class=bg2>y</div>", True),
        ("<div class='post odd'>x</div>", "<div class='even post'>y</div>", True),
        ("<div class='a b'>x</div>", "<div class='b a'>y</div>", True),
        ("<div id=post_1>x</div>", "<div id=post_27>y</div>", True),
        ("<div class=a><p>x</p></div>", "<section class=c><div class=a><p>y</p></div></section>", True),
        ("<div class=a>x</div>", "<div class=b>y</div>", False),
        ("<div class=content>x</div>", "<div id=content>y</div>", False),
        ("<div class=a>x</div>", "<section class=a>y</section>", False),
        ("<div class=a><p>x</p></div>", "<div class=b><p>y</p></div>", False),
    ],
)
def test_elements_are_alike_whatever_their_numbers_and_the_order_of_their_words(
    one: str, other: str, are_alike: bool
) -> None:
    (first, second), _ = kinds_of(one + other)
    assert (first == second) == are_alike


def test_names_mean_signatures_and_boards_for_all_that_is_inside() -> None:
    body = "<div class=postSignature><p>x</p></div><div id=sig12>y</div><p class=design>z</p><ul class='a forum-b'><li>f</ul>"
    assert kinds_of(body)[1] == [SIGNATURE, SIGNATURE, 0, BOARD]

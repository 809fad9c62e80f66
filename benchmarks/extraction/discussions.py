"""Discussion and code pages in the markup of the programs that serve them, with invented texts and their truth.

The templates (`markup/*.toml`) are written after pages of these programs: their elements, classes and order are kept, and
what a reader does not see is left out. `{posts}` is replaced by the posts, `{replies}` in a post by the answers to it.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from benchmarks.extraction.pages import Kind, Page
from benchmarks.extraction.posts import ARTICLE, BRIEF, CODE, CODED, COMMENTS, LONG, MIXED, PROGRAM, SHORT, Post

MARKUP = Path(__file__).parent / "markup"
MARKED = ("page", "post", "first", "line")
TITLE = "Questions of a long winter"
NAVIGATION = ("Mark all boards read", "Members online", "Register an account")
FURNITURE = {
    "footer": "All times are UTC plus one hour",
    "place": "Location: behind the dyke",
    "joined": "Joined: Sat Mar 03, 2012",
}
SIGNATURE = "Measure twice and saw once, my uncle used to say."
SIGNERS = ("spruce_top", "Ansgar", "Hettie")
POLL = "".join(f"<dl class='poll'><dt>{answer}</dt><dd>{votes}</dd></dl>" for answer, votes in (("Yes", 7), ("No", 2)))
THREADS = {"short": SHORT, "mixed": MIXED, "long": LONG, "code": CODED}
DISCUSSIONS = {
    "phpbb": "short mixed long",
    "phpbb_2": "mixed",
    "discourse": "short mixed long",
    "discourse_scripted": "mixed",
    "xenforo": "short mixed long",
    "reddit": "short mixed",
    "stack_exchange": "mixed",
    "vbulletin_3": "mixed",
    "vbulletin_4": "mixed",
    "pipermail": "mixed",
    "hyperkitty": "short long",
    "mybb": "mixed",
    "smf": "short",
    "invision": "mixed",
    "hacker_news": "long",
    "github_issue": "mixed",
    "flarum": "long",
    "drupal": "mixed",
}
WITH_COMMENTS = {"wordpress": (ARTICLE, BRIEF), "news": (ARTICLE,), "plain_blog": (ARTICLE,)}
WITH_CODE = ("github_blob", "gist", "syntax_highlighter", "prism", "rouge", "highlight_js", "pygments")


def written_pages() -> list[Page]:
    """All discussion pages, articles with comments, and code pages."""
    return [
        *(discussion(name, shape) for name, shapes in DISCUSSIONS.items() for shape in shapes.split()),
        *(commented(name, article) for name, articles in WITH_COMMENTS.items() for article in articles),
        *(code_page(name) for name in WITH_CODE),
        discussion("stack_exchange", "code"),
    ]


def discussion(name: str, shape: str) -> Page:
    """A thread in a program's markup; its posts are content, with the code in them as lines."""
    program, posts = templates()[name], THREADS[shape]
    if "first" in program:
        opening = _post(program, program["first"], 1, posts[0], _forest(program, posts[1:], 2))
        page = program["page"].replace("{posts}", opening)
    elif "{first}" in program["page"]:
        page = program["page"].replace("{first}", _post(program, program["post"], 1, posts[0], ""))
        page = page.replace("{posts}", _forest(program, posts[1:], 2))
    else:
        page = program["page"].replace("{posts}", _forest(program, posts, 1))
    kept = tuple(text.removeprefix(CODE) for post in posts for text in post.paragraphs)
    without = (*NAVIGATION, *FURNITURE.values(), *([SIGNATURE] if "signature" in program else []))
    return _page(program, f"{name}-{shape}", "code" if shape == "code" else "discussion", page, kept, without)


def commented(name: str, article: Sequence[str]) -> Page:
    """An article with comments; the article is content and the comments are not."""
    program = templates()[name]
    page = program["page"].replace("{posts}", _forest(program, COMMENTS, 1))
    page = page.replace("{article}", "".join(f"<p>{text}</p>" for text in article))
    without = (*NAVIGATION, FURNITURE["footer"], *(text for post in COMMENTS for text in post.paragraphs))
    return _page(program, f"{name}-{len(article)}", "comments", page, tuple(article), without)


def code_page(name: str) -> Page:
    """A page with a program; its lines, and what is said before and after it, are content."""
    program = templates()[name]
    before, after = (f"<p>{text}</p>" for text in (ARTICLE[0], ARTICLE[1]))
    lines = [_line(program, number, line) for number, line in enumerate(PROGRAM.splitlines(), 1)]
    code = ("" if "line" in program else "\n").join(lines)
    numbers = "".join(program.get("number", "").replace("{n}", str(at)) for at in range(1, len(lines) + 1))
    page = program["page"].replace("{code}", code).replace("{numbers}", numbers)
    said = tuple(text for text in ARTICLE[:2] if "{before}" in page)
    page = page.replace("{before}", before).replace("{after}", after)
    return _page(program, name, "code", page, (*said, PROGRAM), (*NAVIGATION, FURNITURE["footer"]))


@cache
def templates() -> dict[str, dict[str, str]]:
    """The templates of all programs by name."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(MARKUP.glob("*.toml")):
        for name, template in tomllib.loads(file.read_text(encoding="utf-8")).items():
            # Lines of markup end for the reader of the template only.
            whole = {key: template[key].replace("\n<", "<").strip() for key in MARKED if key in template}
            found[name] = template | whole
    return found


def _forest(program: dict[str, str], posts: Sequence[Post], number: int) -> str:
    """The posts from `number` on, each with those that answer it."""
    written, at = [], 0
    while at < len(posts):
        stop = at + 1
        while stop < len(posts) and posts[stop].level > posts[at].level:
            stop += 1
        replies = _forest(program, posts[at + 1 : stop], number + at + 1)
        written.append(_post(program, program["post"], number + at, posts[at], replies))
        at = stop
    return "".join(written)


def _post(program: dict[str, str], template: str, number: int, post: Post, replies: str) -> str:
    text = ""
    if post.quotes and "quote" in program:
        who, said = post.quotes
        text = program["quote"].replace("{who}", who).replace("{said}", said)
    paragraph, code = program.get("paragraph", "<p>{}</p>"), program.get("code", "<pre><code>{}</code></pre>")
    text += program.get("between", "").join(
        (code if said.startswith(CODE) else paragraph).replace("{}", html.escape(said.removeprefix(CODE), quote=False))
        for said in post.paragraphs
    )
    signature = program.get("signature", "").replace("{}", SIGNATURE) if post.name in SIGNERS else ""
    values = {"text": text, "who": post.name, "date": f"Mar {number}, 2019"}
    values |= {"n": str(number), "parity": str(1 + number % 2), "even": ("even", "odd")[number % 2]}
    return _filled(template, values | {"signature": _filled(signature, values)}).replace("{replies}", replies)


def _line(program: dict[str, str], number: int, line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    text = html.escape(line, quote=False)
    text = re.sub(r"\b(def|return|for|in|if|import)\b", lambda found: program["keyword"].replace("{}", found[0]), text)
    if "spaces" in program:
        spaces = program["spaces"].replace("{}", "&nbsp;" * len(indent)) if indent else ""
        return _filled(program["line"], {"n": str(number), "spaces": spaces, "line": text.lstrip() or "&nbsp;"})
    return _filled(program.get("line", "{line}"), {"n": str(number), "line": text})


def _filled(template: str, values: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), template)


def _page(
    program: dict[str, str], name: str, kind: Kind, page: str, with_: tuple[str, ...], without: tuple[str, ...]
) -> Page:
    head = f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{TITLE}</title>"
    navigation = "".join(f"<li><a href='/{at}'>{text}</a></li>" for at, text in enumerate(NAVIGATION))
    values = {"head": head, "navigation": navigation, "title": TITLE, "poll": POLL, **FURNITURE}
    written = _filled(page, values)
    present = tuple(text for text in without if html.escape(text, quote=False) in written)
    url = f"https://{name}.example.org/"
    return Page(url, written, kind, "en", program=program["name"], with_=with_, without=present)

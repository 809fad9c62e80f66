"""Rewrites a parsed page's markup where a browser shows text that its elements alone do not tell.

The markup is lexbor's: tags in lower case, attributes in double quotes, text escaped. A page without such elements comes
back as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from lakesift.extraction.shown_code import code_blocks

ATTRIBUTES: Final = r"(?:[^>\"]|\"[^\"]*+\")*+"
_LOOK_BACK: Final = 2_000
# A heading or term whose text is a button: the question of an accordion.
_OPENS_TERM: Final = re.compile(
    rf"<(?:h[1-6]|dt|summary|legend|caption)(?: {ATTRIBUTES})?>(?:\s|<(?:span|strong|b|em|i)(?: {ATTRIBUTES})?>)*\Z"
)
_LAST_BLOCK: Final = re.compile(r"(?s:.*)<(/?)(p|li|dd|td|blockquote|div|section|nav|form|ul|ol|header|footer|label)\b")
_SENTENCES: Final = frozenset({"p", "li", "dd", "td", "blockquote"})
_FOLDED: Final = re.compile(r"\b(?:(?:accordion|panel)-)?collapsed?(?![\w-])")
_CLASS: Final = re.compile(r' class="([^"]*+)"')
_MATH: Final = re.compile(rf"<math({ATTRIBUTES})>((?:(?!<math)[\s\S])*?)</math>")
_LEAF: Final = r"(<m[ino]>[^<]*+</m[ino]>)"
_SCRIPTS: Final = tuple(
    (re.compile(rf"<{name}>\s*{_LEAF}\s*{_LEAF}\s*</{name}>"), sign)
    for name, sign in (("mfrac", "/"), ("msup", "^"), ("msub", "_"))
)
_ANY_TAG: Final = re.compile(rf"</?[a-z]{ATTRIBUTES}>")
_IMAGE: Final = re.compile(rf"<img {ATTRIBUTES}>")
_ALT: Final = re.compile(r'\salt="([^"]{1,1000})"')
# WordPress, Twitter and others for emoji; LaTeX renderers of WordPress, Moodle, phpBB and MathJax's predecessors.
_SPEAKING_CLASS: Final = re.compile(
    r'\sclass="(?:[^"]*[\s])?(?:tex|latex|texrender|math|math-tex|formula|emoji|emojione|smiley|smilies|wp-smiley)(?:[\s][^"]*)?"'
)
_TEX: Final = re.compile(
    r"\\(?:d?frac|sqrt|sum|int|prod|lim|log|ln|sin|cos|tan|exp|alpha|beta|gamma|delta|epsilon|theta|lambda|mu|nu|pi|rho|sigma"
    r"|tau|phi|psi|omega|Delta|Omega|Sigma|infty|partial|nabla|cdot|times|leq?|geq?|neq|approx|equiv|to|rightarrow|left"
    r"|right|mathbf|mathbb|mathrm|mathcal|displaystyle|text|hat|bar|vec|dot|overline|begin)(?![A-Za-z])"
)


def shown(markup: str) -> str:
    """Return markup in which what a browser shows is text.

    Declarative shadow roots (HTML Standard, section 4.12.3), buttons that are headings, terms or parts of sentences,
    MathML without TeX, formulas and emoji that are images with alternative texts, lines of code in elements of their own.

    Args:
        markup: as lexbor writes it.
    """
    for mark, rewrite in _REWRITES:
        if mark in markup:
            markup = rewrite(markup)
    return markup


def shadow_roots(markup: str) -> str:
    """Open the templates whose content a browser attaches and shows."""
    return _renamed(markup, "template", "div", lambda tag: "shadowroot" in tag[0])


def buttons(markup: str) -> str:
    """Take buttons for text that stand for a heading or a term, or within a sentence."""
    found = _renamed(markup, "button", "span", _is_text)
    if found == markup:
        return markup
    # What such a heading opens is folded until it is asked for.
    return _CLASS.sub(lambda match: f' class="{_FOLDED.sub("", match[1])}"', found)


def formulas(markup: str) -> str:
    """Write out MathML that says nothing in TeX; the walk takes TeX where there is some."""
    return _MATH.sub(_written_out, markup)


def speaking_images(markup: str) -> str:
    """Set the alternative texts of formulas and emoji beside them."""
    return _IMAGE.sub(_with_alt, markup)


def _renamed(markup: str, name: str, new: str, is_wanted: Callable[[re.Match[str]], bool]) -> str:
    opened: list[bool] = []

    def rewrite(tag: re.Match[str]) -> str:
        if tag[1]:
            return f"</{new}>" if opened and opened.pop() else tag[0]
        opened.append(is_wanted(tag))
        return f"<{new}>" if opened[-1] else tag[0]

    return re.sub(rf"<(/?){name}(?: {ATTRIBUTES})?>", rewrite, markup)


def _is_text(tag: re.Match[str]) -> bool:
    markup = tag.string
    before = markup[max(0, tag.start() - _LOOK_BACK) : tag.start()]
    if _OPENS_TERM.search(before):
        return True
    block = _LAST_BLOCK.match(before)
    if block is None or block[1] or block[2] not in _SENTENCES:
        return False
    end = markup.find("</button>", tag.end())
    after = markup[end + len("</button>") : end + _LOOK_BACK].lstrip() if end >= 0 else ""
    is_behind_text = not before.rstrip().endswith(">")
    return is_behind_text or (bool(after) and not after.startswith("<"))


def _written_out(match: re.Match[str]) -> str:
    attributes, body = match[1], match[2]
    if "alttext=" in attributes or "<annotation" in body:
        return match[0]
    for pattern, sign in _SCRIPTS:
        body = pattern.sub(rf"\1{sign}\2", body)
    return f"<span>{_ANY_TAG.sub('', body).strip()}</span>"


def _with_alt(match: re.Match[str]) -> str:
    image = match[0]
    alt = _ALT.search(image)
    if alt is None or not (_SPEAKING_CLASS.search(image) or _TEX.search(alt[1])):
        return image
    # Beside MathML of the same formula it would stand twice.
    is_said = match.string[max(0, match.start() - 40) : match.start()].rstrip().endswith(("</math>", "</math></span>"))
    return image if is_said else image + alt[1]


_REWRITES: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("shadowroot", shadow_roots),
    ("<button", buttons),
    ("<math", formulas),
    (' alt="', speaking_images),
    ("<", code_blocks),
)

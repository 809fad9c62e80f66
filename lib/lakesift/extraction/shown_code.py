"""Code as lines of text, whatever elements its lines and their numbers are in."""

from __future__ import annotations

import re
from typing import Final

_ATTRIBUTES: Final = r"(?:[^>\"]|\"[^\"]*+\")*+"
_PRE: Final = re.compile(rf"(<pre(?: {_ATTRIBUTES})?>)([\s\S]*?)</pre>")
_NUMBER_CLASS: Final = (
    r'class="(?:[^"]*[\s])?(?:ln|lnt|lineno|linenos|linenodiv|line-numbers?|line-num|linenumber|gutter|gl|rouge-gutter'
    r'|blob-num|js-line-number|hljs-ln-numbers?|hljs-ln-n)(?:[\s][^"]*)?"'
)
# An element with a line's number, or the numbers of all lines, and nothing else.
_NUMBERS: Final = re.compile(
    rf"<(span|a|i|div|td)(?= )(?=[^>]*{_NUMBER_CLASS}){_ATTRIBUTES}>(?:[\s\d]|</?(?:pre|span|a|div|br|code)(?: {_ATTRIBUTES})?>)*?</\1>"
)
_LINE_END: Final = re.compile(r"\n?</(?:div|li|p|tr)>\n?")
_LINE_PARTS: Final = re.compile(rf"</?(?:div|li|p|tr|td|th|ol|ul|table|tbody|thead)(?: {_ATTRIBUTES})?>")
_LINE_SPACES: Final = re.compile(r"[ \t]++((?:</(?:code|span|b|i|em)>)*+)$", re.MULTILINE)
_TRAILING: Final = re.compile(r"\n++((?:</(?:code|span)>)*+)\Z")
_LINE_MARKUP: Final = re.compile(r"<(?:div|li|p|tr)[ >]")
_TABLE: Final = re.compile(rf"<table(?: {_ATTRIBUTES})?>((?:(?!<table[ >])[\s\S])*?)</table>")
_CODE_CELL: Final = re.compile(
    r'<td [^>]*class="(?:[^"]*[\s])?(?:code|rouge-code|blob-code|js-file-line|hljs-ln-code)(?:[\s][^"]*)?"'
)
_CELL: Final = re.compile(rf"<td(?: {_ATTRIBUTES})?>([\s\S]*?)</td>")
_ROW: Final = re.compile(rf"<tr(?: {_ATTRIBUTES})?>([\s\S]*?)</tr>")
_PRE_TAG: Final = re.compile(rf"</?pre(?: {_ATTRIBUTES})?>")


def code_blocks(markup: str) -> str:
    """Return markup in which code is one `<pre>` without elements for its lines and without their numbers.

    Args:
        markup: as lexbor writes it.
    """
    if "<table" in markup and _CODE_CELL.search(markup):
        markup = _TABLE.sub(_of_table, markup)
    return _PRE.sub(_of_pre, markup) if "<pre" in markup else markup


def _of_pre(match: re.Match[str]) -> str:
    body = _NUMBERS.sub("", match[2])
    if not _LINE_MARKUP.search(body):
        return f"{match[1]}{body}</pre>"
    return f"{match[1]}{_lines(body)}</pre>"


def _of_table(match: re.Match[str]) -> str:
    body = _NUMBERS.sub("", match[1])
    if not _CODE_CELL.search(body):
        return match[0]
    rows = []
    for row in _ROW.findall(body):
        cells = [_PRE_TAG.sub("", cell) for cell in _CELL.findall(row)]
        rows += [_lines(cell).strip("\n") for cell in cells if cell.strip() or len(cells) == 1]
    return "<pre><code>{}</code></pre>".format("\n".join(rows))


def _lines(body: str) -> str:
    """Return the lines of elements as lines of text; an empty one is a line, too, and its indentation spaces."""
    text = _LINE_PARTS.sub("", _LINE_END.sub("\n", body)).replace("&nbsp;", " ")
    return _TRAILING.sub(r"\1", _LINE_SPACES.sub(r"\1", text))

"""The real pages as every extractor gets them: decoded HTML with what is known of each, and the folds by site."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pycld2
from fastwarc.warc import ArchiveIterator, WarcRecordType
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from lakesift.crawl.html.charset import decode_text
from lakesift.extraction.judging import one_spaced
from lakesift.text.urls.urls import url_parts

LANGUAGES = ("de", "en", "es", "fr")
OTHER = "other"
FILE_MARK = "hard::"
"""Pages of which the data tell the file's name in place of the URL; the name begins with the site's."""
ARCHIVED = re.compile(r"https?://web\.archive\.org/web/\d+/(?:https?://)?")
TRANSLATIONS = "udhr.example.org"
READ_BY_EYE = {"beyssonmanagement.com": "de"}
"""Hosts of which CLD2 errs on the language of most of the main text; all pages with snippets were read for this."""
EAST_ASIAN = {"HIRAGANA": "JAPANESE", "KATAKANA": "JAPANESE", "CJK": "CHINESE"}

Kind = Literal["article", "snippets", "translation", "discussion", "comments", "code"]


@dataclass(frozen=True)
class Page:
    """A page and what extraction should make of it.

    Attributes:
        url: as in the archive.
        html: decoded.
        kind: with the article's text, with snippets, or a translation, all of whose text is content; or written in the
            markup of a program (`discussions.py`).
        language: of the gold text or the snippets: one of `LANGUAGES`, or `OTHER`. Of a translation, its name and code.
        script: of a translation, the one that most of its letters are in; else "".
        program: whose markup the page is written in; "" for pages of the web.
        gold: the article's or the translation's text; "" where there are snippets.
        with_: must be in the text.
        without: must not be.
    """

    url: str
    html: str
    kind: Kind
    language: str
    script: str = ""
    program: str = ""
    gold: str = ""
    with_: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def read_pages(folder: Path) -> list[Page]:
    """All pages of the archives, by URL.

    Args:
        folder: with real-*.warc.gz, gold_articles.jsonl.gz and gold_snippets.jsonl.gz.
    """
    gold = {record["url"]: record for record in _records(folder / "gold_articles.jsonl.gz")}
    snippets = {record["url"]: record for record in _records(folder / "gold_snippets.jsonl.gz")}
    pages = []
    for file in sorted(folder.glob("real-*.warc.gz")):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
                url, content_type = record.headers["WARC-Target-URI"], record.http_headers.get("Content-Type")
                html, _ = decode_text(record.reader.read(), content_type, html=True)
                pages.append(_page(url, html, gold.get(url), snippets.get(url)))
    return sorted(pages, key=lambda page: page.url)


def language_of(text: str) -> str:
    """ISO 639-1 code by CLD2 if it is one of `LANGUAGES`, else `OTHER`."""
    printable = "".join(letter for letter in text if letter.isprintable() or letter.isspace())
    code: str = pycld2.detect(printable, isPlainText=True, bestEffort=True)[2][0][1]
    return code if code in LANGUAGES else OTHER


def script_of(text: str) -> str:
    """The script of most letters, by the first word of their Unicode names; Kana and ideographs count as Japanese."""
    scripts: Counter[str] = Counter()
    for letter, times in Counter(text).items():
        if letter.isalpha():
            scripts[unicodedata.name(letter, "UNKNOWN").split()[0].split("-")[0]] += times
    most = scripts.most_common(1)[0][0]
    if most in EAST_ASIAN:
        return "Japanese" if scripts["HIRAGANA"] else EAST_ASIAN[most].capitalize()
    return most.capitalize()


def sites(urls: list[str]) -> list[str]:
    """The site of each URL: its registered domain, so that blogs under one domain are one site; of a copy, the original's."""
    domains = [url_parts(ARCHIVED.sub("http://", url))[1] for url in urls]
    known = sorted({domain for domain in domains if domain}, key=len, reverse=True)
    found = []
    for url, domain in zip(urls, domains, strict=True):
        if not domain:
            name = url.removeprefix(FILE_MARK)
            domain = next((site for site in known if name.startswith(site) or f".{site}" in name), name)
        found.append(domain)
    return found


def folds(site_of: list[str], number: int) -> list[int]:
    """The fold of each page; all pages of a site are in one.

    Args:
        site_of: the site of each page.
        number: of folds, which get the same number of sites, give or take one.
    """
    ranked = sorted(set(site_of), key=lambda site: hashlib.sha256(site.encode()).digest())
    place = {site: rank % number for rank, site in enumerate(ranked)}
    return [place[site] for site in site_of]


def _records(file: Path) -> list[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _page(url: str, html: str, gold: dict[str, Any] | None, snippets: dict[str, Any] | None) -> Page:
    if gold is not None:
        return Page(url, html, "article", language_of(gold["text"]), gold=gold["text"])
    if snippets is not None:
        with_, without = tuple(snippets["with"]), tuple(snippets["without"])
        language = READ_BY_EYE.get(url_parts(url)[0]) or language_of(_with_lines(html, with_))
        return Page(url, html, "snippets", language, with_=with_, without=without)
    if url_parts(url)[0] != TRANSLATIONS:
        raise ValueError(f"nothing is known of {url}")
    tree = HTMLTree.parse(html)
    # These pages hold the document and nothing else.
    text = extract_plain_text(tree, main_content=False, list_bullets=False)
    name = f"{tree.title} ({urlsplit(url).path.strip('/').removesuffix('.html')})"
    return Page(url, html, "translation", name, script_of(text), gold=text)


def _with_lines(html: str, snippets: tuple[str, ...]) -> str:
    """Snippets and the page's lines that they stand in: a few words alone CLD2 takes for any language."""
    wanted = [one_spaced(snippet) for snippet in snippets]
    lines = map(one_spaced, extract_plain_text(HTMLTree.parse(html), main_content=False).splitlines())
    return "\n".join([*snippets, *(line for line in lines if any(snippet in line for snippet in wanted))])

"""Extractors on decoded HTML: resiliparse, trafilatura in three modes, readability-lxml and jusText."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import html_text
import justext
import pycld2
import trafilatura
from readability import Document
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree
from trafilatura.meta import reset_caches

from benchmarks.extraction.attempts import Extractor, attempts, failures, memory

# trafilatura's own evaluation (tests/eval_common.py, d5f6da0); never `deduplicate`, which remembers other pages.
TRAFILATURA = {"include_comments": False, "include_tables": True, "include_formatting": False, "deduplicate": False}
NAMES = justext.get_stoplists()
# CLD2's names that are not jusText's in capitals.
NAMED_OTHERWISE = {
    "FRISIAN": "West_Frisian",
    "HAITIAN_CREOLE": "Haitian",
    "NORWEGIAN": "Norwegian_Bokmal",
    "NORWEGIAN_N": "Norwegian_Nynorsk",
    "WARAY_PHILIPPINES": "Waray_Waray",
}


def passes(texts: list[str]) -> dict[str, Callable[[], Any]]:
    """Of each extractor: its name for the time, and with `texts of` and `memory of` before it for these."""
    languages = {page: language_of(page) for page in texts}
    stop_lists = {name: justext.get_stoplist(name) for name in set(languages.values()) - {None}}
    extractors: dict[str, Extractor] = {
        "resiliparse": resiliparse,
        "trafilatura fast": partial(trafilatura_text, fast=True),
        "trafilatura": trafilatura_text,
        "trafilatura precision": partial(trafilatura_text, favor_precision=True),
        "readability-lxml": readability_text,
        "jusText": lambda page: justext_text(page, stop_lists.get(languages.get(page))),
    }
    found: dict[str, Callable[[], Any]] = {}
    for name, extract in extractors.items():
        found[name] = partial(one_pass, name, extract, texts)
        found[f"texts of {name}"] = partial(attempts, extract, texts)
        found[f"memory of {name}"] = partial(memory, extract, texts)
    return found


def resiliparse(page: str) -> str:
    """As lakesift calls it by default (lib/lakesift/crawl/html/extract.py)."""
    tree = HTMLTree.parse(page)
    return extract_plain_text(tree, main_content=True, list_bullets=True, alt_texts=False, comments=False).strip()


def trafilatura_text(page: str, **mode: bool) -> str:
    """With the settings of its own evaluation."""
    return trafilatura.extract(page, **TRAFILATURA, **mode) or ""


def readability_text(page: str) -> str:
    """The article's HTML by readability, and its text as in article-extraction-benchmark's run_readability.py."""
    return html_text.extract_text(Document(page).summary(html_partial=True))


def justext_text(page: str, stop_list: frozenset[str] | None) -> str:
    """With the language's stop list, or as its command line does without one."""
    if stop_list is None:
        paragraphs = justext.justext(page, frozenset(), stopwords_low=0, stopwords_high=0)
    else:
        paragraphs = justext.justext(page, stop_list)
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


def language_of(page: str) -> str | None:
    """jusText's name of the language of a page's visible text, where CLD2 is sure and there is a stop list."""
    text = extract_plain_text(HTMLTree.parse(page), main_content=False)
    printable = "".join(letter for letter in text if letter.isprintable() or letter.isspace())
    is_sure, _, details = pycld2.detect(printable, isPlainText=True)
    found = details[0][0]
    name = NAMED_OTHERWISE.get(found, found.capitalize())
    return name if is_sure and name in NAMES else None


def one_pass(name: str, extract: Extractor, pages: list[str]) -> int:
    """Extract all pages: how many failed."""
    if name.startswith("trafilatura"):
        reset_caches()  # what it remembers of the same pages in the pass before
    return failures(extract, pages)

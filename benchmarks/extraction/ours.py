"""lakesift's own extractor: for quality trained without the sites that it is judged on, for speed as it is shipped."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.extraction.attempts import Attempt, attempt, memory
from benchmarks.extraction.pages import Page, folds, sites


def cross_validated(pages: list[Page], number: int) -> list[Attempt]:
    """Text and error of each page by an extractor that saw no page of its site.

    Translations are of a site that is never learnt from: theirs are by the shipped weights, learnt from all labelled pages.

    Args:
        pages: all.
        number: of folds.
    """
    found: dict[str, Attempt] = {}
    others, parts = zip(*parts_by_site(pages, number), strict=True)
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        for part, attempts in zip(parts, pool.map(_judged_by, others, parts), strict=True):
            found |= zip([page.url for page in part], attempts, strict=True)
    extract = shipped()
    found |= {page.url: attempt(extract, page.html) for page in pages if page.kind == "translation"}
    return [found[page.url] for page in pages]


def parts_by_site(pages: list[Page], number: int) -> list[tuple[list[Page], list[Page]]]:
    """The labelled pages in so many ways: those to learn from, and those of other sites to be judged on."""
    labelled = [page for page in pages if page.kind != "translation"]
    fold_of = folds(sites([page.url for page in labelled]), number)
    return [
        (
            [page for page, other in zip(labelled, fold_of, strict=True) if other != fold],
            [page for page, other in zip(labelled, fold_of, strict=True) if other == fold],
        )
        for fold in range(number)
    ]


def _judged_by(pages: list[Page], others: list[Page]) -> list[Attempt]:
    """What an extractor that learnt from some pages makes of others."""
    from lakesift.extraction.main_content import MainContent
    from lakesift.extraction.training import LabelledPage, TrainingSettings, train

    labelled = [LabelledPage(page.url, page.html, page.gold or None, page.with_, page.without) for page in pages]
    extract = MainContent(train(labelled, TrainingSettings())).text
    return [attempt(extract, page.html) for page in others]


def shipped() -> Callable[[str], str]:
    """The extractor with the weights of this version."""
    from lakesift.extraction.main_content import MainContent

    text: Callable[[str], str] = MainContent.of_file().text
    return text


def memory_in_a_process(pages: list[str]) -> int:
    """Bytes that extracting takes in a process of its own, beside the pages and the loaded libraries."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_memory, pages).result()


def _memory(pages: list[str]) -> int:
    return memory(shipped(), pages)

"""lakesift's own extractor: for quality trained without the sites that it is judged on, for speed as it is shipped."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.extraction.attempts import Attempt, attempt, memory
from benchmarks.extraction.pages import Page, folds, sites


def cross_validated(pages: list[Page], number: int) -> list[Attempt]:
    """Text and error of each page by an extractor that saw no page of its site.

    Translations are of a site that is never learnt from: all labelled pages are, for them.

    Args:
        pages: all.
        number: of folds.
    """
    labelled = [page for page in pages if page.kind != "translation"]
    fold_of = dict(
        zip([page.url for page in labelled], folds(sites([page.url for page in labelled]), number), strict=True)
    )
    found: dict[str, Attempt] = {}
    for fold in (None, *range(number)):
        extract = trained([page for page in labelled if fold_of[page.url] != fold])
        found |= {page.url: attempt(extract, page.html) for page in pages if fold_of.get(page.url) == fold}
    return [found[page.url] for page in pages]


def trained(pages: list[Page]) -> Callable[[str], str]:
    """An extractor that learnt from the pages."""
    from lakesift.extraction.main_content import MainContent
    from lakesift.extraction.training import LabelledPage, TrainingSettings, train

    labelled = [LabelledPage(page.url, page.html, page.gold or None, page.with_, page.without) for page in pages]
    text: Callable[[str], str] = MainContent(train(labelled, TrainingSettings())).text
    return text


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

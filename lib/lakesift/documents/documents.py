"""Measure every document once: language, signals, edits and MinHash, in the order of the recipe's steps.

What several recipes ask for is measured in one pass; rules then are queries over columns. `- aside: [...]` carries steps out
on a copy of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pyspark.sql.functions as F
from pyspark.sql import DataFrame

from lakesift.documents.measuring.measure import measure_documents
from lakesift.documents.measuring.records import first_pages
from lakesift.documents.measuring.settings import DocumentsSettings, signal_columns
from lakesift.documents.measuring.site_blocks import with_template_lines
from lakesift.documents.measuring.steps import MinHashStep, all_steps, code_of_steps, own_of_steps
from lakesift.errors import UsageError
from lakesift.operators.files import digests
from lakesift.operators.operator import Account, Operator, Stage
from lakesift.operators.roles import Measures
from lakesift.operators.table import CRAWL, DOC_ID, GIVEN, Binary, Column, Float, Long, String, Table, Timestamp
from lakesift.text.language.files import digests_of_measuring, languages_with_icu
from lakesift.text.signals.family import Family
from lakesift.text.words.language_words import icu_version


def documents(pages: DataFrame, site_templates: DataFrame | None, settings: DocumentsSettings) -> DataFrame:
    """Measure pages, each `doc_id` once.

    Args:
        pages: rows of `pages`.
        site_templates: rows of `site_templates`; their blocks are cut before the first step.
        settings: see `DocumentsSettings`.

    Returns:
        See `measuring.measure.measure_documents`.

    Raises:
        UsageError: the settings name a crawl that `pages` does not have.
    """
    _refuse_unknown(pages, settings.crawls)
    chosen = first_pages(_chosen(pages, settings))[0]
    if site_templates is not None:
        chosen = with_template_lines(chosen, site_templates, settings.templates)
    return measure_documents(chosen, settings)


def _chosen(pages: DataFrame, settings: DocumentsSettings) -> DataFrame:
    return pages.where(F.col("crawl").isin(*settings.crawls)) if settings.crawls else pages


def _refuse_unknown(pages: DataFrame, crawls: Sequence[str]) -> None:
    """A crawl that is not there would silently become a data set without it."""
    # Crawls are as many as a person names.
    there = {row["crawl"] for row in pages.select("crawl").distinct().collect()} if crawls else set()
    missing = [crawl for crawl in crawls if crawl not in there]
    if missing:
        raise UsageError(
            f"documents.crawls names {', '.join(missing)}, which pages does not have",
            expected=", ".join(sorted(map(str, there))) or "a page",
            next_step="a source is taken in under the name in ingest.crawl, else under that in its path",
        )


def account(inputs: Mapping[str, DataFrame], output: DataFrame, settings: DocumentsSettings) -> Account:
    """Count pages: each is a document, or a repetition of a record that was taken in before."""
    pages = _chosen(inputs["pages"], settings)
    return Account(pages, output, first_pages(pages)[1])


def files(settings: DocumentsSettings) -> Mapping[str, str]:
    """Return digests of models, resources and language files, and ICU's version where a language's words depend on it."""
    models = (settings.language.model, *(other.model for other in settings.language.also))
    found = dict(digests(*models, *settings.resources.files()))
    folder = settings.resources.languages
    if folder is not None:
        found |= digests_of_measuring(folder)
        if languages_with_icu(folder):
            found["icu"] = icu_version()
    return found


def columns(stage: Stage) -> Mapping[str, Collection[str]]:
    """Return what rules can name of the documents that these steps measure."""
    found: dict[str, Collection[str]] = {name: set(each) for name, each in signal_columns(stage.settings).items()}
    if any(isinstance(step, MinHashStep) for step in all_steps(stage.settings.steps)):
        found["minhash"] = ()
    return found


def code(settings: DocumentsSettings) -> Sequence[str]:
    """Return the modules of the families and edits that the steps name."""
    return code_of_steps(settings.steps)


def own_code(settings: DocumentsSettings) -> Sequence[Callable[..., Any]]:
    """Return the functions of the families and edits that a notebook has registered."""
    return [each.measure if isinstance(each, Family) else each.apply for each in own_of_steps(settings.steps)]


OPERATOR = Operator(
    documents,
    role=Measures(of="pages", columns=columns),
    writes=Table(
        "one document, measured and edited",
        {
            "doc_id": DOC_ID,
            "crawl": CRAWL,
            "url": String("as the archive has it", null="imported without one"),
            "host": String("in lower case", null="not known"),
            "registered_domain": String("by the Public Suffix List", null="not known"),
            "fetch_time": Timestamp("UTC", null="not known"),
            "source_path": String("the archive", null="not known"),
            "source_offset": Long("bytes from its start", null="not known"),
            "payload_digest": String("as the archive has it", null="not known"),
            "source_id": String("its id in the table that it was imported from", null="from an archive"),
            "given": GIVEN,
            "text": String("after the edits"),
            "content_hash": String("SHA-256 of the text"),
            "language": String("of the text before the first step", null="not identified"),
            "language_score": Float("0 to 1", null="not identified"),
            "words": Long("of the text after the last step", null="not counted"),
            "minhash": Column("ARRAY<BIGINT>", "band keys", null="no minhash step"),
            "signature": Binary("uint32, little endian", null="no minhash step"),
        },
        cluster_by=("language", "doc_id"),
        open_schema=True,
    ),
    example="- documents: {steps: [{signals: [gopher_quality@datatrove]}, {minhash: {}}]}",
    files=files,
    code=code,
    own_code=own_code,
    account=account,
)

"""What was cut from some pages as templates of their sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import functions as F

from lakesift.documents.measuring.records import first_pages
from lakesift.documents.measuring.site_blocks import (
    CUT,
    TEMPLATE_LINES,
    TemplateCutSettings,
    cut_lines,
    with_template_lines,
    without_lines,
)
from lakesift.reporting.frames import Tables, small_rows


@dataclass(frozen=True)
class TemplateCut:
    """One page's text as the steps had it, and the lines that were cut before."""

    text: str
    lines: tuple[str, ...] = ()


def template_cuts(
    tables: Tables, ids: Sequence[str], settings: TemplateCutSettings, longest: int
) -> dict[str, TemplateCut]:
    """Return by document the text that was measured, templates cut as there.

    Args:
        tables: uses `pages`, `documents` and `site_templates`, as far as they are there.
        ids: of documents; one whose text has more than `longest` characters is left out.
        settings: with which the documents were measured.
    """
    if "pages" not in tables:
        return {}
    chosen = tables["pages"].where(F.col("doc_id").isin(list(ids))).where(F.length("text") <= longest)
    pages = first_pages(chosen)[0].select("doc_id", "host", "text")
    is_cut = "documents" in tables and CUT in tables["documents"].columns and "site_templates" in tables
    if not is_cut:
        return {row["doc_id"]: TemplateCut(row["text"]) for row in small_rows(pages)}
    found = {}
    for row in small_rows(with_template_lines(pages, tables["site_templates"], settings)):
        gone = cut_lines(row["text"], row[TEMPLATE_LINES] or (), settings)
        lines = row["text"].split("\n")
        cut = tuple(lines[place] for place in gone if lines[place].strip())
        found[row["doc_id"]] = TemplateCut(without_lines(row["text"], gone), cut)
    return found

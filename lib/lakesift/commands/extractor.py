"""What `lakesift extractor` does: labelled pages in, weights of the extractor or figures of extractors out."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import numpy as np
from pydantic import Field, ValidationError
from resiliparse.parse.html import HTMLTree

from lakesift.crawl.html.extract_settings import ExtractorName, ExtractSettings
from lakesift.crawl.html.extractors import precise_extractor, tree_text
from lakesift.errors import UsageError
from lakesift.extraction.judging import article_counts, article_scores, snippet_counts, snippet_scores
from lakesift.extraction.training import LabelledPage, TrainingSettings, hosts_of, train
from lakesift.settings import Settings

FIELDS = "url, html and either text, or with and without"


class PageLine(Settings):
    """A line of the file of labelled pages."""

    url: str = Field(description="Names the page.")
    html: str = Field(description="Its decoded HTML.")
    text: str | None = Field(default=None, pattern=r"\S", description="The whole text of its main content.")
    with_: tuple[str, ...] = Field(default=(), alias="with", description="Texts that are in its main content.")
    without: tuple[str, ...] = Field(default=(), description="Texts that are not.")


def train_extractor(pages: Path, output: Path) -> str:
    """Train the model of blocks on a file of labelled pages and write its weights.

    Args:
        pages: JSONL, also gzipped; see `PageLine`. A page without `text` needs `with` or `without`.
        output: the file to write; `ingest.extract.model` takes it.

    Raises:
        UsageError: the file cannot be read, a line is wrong, or the pages cannot be learned from.
    """
    labelled = read_pages(pages)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write {output}: {error.strerror}", next_step="give another --output") from error
    try:
        model = train(labelled, TrainingSettings())
    except ValueError as error:
        raise UsageError(
            f"{pages}: {error}",
            next_step="give pages whose texts stand in their HTML, with other text around them",
        ) from error
    model.write(output)
    record, hosts, folds = model.record, hosts_of(labelled), TrainingSettings().folds
    few = f"\nonly {hosts} hosts: from fewer than {folds} it learns what is particular to each; give pages of more"
    return (
        f"{output}: trained on {record['blocks']} blocks ({record['content_blocks']} content) of {len(labelled)} pages "
        f"of {hosts} hosts; use it: --set ingest.extract.extractor=lakesift --set ingest.extract.model={output}"
        + (few if hosts < folds else "")
    )


def judge_extractors(pages: Path, model: Path | None) -> str:
    """How much of the main content of labelled pages each extractor finds, and how much else.

    Args:
        pages: as for `train_extractor`; none that the weights were trained on.
        model: weights to judge beside those that come with lakesift.

    Raises:
        UsageError: the file of pages cannot be read, or a line is wrong.
        ModelUnreadable: the weights are none.
    """
    labelled = read_pages(pages)
    chosen = {name: ExtractSettings(extractor=name) for name in sorted(get_args(ExtractorName))}
    if model:
        chosen = {str(model): ExtractSettings(model=str(model)), **chosen}
    width = max(map(len, chosen))
    lines = []
    for kind, judged in (
        ("pages with the whole text", [page for page in labelled if page.gold is not None]),
        ("pages with snippets", [page for page in labelled if page.gold is None]),
    ):
        if judged:
            lines.append(f"{len(judged)} {kind}:")
            lines.append(f"  {'extractor':<{width}}      F1  precision  recall")
            lines += (f"  {name:<{width}}  {_figures(judged, settings)}" for name, settings in chosen.items())
    return "\n".join(lines)


def _figures(pages: list[LabelledPage], settings: ExtractSettings) -> str:
    extract = _extractor(settings)
    if pages[0].gold is None:
        scores = snippet_scores(
            np.array([snippet_counts(page.with_, page.without, extract(page)) for page in pages], np.float64)
        )
    else:
        scores = article_scores(np.array([article_counts(page.gold or "", extract(page)) for page in pages]))
    precision, recall, f1 = map(float, np.nan_to_num(scores))  # who finds nothing has no precision
    return f"{f1:.4f}     {precision:.4f}  {recall:.4f}"


def _extractor(settings: ExtractSettings) -> Callable[[LabelledPage], str]:
    precise = precise_extractor(settings)

    def text_of(page: LabelledPage) -> str:
        tree = HTMLTree.parse(page.html)
        return precise(page.html, tree, None, page.url) if precise else tree_text(tree, settings, main_content=True)

    return text_of


def read_pages(path: Path) -> list[LabelledPage]:
    """The labelled pages of a file, by URL, so that their order there does not matter.

    Raises:
        UsageError: with the first wrong line.
    """
    found: list[LabelledPage] = []
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                page = PageLine.model_validate_json(line)
                if page.text is None and not page.with_ and not page.without:
                    raise UsageError("neither text nor with nor without", where=f"{path}:{number}", expected=FIELDS)
                found.append(LabelledPage(page.url, page.html, page.text, page.with_, page.without))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise UsageError(f"{field}: {first['msg']}", where=f"{path}:{number}", expected=FIELDS) from error
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}", next_step="check the path") from error
    except (ValueError, EOFError) as error:
        raise UsageError(f"cannot read {path}: {error}", where=f"{path}:{number + 1}", expected="JSON lines") from error
    if not found:
        raise UsageError(f"no page in {path}", expected=f"JSON lines with {FIELDS}")
    return sorted(found, key=lambda page: page.url)

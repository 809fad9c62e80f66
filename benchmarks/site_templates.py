"""`python -m benchmarks.site_templates`: texts with and without site templates; writes docs/site_templates.md.

Precision and recall are shares of shingles of four words (characters, where words are written without spaces), each counted
as often as it is there: of the text's shingles those that the page's own content has, and of the content's those that the
text has. Sums over all articles.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from lakesift.engine.runner import run_recipe
from lakesift.lake.lake import Lake
from lakesift.recipe.recipe import Recipe
from lakesift.sample.write import write_sample
from lakesift.spark.session import open_session
from lakesift.tracking.tracker import Tracker

ROOT = Path(__file__).resolve().parents[1]
ARCHIVE = ROOT.parent / "shared" / "data" / "archives" / "example.warc.gz"
DOCUMENT = ROOT / "docs" / "site_templates.md"
PAGES, SEED, SIZE = 1500, 1, 4
TOKEN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]|[^\W\u3040-\u30ff\u4e00-\u9fff]+")
EXTRACTORS = {
    "resiliparse": "{extractor: resiliparse}",
    "resiliparse, all visible text": "{extractor: resiliparse, main_content: false}",
    "trafilatura": "{extractor: trafilatura}",
    "lakesift": "{extractor: lakesift}",
}
RECIPE = """name: measured
stages:
  - ingest: {{extract: {extract}}}
  - site_templates: {{}}
  - documents: {{}}
"""


def main() -> None:
    """Measure and write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sample(folder / "crawl", PAGES, SEED)
        spark = open_session({"spark.sql.shuffle.partitions": "4"})
        truth = spark.read.parquet(str(folder / "crawl" / "truth.parquet")).where("size(content) > 0")
        sample = [
            f"| {extractor} | " + " | ".join(figures(lake_of(folder, extractor, str(folder / "crawl")), truth)) + " |"
            for extractor in EXTRACTORS
        ]
        real = [real_row(folder, extractor) for extractor in EXTRACTORS if ARCHIVE.is_file()]
    DOCUMENT.write_text(PAGE.format(pages=PAGES, sample="\n".join(sample), real="\n".join(real)), encoding="utf-8")
    sys.stdout.write(f"written: {DOCUMENT}\n")


def lake_of(folder: Path, extractor: str, source: str) -> Lake:
    """A lake with the pages of a source, their templates and documents."""
    recipe = folder / "measured.yml"
    recipe.write_text(RECIPE.format(extract=EXTRACTORS[extractor]), encoding="utf-8")
    lake = Lake(str(folder / f"{Path(source).name}-{list(EXTRACTORS).index(extractor)}"))
    run_recipe(Recipe.load(recipe, (), [source]), lake, tracker=Tracker.disabled())
    return lake


def figures(lake: Lake, truth: DataFrame) -> list[str]:
    """Precision and recall before and after, as texts."""
    before = lake.read("pages").select("doc_id", F.col("text").alias("before"))
    after = lake.read("documents").select("doc_id", F.col("text").alias("after"))
    rows = truth.select("doc_id", "content").join(before, "doc_id").join(after, "doc_id").collect()
    return [f"{value:.4f}" for text in ("before", "after") for value in precision_and_recall(rows, text)]


def precision_and_recall(rows: Iterable[Row], column: str) -> tuple[float, float]:
    """Shares of shingles; see the module."""
    both = found = own = 0
    for row in rows:
        text, content = shingles([row[column]]), shingles(row["content"])
        both += (text & content).total()
        found += text.total()
        own += content.total()
    return both / found, both / own


def shingles(texts: Iterable[str]) -> Counter[tuple[str, ...]]:
    """The shingles of the lines of texts; a shorter line is one shingle."""
    counted: Counter[tuple[str, ...]] = Counter()
    for line in "\n".join(texts).split("\n"):
        tokens = TOKEN.findall(line)
        counted.update(tuple(tokens[at : at + SIZE]) for at in range(max(1, len(tokens) - SIZE + 1)) if tokens)
    return counted


def real_row(folder: Path, extractor: str) -> str:
    """What was cut from the real crawl."""
    lake = lake_of(folder, extractor, str(ARCHIVE))
    cut, count = F.col("site_templates"), lake.read("site_templates").count()
    told: Any = (
        lake.read("documents")
        .agg(
            F.count("*").alias("pages"),
            F.count_if(cut["blocks"] > 0).alias("changed"),
            F.sum(cut["blocks"]).alias("blocks"),
            F.sum(cut["characters"]).alias("characters"),
            F.sum(F.length("text")).alias("left"),
            F.count_if((F.length("text") == 0) & (cut["blocks"] > 0)).alias("emptied"),
        )
        .first()
    )
    share = told["characters"] / (told["characters"] + told["left"])
    figures = (told["pages"], count, told["changed"], told["blocks"], f"{100 * share:.1f} %", told["emptied"])
    return f"| {extractor} | " + " | ".join(map(str, figures)) + " |"


PAGE = """# Site templates

Written by `python -m benchmarks.site_templates`, not by hand.

The stage `site_templates` counts, over all pages that the recipe reads, or of chosen crawls, the pages of a host on which each line of text
occurs. A line on at least 5 pages and a tenth of the host's pages, or on 100 of them, is a template: navigation, a cookie
notice, related links, a footer, or any other. Every threshold and its source is in `lib/lakesift/documents/site_templates.py`.

    stages:
      - ingest: {{}}
      - site_templates: {{}}
      - documents: {{...}}

* With the stage in a recipe, `documents` reads texts without those lines. `documents.site_templates` has the number of blocks and
  characters that were cut, and `lakesift explain` shows them; a page with nothing but templates becomes an empty text, which
  the rules drop with their usual reason.
* Pages with the same content (print versions, session identifiers, one article under several URLs) count once, so
  that a copied article does not become a template. Hosts with fewer than 5 pages stay as they are.
* The table `site_templates` has a row for each template: host, block, pages, host_pages, and an example. With
  `site_templates: {crawls: [JANUARY, FEBRUARY]}` a later crawl is counted together with the earlier one; a URL that is
  crawled again counts once.
* It works on lines of text, and therefore for every extractor and for WET. It cuts most from WET, which has all visible text; lakesift's own
  extractor leaves hardly any template, and recipes that use it need the stage least. A heading shared by a section's pages is a template, too.

The tables below count shingles of four words: precision of the text and recall of the page's own content.

## On the sample crawl: {pages} pages, with known own content

| extractor | precision without | recall without | precision with | recall with |
|---|---|---|---|---|
{sample}

## On a real crawl of 299 responses (archives/example.warc.gz)

| extractor | pages | templates | pages with cuts | blocks cut | share of characters cut | pages left empty |
|---|---|---|---|---|---|---|
{real}
"""

if __name__ == "__main__":
    main()

"""Blocks of texts, in which a site's templates are counted and by which they are cut: a block is a line.

Two lines are one block when they agree after white space: none at the ends, one space for each run inside. Case, digits,
punctuation and list marks stay. A line with a number of its own ("12,345 downloads", "3 comments", a price) says
something of its page: with all digits as one, 4 more blocks of www.archive.org in a crawl of 2008 were on five of its
pages, beside 40, and each of the 4 was a count.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
from pydantic import Field

from lakesift.settings import Settings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TEMPLATE_LINES = "template_lines"
CUT = "site_templates"
CUT_TYPE = pa.struct([("blocks", pa.int32()), ("characters", pa.int64())])
CUT_SQL = "STRUCT<blocks: INT, characters: BIGINT>"
WHITE_SPACE, LETTER = r"(?U)\s+", r"\p{L}"


class BlockSettings(Settings):
    """Which lines of a text are blocks."""

    min_characters: int = Field(
        default=3,
        ge=1,
        description="Shorter lines and lines without a letter (rules, `}`, arrows) are no blocks: they are not counted, and "
        "go only with the templates on both sides of them. Ours.",
    )
    max_blocks: int = Field(
        default=10_000,
        ge=1,
        description="Lines of a text, from its start, that are looked at; ours, for hostile pages.",
    )


class TemplateCutSettings(BlockSettings):
    """Which template blocks of a page are cut."""

    alone_characters: int = Field(
        default=40,
        ge=0,
        description="Neighbouring template blocks of fewer characters in all that stand between blocks of the page's own "
        "stay: a heading (`Ingredients`), a label or a line of code is not on many pages because it is navigation. 0: all "
        "are cut. Ours: on the sample crawl 20 lost headings, 40 none.",
    )


def blocks_of(pages: DataFrame, settings: BlockSettings, *columns: str) -> DataFrame:
    """The blocks of texts, line by line.

    Args:
        pages: text and the other columns.
        settings: what a block is.
        columns: columns of `pages` to be passed on.

    Returns:
        `columns`, place (of the line in the text, from 0), block (BIGINT: XXH64, seed 42, of the line's UTF-8 bytes after
        white space), content (that line), characters (its length).
    """
    from pyspark.sql import functions as F

    most = settings.max_blocks
    lines = F.slice(F.split("text", "\n", most + 1), 1, most)
    placed = pages.select(*columns, F.posexplode(lines).alias("place", "line"))
    folded = placed.withColumn("content", F.trim(F.regexp_replace("line", WHITE_SPACE, " ")))
    counted = folded.withColumn("characters", F.length("content"))
    is_block = (F.col("characters") >= settings.min_characters) & F.col("content").rlike(LETTER)
    return counted.where(is_block).select(
        *columns, "place", F.xxhash64("content").alias("block"), "content", "characters"
    )


def with_template_lines(pages: DataFrame, templates: DataFrame, settings: BlockSettings) -> DataFrame:
    """Pages with the places of their template blocks; hashes are compared, and the text moves once.

    Args:
        pages: doc_id, each once, host, text and any other columns.
        templates: host, block; see `crawl.site_templates`.
        settings: what a block is.

    Returns:
        All pages with all columns and `template_lines` (ARRAY<INT>: lines of the text, from 0; null for none).
    """
    from pyspark.sql import functions as F

    blocks = blocks_of(pages, settings, "doc_id", "host").drop("content", "characters")
    known = blocks.join(templates.select("host", "block"), ["host", "block"], "left_semi")
    # At most max_blocks of a page.
    marked = known.groupBy("doc_id").agg(F.collect_set("place").alias(TEMPLATE_LINES))
    return pages.join(marked, "doc_id", "left").select(*pages.columns, TEMPLATE_LINES)


def cut_lines(text: str, places: Sequence[int], settings: TemplateCutSettings) -> list[int]:
    """Which lines of a text are cut.

    Template blocks with nothing but non-blocks between them form a run. A run is cut, from its first block to its last,
    when it has `alone_characters` or when no block of the page's own stands before it, or none behind it.

    Args:
        text: of a page.
        places: lines, from 0, that are template blocks.
        settings: what a block is, and when a run goes.

    Returns:
        Lines, from 0, in order.
    """
    lines, marked = text.split("\n"), set(places)
    own = [place for place, line in enumerate(lines) if place not in marked and is_block(line, settings)]
    first_own, last_own = (own[0], own[-1]) if own else (len(lines), -1)
    bounds = iter([*own, len(lines)])
    end = next(bounds)
    runs: list[list[int]] = [[]]
    for place in sorted(marked):
        while place > end:
            runs.append([])
            end = next(bounds)
        runs[-1].append(place)
    cut: list[int] = []
    for run in filter(None, runs):
        size = sum(len(" ".join(lines[place].split())) for place in run)
        is_at_an_end = run[0] < first_own or run[-1] > last_own
        if is_at_an_end or size >= settings.alone_characters:
            cut += range(run[0], run[-1] + 1)
    return cut


def is_block(line: str, settings: BlockSettings) -> bool:
    """Whether a line is a block, as `blocks_of` has it."""
    folded = " ".join(line.split())
    return len(folded) >= settings.min_characters and any(character.isalpha() for character in folded)


def without_lines(text: str, cut: Sequence[int]) -> str:
    """A text without some of its lines; where they stood, one of the blank lines around them stays."""
    gone, kept = set(cut), list[str]()
    was_cut = False
    for place, line in enumerate(text.split("\n")):
        if place in gone:
            was_cut = True
            if not any(map(str.strip, kept)):
                kept.clear()
            continue
        is_second_blank = was_cut and not line.strip() and (not kept or not kept[-1].strip())
        if not is_second_blank:
            kept.append(line)
            was_cut = False
    if gone:
        while kept and was_cut and not kept[-1].strip():
            kept.pop()
    return "\n".join(kept)


def without_templates(batch: pa.RecordBatch, settings: TemplateCutSettings) -> pa.RecordBatch:
    """Rows with text and `template_lines` to the same with the text cut and, in place of the lines, `site_templates`.

    `site_templates` has how many blocks were cut and their characters, white space folded; 0 for a page that stays as it is.
    """
    texts, cuts = [], []
    for text, places in zip(batch.column("text").to_pylist(), batch.column(TEMPLATE_LINES).to_pylist(), strict=True):
        gone = cut_lines(text, places, settings) if places else []
        lines = text.split("\n") if gone else []
        cut = [lines[place] for place in gone if is_block(lines[place], settings)]
        texts.append(without_lines(text, gone) if gone else text)
        cuts.append({"blocks": len(cut), "characters": sum(len(" ".join(line.split())) for line in cut)})
    columns = {name: batch.column(name) for name in batch.schema.names if name != TEMPLATE_LINES}
    return pa.RecordBatch.from_pydict(columns | {"text": pa.array(texts, pa.string()), CUT: pa.array(cuts, CUT_TYPE)})

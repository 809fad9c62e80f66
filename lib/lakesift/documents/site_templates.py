"""Count site templates: blocks that many pages of a host have, over a whole crawl.

A page's own content must not be counted as often as its copies are crawled (print versions, session identifiers, pages of
one gallery). So pages that have their content in common count once. A page is known by its own block: the longest of those
of its long blocks that would be no templates if all URLs counted, or the rarest if all would. Copies of an article have
one longest paragraph; what most pages have is nobody's own. A page without a long block is known by all its blocks.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyspark.sql.functions as F
from pydantic import Field
from pyspark.sql import Column, DataFrame

from lakesift.documents.measuring.site_blocks import BlockSettings, blocks_of
from lakesift.operators.operator import Materialize, Operator, Stage
from lakesift.operators.roles import Measures
from lakesift.operators.table import Long, String, Table


class SiteTemplateSettings(BlockSettings):
    """When a block is a template of its host."""

    crawls: tuple[str, ...] = Field(
        default=(),
        description="Only the pages of these crawls are counted, as ingest.crawl names them; none: all that the recipe reads.",
    )
    min_pages: int = Field(
        default=5,
        ge=2,
        description="Pages of different content that have the block; hosts with fewer are left alone. Ours: of "
        "www.archive.org's 71 pages in a crawl of 2008, 3 shared questions of a FAQ and 4 shared news, but 5 navigation and "
        "labels only.",
    )
    min_share: float = Field(
        default=0.1, ge=0, le=1, description="Share of the host's pages of different content that have it. Ours."
    )
    enough_pages: int = Field(
        default=100,
        ge=2,
        description="So many pages of different content suffice whatever their share: the navigation of one section of a "
        "large host. Ours.",
    )
    own_characters: int = Field(
        default=80,
        ge=1,
        description="A block of so many characters can be what a page is known by: about a line of print, longer than a "
        "date or a counter that would make each print version a page of its own. Ours.",
    )
    example_characters: int = Field(default=200, ge=1, description="Longest example that is kept of a block.")


def site_templates(pages: DataFrame, settings: SiteTemplateSettings, materialize: Materialize) -> DataFrame:
    """Counts blocks over the pages of each host; captures of one URL, in whatever crawl, are one page.

    The counts are those of hashes by (host, hash): a host with all pages of the crawl costs no task more than its share,
    except for the join of a block with its own number of rows.

    Args:
        pages: doc_id, crawl, host, url, text; rows without a host are left out.
        settings: when a block is a template.
        materialize: called with the names site_pages, site_template_counts and site_blocks.

    Returns:
        Rows of `site_templates`: host, block, pages (of different content that have it), host_pages (of different content
        that the host has), example (the block, cut to `example_characters`).
    """
    chosen = pages.where(F.col("crawl").isin(*settings.crawls)) if settings.crawls else pages
    named = chosen.where("host IS NOT NULL").withColumn("page", F.xxhash64(F.coalesce("url", "doc_id")))
    blocks = blocks_of(named, settings, "host", "page")
    known = materialize(_known_pages(blocks, settings, materialize), "site_pages")
    of_host = known.select("host", "known_by").distinct().groupBy("host").agg(F.count("*").alias("host_pages"))
    have = known.select("host", "known_by", F.explode("frequent").alias("block")).distinct()
    counted = have.groupBy("host", "block").agg(F.count("*").alias("pages")).join(of_host, "host")
    templates = materialize(counted.where(_is_template("pages", "host_pages", settings)), "site_template_counts")
    shown = F.min(F.substring("content", 1, settings.example_characters)).alias("example")
    texts = blocks.join(templates.select("host", "block"), ["host", "block"], "left_semi")
    examples = texts.groupBy("host", "block").agg(shown)
    return templates.join(examples, ["host", "block"]).select("host", "block", "pages", "host_pages", "example")


def _known_pages(blocks: DataFrame, settings: SiteTemplateSettings, materialize: Materialize) -> DataFrame:
    """One row a URL: host, known_by (what pages of one content have in common), frequent (blocks that may be templates)."""
    once = blocks.groupBy("host", "page", "block").agg(F.max("characters").alias("characters"))
    rows = materialize(once, "site_blocks")
    of_host = rows.select("host", "page").distinct().groupBy("host").agg(F.count("*").alias("host_urls"))
    frequent = rows.groupBy("host", "block").agg(F.count("*").alias("urls")).where(F.col("urls") >= settings.min_pages)
    seeming = F.when(_is_template("urls", "host_urls", settings), F.col("urls")).otherwise(0)
    judged = frequent.join(of_host, "host").select("host", "block", seeming.alias("seeming"))
    counted = rows.join(judged, ["host", "block"], "left")
    # What does not seem to be a template is the page's own; of what does, the rarest comes nearest.
    order = F.struct(F.coalesce("seeming", F.lit(0)).alias("rank"), (-F.col("characters")).alias("size"), "block")
    own = F.min(F.when(F.col("characters") >= settings.own_characters, order))["block"]
    # Of different blocks; exclusive or is the same in any order.
    known_by = F.coalesce(own, F.bit_xor("block")).alias("known_by")
    listed = F.collect_list(F.when(F.col("seeming").isNotNull(), F.col("block"))).alias("frequent")
    return counted.groupBy("host", "page").agg(known_by, listed)


def _is_template(pages: str, of_pages: str, settings: SiteTemplateSettings) -> Column:
    shared = F.col(pages) >= settings.min_share * F.col(of_pages)
    return (F.col(pages) >= settings.min_pages) & (shared | (F.col(pages) >= settings.enough_pages))


def check(stage: Stage, stages: Sequence[Stage]) -> list[tuple[tuple[str | int, ...], str, str | None]]:
    """Check that the stage stands before `documents`, which cuts what it finds."""
    before = stages[: stages.index(stage)]
    if any(each.operator.name == "documents" for each in before):
        return [((), "stands behind documents, which cuts what it finds", "a place before documents")]
    return []


OPERATOR = Operator(
    site_templates,
    role=Measures(),
    writes=Table(
        "one block of text that many pages of a host have",
        {
            "host": String("in lower case"),
            "block": Long("XXH64, seed 42, of the line after white space"),
            "pages": Long("of different content that have it"),
            "host_pages": Long("of different content that the host has"),
            "example": String("its first characters", null="none"),
        },
        cluster_by=("host",),
    ),
    example="- site_templates: {min_pages: 5}",
    check=check,
)

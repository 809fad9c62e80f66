"""Templates counted over small invented hosts, beside a plain count of the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from lakesift.documents.measuring.site_blocks import TEMPLATE_LINES, BlockSettings, blocks_of, with_template_lines
from lakesift.documents.site_templates import SiteTemplateSettings, site_templates

pytestmark = pytest.mark.spark
PAGES = "doc_id STRING, crawl STRING, host STRING, url STRING, text STRING"
SETTINGS = SiteTemplateSettings(min_pages=3, min_share=0.3, enough_pages=6, own_characters=40)
MENU, BANNER = "Home and garden", "We use cookies to show you again what you have seen already."
Page = tuple[str, str, str | None, str | None, str]
Stage = Callable[[DataFrame, str], DataFrame]


def paragraph(name: object) -> str:
    return f"All that there is to be said about {name}, in one sentence of some length."


def page(
    number: object, *lines: str, host: str | None = "a.example", crawl: str = "one", url: str | None = None
) -> Page:
    return f"{crawl}-{host}-{number}", crawl, host, url or f"https://{host}/{number}", "\n".join(lines)


@pytest.fixture
def stage(spark: SparkSession, tmp_path: Path) -> Stage:
    def write(frame: DataFrame, name: str) -> DataFrame:
        folder = str(tmp_path / name)
        frame.write.mode("overwrite").parquet(folder)
        return spark.read.parquet(folder)

    return write


@pytest.fixture
def found(spark: SparkSession, stage: Stage) -> Callable[..., dict[str, tuple[int, int]]]:
    def count(pages: Iterable[Page], settings: SiteTemplateSettings = SETTINGS) -> dict[str, tuple[int, int]]:
        """By example: pages, host_pages; of one host."""
        rows = site_templates(spark.createDataFrame(list(pages), PAGES), settings, stage).collect()
        assert len({row["example"] for row in rows}) == len(rows)
        return {row["example"]: (row["pages"], row["host_pages"]) for row in rows}

    return count


Found = Callable[..., dict[str, tuple[int, int]]]


def test_what_many_pages_of_a_host_have_is_template_and_what_one_has_is_not(found: Found) -> None:
    pages = [page(number, MENU, "", paragraph(number), BANNER) for number in range(4)]
    assert found(pages) == {MENU: (4, 4), BANNER: (4, 4)}


def test_white_space_makes_no_other_block_and_a_number_does(found: Found) -> None:
    own = [f"Home{' ' * number}\tand  garden\u00a0" for number in range(1, 5)]
    pages = [page(number, line, f"{number} answers to it", paragraph(number)) for number, line in enumerate(own)]
    assert found(pages) == {MENU: (4, 4)}


def test_hosts_with_few_pages_are_left_alone(found: Found) -> None:
    assert found(page(number, MENU, paragraph(number)) for number in range(2)) == {}


def test_a_block_of_a_small_share_of_the_host_stays_until_enough_pages_have_it(found: Found) -> None:
    for pages, expected in ((5, {}), (6, {MENU: (6, 21)})):
        rows = [page(number, MENU if number < pages else str(number), paragraph(number)) for number in range(21)]
        assert found(rows) == expected


def test_the_article_that_mirrors_print_versions_and_galleries_share_is_no_template(found: Found) -> None:
    article = [paragraph("the one subject"), "Its heading", paragraph("another") + " And more."]
    copies = [
        page("story", MENU, *article, BANNER),
        page("story?print=1", *article, "Printed at 12:01"),
        page("story?session=77", MENU, *article, BANNER),
        page("story?page=2", MENU, *article, "Picture 2", BANNER),
        page("mirror/story", MENU, *article, "Printed at 13:37", BANNER),
    ]
    others = [page(number, MENU, paragraph(number), BANNER) for number in range(6)]
    assert found([*copies, *others]) == {MENU: (7, 7), BANNER: (7, 7)}
    assert found(copies) == {}


def test_pages_without_a_long_block_count_once_for_each_content(found: Found) -> None:
    pages = [page(number, MENU, f"Item {number % 4}") for number in range(9)]
    assert found(pages) == {MENU: (4, 4)}


def test_a_page_that_is_crawled_again_counts_once_and_a_later_crawl_adds_its_pages(found: Found) -> None:
    first = [page(number, MENU, paragraph(number)) for number in range(2)]
    again = [page(number, MENU, paragraph(number), "Updated", crawl="two") for number in range(2)]
    changed = [page(0, MENU, paragraph("a text that was rewritten"), crawl="two")]
    assert found([*first, *again, *changed]) == {}
    new = page(9, MENU, paragraph(9), crawl="two")
    assert found([*first, *again, new]) == {MENU: (3, 3)}
    assert found([*first, *again, new], SETTINGS.model_copy(update={"crawls": ("one",)})) == {}


def test_a_hosts_templates_are_not_anothers_and_pages_without_a_host_have_none(
    spark: SparkSession, stage: Stage
) -> None:
    rows = [page(number, MENU, paragraph(number)) for number in range(3)]
    rows += [page(number, MENU, paragraph(number), host=None, url=f"urn:{number}") for number in range(3)]
    rows += [page(number, MENU, paragraph(number), host="b.example") for number in range(2)]
    pages = spark.createDataFrame(rows, PAGES)
    templates = site_templates(pages, SETTINGS, stage)
    assert [row["host"] for row in templates.collect()] == ["a.example"]
    marked = with_template_lines(pages, templates, SETTINGS).collect()
    assert {row["doc_id"]: row[TEMPLATE_LINES] for row in marked} == {
        row[0]: [0] if row[2] == "a.example" else None for row in rows
    }


def test_lines_beyond_the_cap_are_neither_counted_nor_marked(spark: SparkSession) -> None:
    frame = spark.createDataFrame([page(0, "one", "", "}", "ab", "two", "three\nfour")], PAGES)
    for most, expected in ((4, [0]), (5, [0, 4]), (9, [0, 4, 5, 6])):
        blocks = blocks_of(frame, BlockSettings(max_blocks=most), "doc_id").orderBy("place").collect()
        assert [row["place"] for row in blocks] == expected


def invented(seed: int, pages: int) -> list[Page]:
    """Three hosts: menus, sections, copies, pages of short lines, pages that were crawled again with other words.

    No two long lines of a host have one length: what a page is known by is then not left to the hashes.
    """
    rng = Random(seed)
    rows = []
    for number in range(pages):
        host = rng.choice(["a.example", "a.example", "b.example", "c.example"])
        work = rng.randrange(pages // 2)
        lines = [f"Menu {entry} of {host}" for entry in range(rng.randrange(4))]
        lines += [f"{paragraph((work, part)):.<{100 + 4 * work + part}}" for part in range(rng.randrange(4))]
        lines += [
            f"{'Section of the host, with its address':.<{60 + rng.randrange(3)}}",
            f"Seen {rng.randrange(9)} times",
        ]
        rng.shuffle(lines)
        rows.append(page(number, *lines, host=host, url=f"https://{host}/{rng.randrange(pages)}"))
    return rows


def plainly(rows: list[Page], settings: SiteTemplateSettings) -> set[tuple[str, str, int, int]]:
    """The definition, host by host, with the lines themselves and no hashes."""
    by_host: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for _, _, host, url, text in rows:
        by_host[str(host)][str(url)] |= {line for line in text.split("\n") if any(map(str.isalpha, line))}
    found = set()
    for host, pages in by_host.items():
        urls = Counter(line for lines in pages.values() for line in lines)

        def is_template(count: int, of: int) -> bool:
            return count >= settings.min_pages and (count >= settings.min_share * of or count >= settings.enough_pages)

        known: dict[str, Any] = {}
        for url, lines in pages.items():
            long = [line for line in lines if len(line) >= settings.own_characters]
            rank = {line: urls[line] if is_template(urls[line], len(pages)) else 0 for line in long}
            known[url] = min(long, key=lambda line: (rank[line], -len(line))) if long else frozenset(lines)
        by_line: dict[str, set[Any]] = defaultdict(set)
        for url, lines in pages.items():
            for line in lines:
                by_line[line].add(known[url])
        contents = len(set(known.values()))
        found |= {(host, line, len(of), contents) for line, of in by_line.items() if is_template(len(of), contents)}
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_the_counts_are_those_of_a_plain_count_whatever_the_partitions(
    spark: SparkSession, stage: Stage, seed: int
) -> None:
    rows = invented(seed, 60)
    expected = plainly(rows, SETTINGS)
    assert len(expected) > 5
    for parts in (1, 7):
        Random(parts).shuffle(rows)
        pages = spark.createDataFrame(rows, PAGES).repartition(parts)
        templates = site_templates(pages, SETTINGS, stage).collect()
        assert {(row["host"], row["example"], row["pages"], row["host_pages"]) for row in templates} == expected

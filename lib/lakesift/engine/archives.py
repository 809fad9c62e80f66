"""What a lake has taken in, as `sources` says, and which of it a recipe reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from pyspark.sql import functions as F

from lakesift.engine.extractions import Extraction
from lakesift.lake.lake import Lake
from lakesift.lake.ledger import LEDGER

IMPORTED: Final = "documents"
TRY_AGAIN: Final = ("unreadable_file", "read_failed")
SHOWN: Final = 3
"""Paths in one line."""


class Archive(NamedTuple):
    """One row of `sources`, as far as the engine looks at it."""

    source_path: str
    crawl: str | None
    extraction: str | None
    kind: str | None
    bytes: int | None
    identity: str | None
    status: str
    pages: int
    links: int
    reason: str | None
    committed_version: int | None
    settings_fingerprint: str | None
    code_version: str | None

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what its rows in other tables have."""
        return self.source_path, self.crawl or "", self.extraction or ""

    @property
    def is_worth_another_try(self) -> bool:
        """Return whether it could not be read: missing, forbidden, or the store kept failing."""
        return self.status == "failed" and (self.reason or "").split(":")[0] in TRY_AGAIN


def archives_of(lake: Lake) -> list[Archive]:
    """Return all archives of a lake, in the order of their paths; a crawl has a hundred thousand."""
    if not lake.exists("sources"):
        return []
    sources = lake.read("sources")
    # A lake of an earlier lakesift lacks columns.
    columns = [
        F.col(name) if name in sources.columns else F.lit(None).cast(LEDGER["sources"].columns[name].sql).alias(name)
        for name in Archive._fields
    ]
    return sorted((Archive(*row) for row in sources.select(*columns).collect()), key=lambda each: each.key)


def chosen(
    archives: Iterable[Archive],
    extraction: Extraction,
    named: Mapping[str, str | None] | None,
    crawls: Collection[str] = (),
) -> list[Archive]:
    """Return the archives that a recipe reads, each path once.

    Args:
        archives: of the lake.
        extraction: of the recipe.
        named: by path of the recipe's source, the crawl that it was given by name; None: whichever the lake has it in.
            Without a source all that the lake has of the extraction are read; in a lake of imported texts alone, all these.
        crawls: of stages that name crawls: they are read whole where no named path is of them, imported texts, too.
    """
    found: dict[str, Archive] = {}
    archives = list(archives)
    mine = [each for each in archives if extraction.is_of(each.extraction, each.settings_fingerprint)]
    texts = [each for each in archives if each.kind == IMPORTED]
    if named is None:
        candidates = texts if len(texts) == len(archives) else mine
    else:
        candidates = [
            each for each in mine if each.source_path in named and named[each.source_path] in (None, each.crawl)
        ]
    asked = set(crawls) - {each.crawl for each in candidates}
    candidates = [*candidates, *(each for each in (*mine, *texts) if each.crawl in asked)]
    # The crawl that a stage names, then what was committed last.
    for each in sorted(candidates, key=lambda one: (one.crawl in crawls, one.committed_version or 0, one.key)):
        found[each.source_path] = each
    return sorted(found.values(), key=lambda each: each.key)


def described(archives: Collection[Archive]) -> str:
    """Return how many archives of which crawls these are, such as `3 of FEBRUARY, 4 of JANUARY`."""
    counted = Counter(each.crawl or "no crawl" for each in archives)
    return ", ".join(f"{number:,} of {crawl}" for crawl, number in sorted(counted.items()))


def listed_few(paths: Sequence[str]) -> str:
    """Return a few of some paths, and how many there are beside."""
    more = f" and {len(paths) - SHOWN:,} more" if len(paths) > SHOWN else ""
    return ", ".join(paths[:SHOWN]) + more


def joined_crawls(
    new: Sequence[str], known: Collection[Archive], named: Collection[str], crawl_of: Callable[[str], str]
) -> dict[str, tuple[list[Archive], bool]]:
    """Return the crawls that new paths would join.

    Args:
        new: paths that the lake does not have.
        known: archives of the extraction.
        named: all paths of the source.
        crawl_of: path -> name of its crawl.

    Returns:
        By crawl: its archives in the lake, and whether the source names one of them: then it has grown, and is no other.
    """
    found: dict[str, tuple[list[Archive], bool]] = {}
    for crawl in sorted({crawl_of(path) for path in new}):
        there = [each for each in known if each.crawl == crawl and each.status == "done"]
        if there:
            found[crawl] = there, any(each.source_path in named for each in there)
    return found

"""What became of the records of archives, as `sources` and `quarantine` say: rows in = rows out + rows rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from pyspark.sql import functions as F

from lakesift.engine.archives import Archive
from lakesift.engine.taken_in import rows_of
from lakesift.errors import StageError
from lakesift.lake.lake import Lake

WAT = "wat_links"


class Account(NamedTuple):
    """Archives, records, pages of these, and by quarantine reason or counted class the records that are no page."""

    archives: int
    records: int
    pages: int
    rejected: dict[str, int]


def untold(lake: Lake, archives: Sequence[Archive], fingerprint: str) -> list[Archive]:
    """Return the archives of which no row of `runs` tells: those of this run, and of one that was killed before.

    Args:
        lake: with `runs`.
        archives: that the recipe reads.
        fingerprint: of the recipe's settings of ingest.
    """
    mine = [each for each in archives if each.settings_fingerprint == fingerprint]
    if not mine or not lake.exists("runs"):
        return mine
    told = lake.read("runs").where("stage = 'ingest' AND status = 'done'").where(F.col("fingerprint") == fingerprint)
    newest = told.agg(F.max("output_version").alias("version")).first()
    version = -1 if newest is None or newest["version"] is None else int(newest["version"])
    return [each for each in mine if (each.committed_version or 0) > version]


def account(lake: Lake, archives: Sequence[Archive]) -> Account:
    """Count the records of some archives.

    Raises:
        StageError: they do not add up.
    """
    if not archives:
        return Account(0, 0, 0, {})
    rows = rows_of(lake, "sources", archives)
    totals = rows.agg(*[F.sum(name).alias(name) for name in ("records", "pages", "quarantined")]).first()
    assert totals is not None
    classes = rows.select(F.explode("counted").alias("class", "number")).groupBy("class").agg(F.sum("number"))
    counted = {str(row[0]): int(row[1]) for row in classes.collect()}
    reasons = rows_of(lake, "quarantine", archives).groupBy("reason").count().collect()
    rejected = Counter({str(row["reason"]): int(row["count"]) for row in reasons}) + Counter(counted)
    wat = totals["records"] - totals["pages"] - totals["quarantined"] - sum(counted.values())
    if wat < 0 or sum(rejected.values()) != totals["quarantined"] + sum(counted.values()):
        raise StageError(f"the records of stage ingest do not add up: {totals.asDict()}, counted {dict(rejected)}")
    found = rejected + Counter({WAT: wat})
    return Account(len(archives), int(totals["records"]), int(totals["pages"]), dict(found))

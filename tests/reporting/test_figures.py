"""The aggregates behind the report are those of the rows."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate

import pytest
from pyspark.sql import DataFrame

from lakesift.errors import UsageError
from lakesift.reporting.balance import balance, by_rank, cumulative
from lakesift.reporting.charts import strip
from lakesift.reporting.clusters import clusters
from lakesift.reporting.frames import published, with_clusters
from lakesift.reporting.ingest import edit_counts, intake
from lakesift.reporting.rules import rules_by_name
from lakesift.reporting.samples import samples
from lakesift.reporting.settings import ReportSettings
from lakesift.reporting.signals import Spread, spreads
from reporting.invented import RULE_SETS, with_stages
from reporting.invented_ledger import Rows

pytestmark = pytest.mark.spark
Tables = dict[str, DataFrame]


def test_intake_adds_up(tables: Tables, rows: Rows) -> None:
    taken = intake(tables)
    assert taken.records == taken.pages + sum(row["records"] for row in taken.counted + taken.quarantine)  # type: ignore[operator]
    assert (taken.sources, taken.failed_sources) == (4, 1)
    assert taken.failed[0]["reason"] == "not gzip: <html>"
    assert intake({}).sources is None


def test_edits_are_summed_by_their_counts(tables: Tables, rows: Rows) -> None:
    found = {(row["edit"], row["counted"]): (row["total"], row["documents"]) for row in edit_counts(tables)}
    removed = [row["edits"]["c4_lines"]["removed_lines"] for row in rows["documents"]]
    assert found["c4_lines", "removed_lines"] == (sum(removed), sum(count > 0 for count in removed))
    assert found["pii_datatrove", "addresses"] == (0, 0)


def test_clusters_are_counted_by_size_and_similarity(tables: Tables, rows: Rows) -> None:
    found = clusters(tables, with_clusters(tables)[0], 2)
    sizes = Counter(Counter(row["cluster_id"] for row in rows["duplicates"]).values())
    assert {row["label"]: row["clusters"] for row in found.sizes} == {"2": sizes[2], "3": sizes[3], "6–10": sizes[6]}
    assert (found.clusters, found.documents, found.removed) == (4, 13, 9)
    others = [row["similarity"] for row in rows["duplicates"] if row["doc_id"] != row["keeper_id"]]
    assert sum(row["documents"] for row in found.similarities) == len(others)
    assert [row["documents"] for row in found.largest] == [6, 3]
    titles = {row["doc_id"]: row["title"] for row in rows["pages"]}
    assert [row["title"] for row in found.largest] == [titles[row["doc_id"]] for row in found.largest]
    assert with_clusters({}) == []
    sites = {row["doc_id"]: row["registered_domain"] for row in rows["documents"]}
    dropped = Counter(sites[row["doc_id"]] for row in rows["duplicates"] if row["doc_id"] != row["keeper_id"])
    most = sorted(dropped.items(), key=lambda item: (-item[1], item[0]))[:2]
    assert [(row["domain"], row["documents"]) for row in found.domains] == most


def test_the_balance_curve_goes_through_the_true_points(tables: Tables, rows: Rows) -> None:
    held = balance(tables, 3, "pairs_images")
    assert held is not None
    counts = sorted(row["count"] for row in rows["entry_counts"])
    sums, capped = list(accumulate(counts)), list(accumulate(min(count, 100) for count in counts))
    for entries, matches in cumulative(held.classes, "matches")[1:]:
        assert matches == sums[int(entries) - 1]
    for entries, matches in cumulative(held.classes, "balanced")[1:]:
        assert matches == capped[int(entries) - 1]
    assert cumulative(held.classes, "matches")[-1] == (len(counts), sum(counts))
    descending = counts[::-1]
    assert all(count == descending[int(rank) - 1] for rank, count in by_rank(held.classes))
    assert [row["entry_id"] if "entry_id" in row else row["count"] for row in held.head] == descending[:3]
    kept = sum(row["kept"] for row in rows["draws"])
    matched = sum(bool(row["entries"]) for row in rows["matches"])
    assert [count for _, count in held.pairs] == [len(rows["pairs"]), matched, kept, len(rows["dataset_pairs_images"])]
    assert held.expected == pytest.approx(sum(row["probability"] for row in rows["draws"]))


def test_samples_are_the_same_for_any_partitioning_and_of_every_rule(tables: Tables, rows: Rows) -> None:
    settings = ReportSettings(samples_kept=4, samples_per_rule=2)
    found = samples(tables, settings)
    again = samples(with_stages({name: tables[name].repartition(7) for name in ("documents", "verdicts")}), settings)
    assert found == again
    assert len(found.kept) == 4
    assert set(found.dropped) == {row["failed"][0] for row in rows["verdicts"] if row["failed"]}
    assert all(len(shown) <= 2 and shown[0]["failed"][0] == rule for rule, shown in found.dropped.items())
    assert samples({}, settings).kept == []


def test_spreads_hold_quantiles_and_thresholds_of_rules_on_one_number(tables: Tables, rows: Rows) -> None:
    found = spreads(tables, rules_by_name(RULE_SETS).values())
    assert set(found) == {
        "language@fineweb.unsure",
        *(f"gopher_quality@datatrove.{name}" for name in ("short_doc", "long_doc", "symbols")),
    }
    words = sorted(row["words"] for row in rows["documents"])
    spread = found["gopher_quality@datatrove.short_doc"]
    assert (spread.quantiles[3], spread.thresholds) == (words[len(words) // 2 - 1], (50.0,))
    assert "50 percent" not in strip(spread)
    assert strip(spread).count('class="cut"') == 1
    assert strip(Spread("x", (1.0,) * 7, (1.0,))) == ""


def test_a_data_set_is_found_by_name_and_version_or_what_there_is_is_told(tables: Tables) -> None:
    assert published(tables, "clean")["version"] == 2
    assert published(tables, "clean@1")["version"] == 1
    with pytest.raises(UsageError, match=r"'clean@9'.*one of: clean@1, clean@2, pairs_images@1"):
        published(tables, "clean@9")
    with pytest.raises(UsageError, match="none is published yet"):
        published({}, "clean")

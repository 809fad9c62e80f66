"""The data card holds the tables' figures and says nothing that is not so."""

from __future__ import annotations

import pytest
from pyspark.sql import DataFrame

from lakesift.errors import UsageError
from lakesift.reporting.card import data_card, fenced
from lakesift.reporting.frames import published
from reporting.invented import RULE_SETS
from reporting.invented_ledger import Rows

pytestmark = pytest.mark.spark
Tables = dict[str, DataFrame]
RECIPE = "name: fineweb\nstages:\n- ingest:\n"
STAGES = {
    "documents": {"steps": [{"signals": ["gopher_quality@datatrove"]}, {"minhash": {"bands": 14, "rows": 8}}]},
    "near_duplicates": {"within": "crawl"},
}


def cells(card: str, first: str, columns: int = 2) -> list[str]:
    starts = (line for line in card.splitlines() if line.startswith(f"| {first} |"))
    line = next(line for line in starts if line.count(" | ") == columns - 1)
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


@pytest.fixture(scope="module")
def card(tables: Tables) -> str:
    return data_card(tables, published(tables, "clean@2"), recipe=RECIPE, rule_sets=RULE_SETS, stages=STAGES)


def test_the_card_holds_the_data_sets_figures(card: str, rows: Rows) -> None:
    chosen = rows["dataset_clean"]
    assert card.split("---\n\n")[1].startswith("# Data card: clean@2\n")
    assert cells(card, "documents") == [str(len(chosen))]
    assert cells(card, "words") == [f"{sum(row['words'] for row in chosen):,}"]
    assert cells(card, "hosts (estimated to 5 %)") == [
        str(len({row["provenance"]["url"].split("/")[2] for row in chosen}))
    ]
    assert cells(card, "published (UTC)") == ["2026-10-02 00:00"]
    assert cells(card, "CC-MAIN-2026-43", 4) == [str(len(chosen)), "2026-10-01", "2026-10-01"]
    english = [row for row in chosen if row["language"] == "en"]
    assert cells(card, "en", 4)[0] == str(len(english))
    assert RECIPE.strip() in card


def test_the_card_names_rules_with_thresholds_and_sources_and_settings_in_force(card: str) -> None:
    condition, dropped, alone, source = cells(card[card.index("## Rules") :], "gopher_quality@datatrove.stop_words", 5)
    assert condition == "language = 'en' AND gopher_quality_datatrove.stop_words \\< 2"
    assert (dropped, alone, source) == ("7", "25", "invented for the tests")
    assert "| documents | steps.1.minhash.bands | 14 |" in card
    assert '| near_duplicates | within | "crawl" |' in card
    assert "| quality | 3 |" in card


def test_known_limits_follow_from_the_figures(card: str, tables: Tables) -> None:
    # 1 - (1 - 0.8^8)^14 = 0.9236
    assert "92.4% at 0.8" in card
    assert "1 of 4 sources could not be read" in card
    assert "emails 80" in card
    assert "Near-duplicates were not removed" not in card
    bare = {name: tables[name] for name in ("dataset_clean", "datasets")}
    few = data_card(bare, published(tables, "clean@2"), recipe="")
    assert "Recipe fineweb was run with the settings below" in few
    assert "Near-duplicates were not removed" in few
    assert "Personal data were neither looked for nor replaced" in few
    assert "None" not in few


def test_a_card_of_pairs_tells_of_pairs_and_not_of_documents(tables: Tables, rows: Rows) -> None:
    card = data_card(tables, published(tables, "pairs_images"), recipe=RECIPE, rule_sets=RULE_SETS)
    assert cells(card, "pairs") == [str(len(rows["dataset_pairs_images"]))]
    assert "| with a matched entry | 60 |" in card
    assert "Images are named by URL only" in card
    assert "short_doc" not in card


def test_crawled_strings_cannot_become_markdown(tables: Tables) -> None:
    row = {**published(tables, "clean@2"), "recipe": "[x](javascript:1) | <b>`y` *z* _w_ a_b\n# new"}
    bare = {name: tables[name] for name in ("dataset_clean", "datasets")}
    card = data_card(bare, row, recipe="```\n````\nout")
    assert cells(card.replace("\\|", "¦"), "recipe") == [
        "\\[x\\](javascript:1) ¦ \\<b>\\`y\\` \\*z\\* \\_w\\_ a_b # new"
    ]
    assert "`````yaml\n```\n````\nout\n`````" in card
    assert fenced("plain\n", "yaml") == "```yaml\nplain\n```"


def test_a_data_set_without_its_table_is_refused(tables: Tables) -> None:
    with pytest.raises(UsageError, match="table of data set 'gone'"):
        data_card(tables, {"name": "gone", "version": 1}, recipe=RECIPE)


def test_the_card_counts_what_each_stage_left_out_by_its_own_reason(last: Tables, rows: Rows) -> None:
    card = data_card(last, published(last, "clean@2"), recipe=RECIPE, rule_sets=RULE_SETS)
    for name in ("prototype", "low score", "no score", "already published"):
        assert cells(card, name, 5)[0] == "1"
    documents = f"{len(rows['dataset_clean'])}, 1 of them from the version that it was added to"
    assert cells(card, "documents") == [documents]

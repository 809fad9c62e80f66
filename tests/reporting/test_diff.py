"""Two choices from the same documents: every document is counted once, with what keeps it out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.documents.rules.rules import RuleSet
from lakesift.documents.rules.verdicts import judged
from lakesift.reporting.diff import ABOUT, NOT_THERE, Choice, Difference, compare, joined, of_one_table
from reporting.invented import GOPHER, LANGUAGE
from reporting.invented_ledger import Rows

pytestmark = pytest.mark.spark
Tables = dict[str, DataFrame]
SHORT = "gopher_quality@datatrove.short_doc"
UNSURE = "language@fineweb.unsure"


def chosen(tables: Tables, name: str, *rule_sets: RuleSet) -> Choice:
    outcomes = judged(tables["documents"], {"reasons": rule_sets}, *ABOUT)
    return Choice(name, tables["documents"], outcomes.withColumn("inside", F.size("reasons") == 0))


ONLY_SHORT = GOPHER.model_copy(update={"rules": {"short_doc": GOPHER.rules["short_doc"]}})


@pytest.fixture(scope="module")
def found(tables: Tables) -> Difference:
    return compare(of_one_table(("short", "unsure"), tables["documents"], ([ONLY_SHORT], [LANGUAGE])))


def place(row: dict[str, object]) -> str:
    in_a, in_b = row["signals"]["gopher_quality_datatrove"]["words"] >= 50, row["language_score"] >= 0.65  # type: ignore[index, operator]
    return {(True, True): "both", (True, False): "only_a", (False, True): "only_b"}.get((in_a, in_b), "neither")


def test_every_document_and_word_is_in_one_place(found: Difference, rows: Rows) -> None:
    documents, words = Counter[str](), Counter[str]()
    for row in rows["documents"]:
        documents[place(row)] += 1
        words[place(row)] += row["words"]
    assert found.totals == {name: (documents[name], words[name]) for name in ("both", "only_a", "only_b", "neither")}
    assert min(documents.values()) > 0


def test_choices_from_tables_of_their_own_are_compared_alike(tables: Tables, found: Difference) -> None:
    assert compare(joined(chosen(tables, "short", ONLY_SHORT), chosen(tables, "unsure", LANGUAGE))) == found


def test_each_rule_names_what_it_alone_keeps_out(found: Difference, rows: Rows) -> None:
    counted = Counter(place(row) for row in rows["documents"])
    assert {(row["side"], row["rule"], row["documents"], row["alone"]) for row in found.rules} == {
        ("short", SHORT, counted["only_b"], counted["only_b"]),
        ("unsure", UNSURE, counted["only_a"], counted["only_a"]),
    }


def test_languages_domains_and_examples_are_those_of_the_documents(found: Difference, rows: Rows) -> None:
    by_language = Counter((row["language"], place(row)) for row in rows["documents"])
    for row in found.languages:
        for name in ("both", "only_a", "only_b"):
            assert row[name] == by_language[row["language"], name]
    moved = [row for row in rows["documents"] if place(row) in ("only_a", "only_b")]
    assert sum(row["moved"] for row in found.domains) == len(moved)
    first = sorted(row["doc_id"] for row in moved if place(row) == "only_a")[:3]
    assert [row["doc_id"] for row in found.examples if row["side"] == "short"] == first


def test_a_document_that_one_side_does_not_have_is_left_out_of_it(tables: Tables) -> None:
    whole = chosen(tables, "whole", LANGUAGE)
    part = replace(whole, name="part", outcomes=whole.outcomes.where("language <> 'en'"))
    kept = whole.outcomes.where("inside AND language = 'en'").count()
    found = compare(joined(whole, part))
    assert [(row["side"], row["rule"], row["documents"]) for row in found.rules] == [("part", NOT_THERE, kept)]
    assert found.totals["only_b"] == (0, 0)


def test_what_is_shown_cannot_steer_a_terminal(tables: Tables) -> None:
    hostile = tables["documents"].where(F.length("text") > 5000)
    everything = hostile.selectExpr("doc_id", *ABOUT, "true AS inside", "array() AS reasons")
    nothing = hostile.selectExpr("doc_id", *ABOUT, "false AS inside", "array('a rule') AS reasons")
    text = str(compare(joined(Choice("all", hostile, everything), Choice("none", hostile, nothing))))
    assert "kept out by a rule" in text
    assert not {"\u202e", "\x1b", "\x07"} & set(text)
    assert max(map(len, text.splitlines())) < 250

"""Every document leaves the funnel once, at the step where it left first; sums are those of the rows."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from pyspark.sql import DataFrame

from lakesift.reporting.funnel import Outcome, alone, document_outcomes, funnel_steps, rule_order
from lakesift.reporting.rules import rules_by_name
from lakesift.reporting.tallies import by_language, by_rule, rules_by_language
from reporting.invented import RULE_SETS
from reporting.invented_ledger import Rows
from reporting.left_out import left_out

pytestmark = pytest.mark.spark
Tables = dict[str, DataFrame]


def expected_outcomes(rows: Rows) -> Counter[tuple[str, str, str]]:
    chosen = {row["doc_id"] for row in rows["dataset_clean"]}
    twins = {row["doc_id"] for row in rows["duplicates"] if row["doc_id"] != row["keeper_id"]}
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in rows["verdicts"]:
        kind, name = "unchosen", ""
        if row["doc_id"] in chosen:
            kind = "chosen"
        elif row["failed"]:
            kind, name = "rule", row["failed"][0]
        elif row["doc_id"] in twins:
            kind, name = "reason", "near_duplicate"
        counts[kind, name, row["language"]] += 1
    return counts


def test_every_document_leaves_once_where_it_left_first(tables: Tables, rows: Rows) -> None:
    found = document_outcomes(tables, "clean")
    assert {(each.kind, each.name, each.language): each.documents for each in found} == dict(expected_outcomes(rows))
    assert sum(each.words for each in found) == sum(row["words"] for row in rows["verdicts"])


def test_the_last_step_is_the_data_set(tables: Tables, rows: Rows) -> None:
    found = document_outcomes(tables, "clean")
    steps = funnel_steps(found, rule_order(tables, RULE_SETS, found), "clean@2")
    assert steps[0].left == len(rows["verdicts"])
    assert (steps[-1].left, steps[-1].left_words) == (
        len(rows["dataset_clean"]),
        sum(row["words"] for row in rows["dataset_clean"]),
    )
    for before, after in pairwise(steps):
        assert before.left - after.dropped == after.left
        assert before.left_words - after.dropped_words == after.left_words
    assert [step.label for step in steps][-3:] == [
        "near duplicate",
        "not chosen when published",
        "data set clean@2",
    ]


def test_without_a_data_set_the_funnel_ends_after_the_duplicates(tables: Tables, rows: Rows) -> None:
    steps = funnel_steps(document_outcomes(tables, None), list(rules_by_name(RULE_SETS)), None)
    twins = sum(row["doc_id"] != row["keeper_id"] for row in rows["duplicates"])
    assert steps[-1].left == sum(row["kept"] for row in rows["verdicts"]) - twins


def test_documents_without_verdicts_are_all_left(tables: Tables, rows: Rows) -> None:
    steps = funnel_steps(document_outcomes({"documents": tables["documents"]}, None), [], None)
    assert [step.left for step in steps] == [len(rows["documents"])] * 2
    assert document_outcomes({}, None) == []
    assert alone({}) == []


def test_alone_counts_what_the_rule_fails_whatever_others_say(tables: Tables, rows: Rows) -> None:
    expected: Counter[str] = Counter(name for row in rows["verdicts"] for name in row["failed"])
    counted: Counter[str] = Counter()
    for each in alone(tables):
        counted[each.name] += each.documents
    assert counted == expected
    tallies = by_rule(document_outcomes(tables, "clean"), alone(tables), list(expected), rules_by_name(RULE_SETS))
    assert {row.name: row.alone for row in tallies} == dict(expected)


def test_rules_stand_in_the_order_they_are_judged_with_those_that_drop_nothing(tables: Tables) -> None:
    order = ["language@fineweb.unsure"]
    order += [f"gopher_quality@datatrove.{name}" for name in ("short_doc", "long_doc", "symbols", "stop_words")]
    single = alone(tables)
    assert rule_order(tables, RULE_SETS, single) == order
    # Without rule sets, the funnel table knows the order; without that too, names are sorted.
    assert rule_order(tables, (), single) == order
    assert rule_order({}, (), single) == sorted({each.name for each in single})


def test_languages_beyond_the_list_are_one_row() -> None:
    found = [
        Outcome("chosen", "", "en", 5, 50),
        Outcome("rule", "r", "en", 1, 10),
        Outcome("rule", "r", "de", 3, 30),
        Outcome("chosen", "", "fr", 2, 20),
    ]
    first, rest = by_language(found, 1)
    assert (first.language, first.documents, first.words, first.kept, first.kept_words) == ("en", 6, 60, 5, 50)
    assert (rest.language, rest.documents, rest.kept, rest.kept_words) == ("2 others", 5, 2, 20)


def test_shares_by_language_are_of_that_languages_documents() -> None:
    found = [Outcome("chosen", "", "en", 8, 0), Outcome("rule", "r", "en", 2, 0), Outcome("rule", "r", "ja", 4, 0)]
    single = [Outcome("rule", "r", "en", 2, 0), Outcome("rule", "r", "ja", 4, 0)]
    table = rules_by_language(found, single, ["q", "r"], 5)
    assert table.languages == ["en", "ja"]
    assert table.shares == [("r", [0.2, 1.0])]


def test_each_stage_counts_what_it_drops_by_its_own_reason_in_the_order_of_the_stages(last: Tables, rows: Rows) -> None:
    found = document_outcomes(last, "clean")
    own = {each.name: each.documents for each in found if each.name in left_out(rows)}
    assert own == dict.fromkeys(left_out(rows), 1)
    assert sum(each.documents for each in found) == len(rows["documents"])
    steps = funnel_steps(found, rule_order(last, RULE_SETS, found), "clean@2")
    labels = [step.label for step in steps if step.kind == "reason"]
    assert labels == ["near duplicate", "prototype", "already published", "low score", "no score"]
    assert steps[-1].left == len(rows["dataset_clean"]) - 1


def test_rules_of_a_later_stage_come_after_the_reasons_of_earlier_ones() -> None:
    found = [
        Outcome("rule", "poor", "en", 2, 0, place=5),
        Outcome("reason", "near_duplicate", "en", 3, 0, place=4),
        Outcome("rule", "short", "de", 4, 0, place=2),
        Outcome("chosen", "", "en", 1, 0),
    ]
    steps = funnel_steps(found, ["short", "none", "poor", "last"], None)
    assert [(step.label, step.left) for step in steps[1:-1]] == [
        ("short", 6), ("none", 6), ("near duplicate", 3), ("poor", 1), ("last", 1),
    ]  # fmt: skip

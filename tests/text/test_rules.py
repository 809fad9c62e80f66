from __future__ import annotations

import pytest
from pydantic import ValidationError

from lakesift.documents.rules.rules import Rule, RuleSet, unknown_columns

RULES = RuleSet(
    name="size@test",
    source="invented",
    signals=("size@test",),
    rules={
        "short": Rule(drop_when="size_test.words < :least", thresholds={"least": 5}),
        "shouting": Rule(drop_when="size_test.upper > :most", thresholds={"most": 0.5}),
    },
)
SHORT, SHOUTING = "size@test.short", "size@test.shouting"


def test_a_predicate_that_is_no_sql_is_refused() -> None:
    with pytest.raises(ValidationError, match="not a SQL predicate"):
        Rule(drop_when="words < (")


def test_thresholds_are_filled_in_and_columns_found() -> None:
    rule = RULES.rules["short"]
    assert rule.predicate() == "size_test.words < 5"
    assert rule.columns() == {"size_test.words"}
    assert rule.placeholders() == {"least"}


def test_a_column_nobody_measures_is_found_without_spark() -> None:
    assert unknown_columns([RULES], {"size_test": {"words"}}) == [("size@test", "shouting", "size_test.upper")]


def test_a_threshold_by_language_is_a_case_over_the_language() -> None:
    rule = Rule(drop_when="size_test.words < :least", thresholds={"least": {"default": 5, "zh": 3, "x'y": 2.5}})
    assert rule.predicate() == "size_test.words < CASE language WHEN 'zh' THEN 3 WHEN 'x\\'y' THEN 2.5 ELSE 5 END"
    assert Rule(drop_when="words < :least", thresholds={"least": {"default": 5}}).predicate() == "words < 5"


def test_a_threshold_by_language_needs_a_default() -> None:
    with pytest.raises(ValidationError, match="least has values for zh and no default"):
        Rule(drop_when="words < :least", thresholds={"least": {"zh": 3}})


@pytest.mark.parametrize(
    ("thresholds", "told"),
    [
        ({"max_short": 0.4}, ":max_shrt has no value in thresholds; the nearest is max_short"),
        ({}, ":max_shrt has no value"),
    ],
)
def test_a_threshold_that_has_no_value_is_told_with_the_nearest(thresholds: dict[str, float], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Rule(drop_when="words > :max_shrt", thresholds=thresholds)


def test_a_threshold_that_no_predicate_uses_is_told() -> None:
    with pytest.raises(ValidationError, match="does not use the threshold other, as :other"):
        Rule(drop_when="words > :most", thresholds={"most": 1, "other": 2})

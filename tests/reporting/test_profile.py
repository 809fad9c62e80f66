"""A profile's quantiles and counts are those of the documents, language by language."""

from __future__ import annotations

import pytest
from pyspark.sql import DataFrame

from lakesift.errors import UsageError
from lakesift.reporting.profile import SHARES, profile_of
from reporting.invented import GOPHER, RULE_SETS
from reporting.invented_ledger import Rows

pytestmark = pytest.mark.spark
Tables = dict[str, DataFrame]
WORDS = "gopher_quality_datatrove.words"


def test_quantiles_are_values_of_the_documents_at_their_ranks(tables: Tables, rows: Rows) -> None:
    found = profile_of(tables["documents"], [])
    for language, quantiles in found.quantiles.items():
        of_language = [row for row in rows["documents"] if language in ("all", row["language"])]
        values = sorted(row["signals"]["gopher_quality_datatrove"]["words"] for row in of_language)
        expected = [values[max(0, -int(-share * len(values) // 1) - 1)] for share in SHARES]
        assert quantiles[WORDS] == pytest.approx(expected), language
    assert set(found.quantiles) == {"all"} | {row["language"] for row in rows["documents"]}
    assert "pii_datatrove.emails" in found.quantiles["all"]


def test_every_rule_is_counted_on_its_own(tables: Tables, rows: Rows) -> None:
    found = profile_of(tables["documents"], RULE_SETS, ["en"])
    english = [row for row in rows["documents"] if row["language"] == "en"]
    short = [row for row in english if row["signals"]["gopher_quality_datatrove"]["words"] < 50]
    assert found.totals["en"] == (len(english), sum(row["words"] for row in english))
    assert found.rules["en"]["gopher_quality@datatrove.short_doc"] == (len(short), sum(row["words"] for row in short))
    names = [name for rule_set in RULE_SETS for name, _ in rule_set.predicates()]
    assert list(found.rules["en"]) == names
    assert set(found.rules) == {"en"}
    assert "gopher_quality_datatrove.words < 50" in str(found)


def test_an_empty_table_has_no_languages_and_no_quantiles(tables: Tables) -> None:
    found = profile_of(tables["documents"].limit(0), [GOPHER])
    assert (found.totals, found.quantiles) == ({"all": (0, 0)}, {"all": {}})
    assert str(found)


def test_a_language_without_documents_is_told_with_those_that_have_some(tables: Tables) -> None:
    with pytest.raises(UsageError, match=r"documents has none in xx; expected one of (..(, )?)*\ben\b"):
        profile_of(tables["documents"], (), ["en", "xx"])

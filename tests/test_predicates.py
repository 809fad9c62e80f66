"""A rule file holds predicates, and nothing that does more."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lakesift.documents.rules.rules import Rule


@pytest.mark.parametrize(
    ("predicate", "named"),
    [
        ("java_method('java.lang.System', 'setProperty', 'a', 'b') = 'c'", "java_method"),
        ("reflect('java.lang.System', 'exit', '0') = 1 OR words > 3", "reflect"),
        ("exists(gopher.a, x -> try_reflect(x) = 1)", "try_reflect"),
        ("words > (SELECT max(words) FROM parquet.`/etc`)", "subquery"),
        ("url IN (SELECT url FROM pages)", "subquery"),
        ("rand() > 0.5", "rand"),
        ("language = uuid()", "uuid"),
        ("words > unix_timestamp()", "unix_timestamp"),
        ("current_date > '2024-01-01'", "current_date"),
        ("input_file_name() LIKE 'a%'", "input_file_name"),
        ("CASE WHEN words > 1 THEN monotonically_increasing_id() > 3 END", "monotonically_increasing_id"),
        ("count(*) > 1", "count"),
        ("some_udf(words) > 1", "some_udf"),
    ],
)
def test_what_does_more_than_look_at_its_arguments_is_refused_with_what_is_allowed(predicate: str, named: str) -> None:
    with pytest.raises(ValidationError, match=rf"may not call .*{named}.*expected functions .*regexp_like"):
        Rule(drop_when=predicate)


@pytest.mark.parametrize(
    "predicate",
    [
        "gopher.words < 50 OR NOT gopher.mean BETWEEN 3 AND 10",
        "size(filter(a.b, x -> length(trim(x)) > 1)) / nullif(words, 0) > 0.3",
        "exists(array('a', 'b'), x -> x = language) AND url RLIKE '^https'",
        "CASE WHEN language IN ('en', 'de') THEN cast(words AS DOUBLE) > 1 ELSE coalesce(words, 0) = 0 END",
    ],
)
def test_pure_functions_operators_and_lambdas_are_predicates(predicate: str) -> None:
    assert Rule(drop_when=predicate).drop_when == predicate

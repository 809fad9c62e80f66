"""What a rule's predicate may call: functions of Spark SQL that depend on their arguments alone.

A rule file is data that people pass on. Spark SQL can call any method of Java (`java_method`), read files in subqueries, and
ask for the time or a random number, so that the same documents would be decided otherwise the next time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from sqlglot import expressions as exp

ALLOWED: Final = frozenset(
    [
        "abs",
        "ceil",
        "ceiling",
        "exp",
        "floor",
        "ln",
        "log",
        "log10",
        "log1p",
        "log2",
        "mod",
        "pmod",
        "pow",
        "power",
        "rint",
        "round",
        "bround",
        "sign",
        "signum",
        "sqrt",
        "try_add",
        "try_divide",
        "try_multiply",
        "try_subtract",
        "coalesce",
        "greatest",
        "if",
        "ifnull",
        "iff",
        "isnan",
        "isnotnull",
        "isnull",
        "least",
        "nanvl",
        "nullif",
        "nvl",
        "nvl2",
        "bigint",
        "boolean",
        "cast",
        "date",
        "double",
        "float",
        "int",
        "string",
        "timestamp",
        "try_cast",
        "char_length",
        "character_length",
        "concat",
        "concat_ws",
        "contains",
        "endswith",
        "ends_with",
        "initcap",
        "instr",
        "lcase",
        "left",
        "len",
        "length",
        "like",
        "locate",
        "lower",
        "ltrim",
        "octet_length",
        "position",
        "regexp_count",
        "regexp_extract",
        "regexp_instr",
        "regexp_like",
        "regexp_replace",
        "regexp_substr",
        "repeat",
        "replace",
        "reverse",
        "right",
        "rlike",
        "rtrim",
        "split",
        "split_part",
        "startswith",
        "starts_with",
        "substr",
        "substring",
        "substring_index",
        "translate",
        "trim",
        "ucase",
        "upper",
        "aggregate",
        "array",
        "array_compact",
        "array_contains",
        "array_distinct",
        "array_except",
        "array_intersect",
        "array_join",
        "array_max",
        "array_min",
        "array_position",
        "array_size",
        "array_sort",
        "arrays_overlap",
        "cardinality",
        "element_at",
        "exists",
        "filter",
        "flatten",
        "forall",
        "get",
        "map",
        "map_contains_key",
        "map_filter",
        "map_keys",
        "map_values",
        "reduce",
        "size",
        "slice",
        "sort_array",
        "transform",
        "try_element_at",
        "date_diff",
        "datediff",
        "day",
        "dayofmonth",
        "hour",
        "make_date",
        "month",
        "months_between",
        "to_date",
        "to_timestamp",
        "unix_date",
        "year",
    ]
)
_OPERATORS: Final = (exp.Connector, exp.Case, exp.Cast, exp.Lambda, exp.Binary, exp.Between, exp.In, exp.If)
_OTHER_ROWS: Final = (exp.Query, exp.Subquery, exp.Exists, exp.Window, exp.Command, exp.DDL, exp.DML, exp.Star)
_NAME: Final = re.compile(r"([A-Za-z_]\w*(?:\.\w+)*)\s*(?:\(|\Z)")


def refused(predicate: Any) -> Iterator[str]:
    """Yield what a predicate calls and must not: names of functions, or what reads other rows.

    Args:
        predicate: as sqlglot parsed it in Spark's dialect.
    """
    for node in predicate.walk():
        if isinstance(node, _OTHER_ROWS) and not _is_higher_order(node):
            yield type(node).__name__.lower()
        elif isinstance(node, exp.Func):
            match = _NAME.match(node.sql(dialect="spark"))
            if match is not None and match[1].lower() not in ALLOWED and not isinstance(node, _OPERATORS):
                yield match[1].lower()
            elif match is None and not isinstance(node, _OPERATORS):
                yield node.sql_name().lower()


def _is_higher_order(node: Any) -> bool:
    """Return whether `exists` is the function of an array and a lambda."""
    return isinstance(node, exp.Exists) and isinstance(node.expression, exp.Lambda)

"""What is wrong with an operator's declaration, found without Spark and without data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from lakesift.errors import StageError
from lakesift.operators.operator import ALL, DOCUMENTS, OUTCOMES, UNCUT, Operator
from lakesift.operators.outcome import CUT_COLUMNS
from lakesift.operators.outcome import OUTCOMES as OUTCOME_TABLE
from lakesift.operators.registry import find, names, shipped
from lakesift.operators.roles import Cuts, Drops, Ingests, Measures, Publishes, Weighs
from lakesift.operators.table import Table
from lakesift.settings import Settings

NAME = re.compile(r"[a-z][a-z0-9_]*")
SQL_STRING = re.compile(r"'(?:[^'\\]|\\.)*'")
SQL_COLUMN = re.compile(r"(?<![\w.])[A-Za-z_]\w*\b(?!\s*\()")
SQL_WORDS = frozenset((
    "not", "and", "or", "is", "null", "in", "like", "between",
    "case", "when", "then", "else", "end", "true", "false", "div", "as",
))  # fmt: skip


def problems_of(operator: Operator) -> list[str]:
    """Return what is wrong with a declaration, a sentence each; none where nothing is.

    Args:
        operator: registered or not.
    """
    try:
        settings_class = operator.settings
    except (TypeError, NameError) as error:
        return [str(error)]
    return [
        *_wrong_names(operator),
        *_undescribed(settings_class),
        *_uncommented(operator),
        *_wrong_role(operator),
        *_wrong_example(operator),
    ]


def example_settings(operator: Operator) -> Settings:
    """Return the settings of an operator's example.

    Raises:
        ValueError: it is not a stage as a recipe writes it, or its settings are wrong.
    """
    found = yaml.safe_load(operator.example)
    if not (
        isinstance(found, list) and len(found) == 1 and isinstance(found[0], dict) and [*found[0]] == [operator.name]
    ):
        raise ValueError(f"not a stage `- {operator.name}: {{settings}}`")
    written = found[0][operator.name] or {}
    return operator.settings.model_validate({name: value for name, value in written.items() if name != "as"})


def check_columns(operator: Operator, returned: Sequence[str]) -> None:
    """Check the columns that an operator returns against those that it declares.

    Raises:
        StageError: they differ; it names both.
    """
    declared = list(operator.writes.columns)
    lacking = [name for name in declared if name not in returned]
    more = [] if operator.writes.open_schema else [name for name in returned if name not in declared]
    if lacking or more:
        raise StageError(
            f"operator {operator.name} returns the columns {', '.join(returned)}",
            expected=f"those that it declares: {', '.join(declared)}",
            next_step="make its function and `writes=` agree",
        )


def known_tables() -> dict[str, Table]:
    """Return the tables of all operators, by the name that a parameter has; those of data sets are named as in examples."""
    found = dict(_shipped_tables())
    for name in names():
        if name not in shipped():
            found |= _tables_of(find(name))
    return found


@cache
def _shipped_tables() -> dict[str, Table]:
    found: dict[str, Table] = {}
    for name in shipped():
        found |= _tables_of(find(name))
    return found | {UNCUT: found[DOCUMENTS], ALL: found[DOCUMENTS], OUTCOMES: OUTCOME_TABLE}


def _tables_of(operator: Operator) -> dict[str, Table]:
    name = operator.writes.name or operator.name
    if operator.table_name is not None:
        name = operator.table_name(example_settings(operator))
    return {name: operator.writes, **{table.name: table for table in operator.more_tables}}


def _wrong_names(operator: Operator) -> Iterator[str]:
    if not NAME.fullmatch(operator.name):
        yield f"the function's name {operator.name} is not of lower-case letters, digits and _"
    module = operator.function.__module__
    if module.startswith("lakesift.") and module.rpartition(".")[2] != operator.name:
        yield f"{module} has an operator {operator.name}: a file is named after its operator"
    if not operator.doc.strip():
        yield "neither its module nor its function has a docstring, which is its page"


def _undescribed(settings: type[BaseModel]) -> Iterator[str]:
    for each in sorted(_models_in(settings, set()), key=lambda found: found.__qualname__):
        for name, field in each.model_fields.items():
            if not field.description:
                yield f"setting {each.__name__}.{name} has no description"


def _models_in(annotation: Any, found: set[type[BaseModel]]) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in found:
        found.add(annotation)
        for field in annotation.model_fields.values():
            _models_in(field.annotation, found)
    for each in get_args(annotation):
        _models_in(each, found)
    return found


def _uncommented(operator: Operator) -> Iterator[str]:
    for table in (operator.writes, *operator.more_tables):
        where = f"table {table.name or operator.name}"
        if not table.row:
            yield f"{where} does not say what a row is"
        yield from (
            f"column {name} of {where} has no comment" for name, each in table.columns.items() if not each.about
        )
        for what, used in (("cluster_by", table.cluster_by), *table.constraints.items()):
            for name in sorted(set(used if what == "cluster_by" else _columns_in(str(used))) - set(table.columns)):
                yield f"{what} of {where} names {name}, which it has no column for"


def _wrong_role(operator: Operator) -> Iterator[str]:
    role, needed = operator.role, set()
    tables = {parameter.name for parameter in operator.parameters}
    if isinstance(role, Drops | Cuts | Weighs):
        needed = {"doc_id"}
        if not tables & {DOCUMENTS, UNCUT}:
            yield f"an operator that {type(role).__name__.lower()} reads {DOCUMENTS} or {UNCUT}"
    if isinstance(role, Drops):
        for expression in filter(None, (role.when, role.reason, role.failed, role.cluster)):
            needed |= _columns_in(expression)
    elif isinstance(role, Cuts):
        needed |= set(CUT_COLUMNS)
    elif isinstance(role, Weighs):
        needed |= {"weight"}
    elif isinstance(role, Publishes):
        needed |= {role.key}
        if operator.leaves_out is None:
            yield "an operator that publishes says in leaves_out= what it leaves out"
    if isinstance(role, Drops | Cuts) and role.reasons is not None and not role.reasons:
        yield "its role has no reasons"
    if isinstance(role, Measures | Publishes) and role.of is not None and role.of not in tables:
        yield f"its role is of {role.of}, which its function does not read"
    for name in sorted(needed - set(operator.writes.columns)):
        yield f"its role needs a column {name}, which its table does not have"


def _columns_in(expression: str) -> set[str]:
    return {name for name in SQL_COLUMN.findall(SQL_STRING.sub("", expression)) if name.lower() not in SQL_WORDS}


def _wrong_example(operator: Operator) -> Iterator[str]:
    try:
        settings = example_settings(operator)
    except (yaml.YAMLError, ValidationError, ValueError, AttributeError) as error:
        yield f"the example {operator.example} is wrong: {error}"
        return
    given: set[str] = set()
    for one in (operator.made, operator.published, operator.external):
        given |= set(one(settings)) if one else set()
    tables = known_tables() | _tables_of(operator)
    for parameter in () if isinstance(operator.role, Ingests) else operator.parameters:
        # Which of the user's own tables are read is for the settings to say: None where they name none.
        is_own = parameter.is_optional and operator.external is not None
        if parameter.name not in tables and parameter.name not in given and not is_own:
            yield f"no operator makes the table {parameter.name}, which its function reads"

"""Find what is wrong between the stages of a recipe, before Spark starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lakesift.documents.rules.rules import DOCUMENT_COLUMNS, LANGUAGES, SCORES, RuleSet, unknown_columns
from lakesift.documents.rules.settings import RuleSettings
from lakesift.errors import nearest
from lakesift.operators.operator import ALL, DOCUMENTS, OUTCOMES, UNCUT, Parameter, Stage
from lakesift.operators.registry import find, shipped
from lakesift.operators.roles import Ingests, Measures
from lakesift.recipe.problems import Problem
from lakesift.recipe.yaml_lines import Path as Where


def cross_checks(stages: Sequence[tuple[int, Stage]], decided: Mapping[str, Sequence[RuleSet]]) -> list[Problem]:
    """Find what is wrong between stages: inputs that no stage makes, signals that no stage measures.

    Args:
        stages: place and stage, of each that is right in itself.
        decided: by stage, its rule sets.
    """
    found: list[Problem] = []
    everyone = [stage for _, stage in stages]
    for number, (place, stage) in enumerate(stages):
        where: Where = ("stages", place, stage.operator.name)
        before = everyone[:number]
        found += [Problem(where, *problem) for problem in _missing_tables(stage, before)]
        columns = _columns(before)
        if any(each.operator.name == DOCUMENTS for each in before):
            lacking = [need for name, need in stage.operator.needs.items() if name not in columns]
            found += [Problem(where, f"needs {what}", step) for what, step in lacking]
        if stage.operator.check is not None:
            found += [
                Problem((*where, *at), what, wanted) for at, what, wanted in stage.operator.check(stage, everyone)
            ]
        if isinstance(stage.settings, RuleSettings) and columns:
            found += _unmeasured(where, stage.settings, columns, decided[stage.name])
    return found


def tables_read(stage: Stage) -> list[tuple[Parameter, str]]:
    """Return the parameters that earlier stages have to fill, each with the table that it stands for."""
    operator, settings = stage.operator, stage.settings
    elsewhere = {
        *(operator.published(settings) if operator.published else ()),
        *(operator.external(settings) if operator.external else ()),
    }
    made = operator.made(settings) if operator.made else {}
    documents = {UNCUT: DOCUMENTS, ALL: DOCUMENTS}
    return [
        (each, made.get(each.name, documents.get(each.name, each.name)))
        for each in operator.reads(settings)
        if each.name not in elsewhere and each.name != OUTCOMES
    ]


def makes(stage: Stage, table: str) -> bool:
    """Return whether a stage makes a table, under its own name or as an instance of the operator that has it."""
    role = stage.operator.role
    if isinstance(role, Ingests):
        return table in role.parts
    return table in (stage.table, stage.operator.writes.name or stage.operator.name)


def _missing_tables(stage: Stage, before: Sequence[Stage]) -> list[tuple[str, str]]:
    if isinstance(stage.operator.role, Ingests):
        return []
    found = []
    for parameter, table in tables_read(stage):
        if not parameter.is_optional and not any(makes(each, table) for each in before):
            found.append((f"reads {table}, which no stage before it makes", f"a stage {_maker(table)} before it"))
    return found


def _maker(table: str) -> str:
    for name in shipped():
        operator = find(name)
        if operator.table_name is None and table in (operator.writes.name or name, *_parts(name)):
            return name
    return "publish" if table.startswith("dataset_") else "that writes it"


def _parts(name: str) -> tuple[str, ...]:
    role = find(name).role
    return tuple(role.parts) if isinstance(role, Ingests) else ()


def _columns(stages: Sequence[Stage]) -> dict[str, set[str]]:
    """Return what rules can name: by struct column, its fields."""
    found: dict[str, set[str]] = {}
    for stage in stages:
        if isinstance(stage.operator.role, Measures) and stage.operator.role.columns is not None:
            for column, fields in stage.operator.role.columns(stage).items():
                found[column] = found.get(column, set()) | set(fields)
    return found


def _unmeasured(
    where: Where, settings: RuleSettings, measured: Mapping[str, set[str]], rule_sets: Sequence[RuleSet]
) -> list[Problem]:
    names = [*DOCUMENT_COLUMNS, *(f"{family}.{field}" for family, fields in measured.items() for field in fields)]
    places = {use.name: place for place, use in enumerate(settings.rules)}
    needs = {rule_set.name: ", ".join(rule_set.signals) for rule_set in rule_sets}
    # A step that is missing is one problem, however many rules ask for what it measures.
    first: dict[tuple[str, str], tuple[str, str]] = {}
    for rule_set, rule, column in unknown_columns(rule_sets, dict(measured)):
        family = column.partition(".")[0]
        first.setdefault((rule_set, column if family in measured else family), (rule, column))
    return [
        Problem(
            (*where, "rules", places.get(rule_set, 0)),
            f"{rule_set}.{rule} reads {column}, which nothing before it measures{nearest(column, names)}",
            _measuring(column, needs[rule_set], measured),
        )
        for (rule_set, _), (rule, column) in first.items()
    ]


def _measuring(column: str, families: str, measured: Mapping[str, set[str]]) -> str:
    family = column.partition(".")[0]
    if family != SCORES and measured.get(family):
        return f"one of {family}: {', '.join(sorted(measured[family]))}"
    if column.startswith(f"{LANGUAGES}."):
        return "documents.language.also with its identifier, or documents.language.shares"
    if column.startswith(f"{SCORES}."):
        return "its scorer in score.scorer or score.also, and the rule set in a stage score_verdicts after it"
    if "." not in column:
        return f"{', '.join(DOCUMENT_COLUMNS)}, or a signal as `family.name`"
    return f"a step `- signals: [{families}]` (or `- edit:`) in documents"

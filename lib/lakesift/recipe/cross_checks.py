"""What can be wrong between the stages of a recipe, found before Spark starts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from lakesift.dedup.shared.settings import NearDuplicateSettings
from lakesift.documents.measuring.measure import DocumentsSettings, signal_columns
from lakesift.documents.measuring.steps import MinHashStep, all_steps
from lakesift.documents.rules.rules import DOCUMENT_COLUMNS, LANGUAGES, SCORES, RuleSet, unknown_columns
from lakesift.errors import nearest
from lakesift.lake.tables import TABLES
from lakesift.operators.stage_kinds import (
    INGEST,
    SITE_TEMPLATES,
    ScoreSettings,
    ScoreVerdictsSettings,
    VerdictsSettings,
)
from lakesift.operators.stages import STAGES
from lakesift.publish.publishing import IndexSettings, PublishSettings
from lakesift.recipe.problems import Problem
from lakesift.recipe.yaml_lines import Path as Where
from lakesift.settings import Settings


def cross_checks(
    stages: Sequence[tuple[int, str, Settings]], decided: Mapping[str, Sequence[RuleSet]]
) -> list[Problem]:
    """What is wrong between stages: inputs that nobody makes, signals that nobody measures.

    Args:
        stages: place, name and settings of each stage that is right in itself.
        decided: by stage, its rule sets.
    """
    found: list[Problem] = []
    before: list[str] = []
    made: set[str] = set()
    documents = next((settings for _, _, settings in stages if isinstance(settings, DocumentsSettings)), None)
    for place, name, settings in stages:
        where: Where = ("stages", place, name)
        for table in STAGES[name].reads(settings, before):
            if table not in made:
                maker = next(
                    (other for other in STAGES if other != INGEST and table in TABLES and _makes(other, table)), INGEST
                )
                found.append(
                    Problem(where, f"reads {table}, which no stage before it makes", f"a stage {maker} before it")
                )
        if name == SITE_TEMPLATES and "documents" in before:
            found.append(
                Problem(where, "stands behind documents, which cuts what it finds", "a place before documents")
            )
        before.append(name)
        made |= {"pages", "links", "quarantine"} if name == INGEST else {STAGES[name].writes(settings)}
        needs_minhash = isinstance(settings, NearDuplicateSettings | IndexSettings)
        if needs_minhash and documents and not _has_minhash(documents):
            found.append(Problem(where, "needs MinHash bands", "a step `- minhash: {}` in documents"))
        if isinstance(settings, IndexSettings):
            found += _other_base(where, settings, [each for _, _, each in stages])
        if isinstance(settings, VerdictsSettings) and documents:
            scored = isinstance(settings, ScoreVerdictsSettings)
            scores = {
                name for _, _, each in stages if scored and isinstance(each, ScoreSettings) for name in each.names
            }
            found += _unmeasured(where, settings, documents, decided[name], scores)
    return found


def _other_base(where: Where, settings: IndexSettings, stages: Sequence[Settings]) -> list[Problem]:
    """The index is of what is published: what both stages say of that must be the same."""
    found = []
    for each in stages:
        if isinstance(each, PublishSettings) and each.dataset == settings.dataset:
            for name in ("add_to", "without_sites"):
                own, wanted = (json.dumps(one.model_dump(mode="json")[name]) for one in (settings, each))
                if own != wanted:
                    same = f"the same: --set 'index.{name}={wanted}', or --set 'publish.{name}={own}'"
                    found.append(Problem((*where, name), f"is {own}, publish.{name} {wanted}", same))
    return found


def _makes(stage: str, table: str) -> bool:
    return not stage.startswith(("publish", "index")) and STAGES[stage].writes(None) == table


def _has_minhash(documents: DocumentsSettings) -> bool:
    return any(isinstance(step, MinHashStep) for step in all_steps(documents.steps))


def _unmeasured(
    where: Where,
    settings: VerdictsSettings,
    documents: DocumentsSettings,
    rule_sets: Sequence[RuleSet],
    scores: set[str],
) -> list[Problem]:
    measured = {SCORES: scores} | {family: set(fields) for family, fields in signal_columns(documents).items()}
    names = [*DOCUMENT_COLUMNS, *(f"{family}.{field}" for family, fields in measured.items() for field in fields)]
    places = {use.name: place for place, use in enumerate(settings.rules)}
    needs = {rule_set.name: ", ".join(rule_set.signals) for rule_set in rule_sets}
    # A step that is missing is one problem, however many rules ask for what it measures.
    first: dict[tuple[str, str], tuple[str, str]] = {}
    for rule_set, rule, column in unknown_columns(rule_sets, measured):
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

"""Which stages are up to date: inputs at pinned versions, fingerprints, and the commits that carry them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lakesift.documents.rules.settings import RuleSettings
from lakesift.engine.fingerprints import code_digest, fingerprint, function_digest
from lakesift.errors import StageError
from lakesift.lake.commits import Commit
from lakesift.lake.external import checksum_of
from lakesift.lake.lake import Lake
from lakesift.operators import outcome
from lakesift.operators.names import INGESTED
from lakesift.operators.operator import DOCUMENTS, OUTCOMES, UNCUT, Operator, Stage
from lakesift.operators.registry import is_registered
from lakesift.operators.roles import OUTCOME_ROLES, Weighs
from lakesift.recipe.cross_checks import makes, tables_read
from lakesift.recipe.recipe import Recipe

ScorerVersions = Callable[[str, str], str]
"""(name, alias) -> resolved version; raises ScorerError where there is none."""
Tables = Mapping[str, int | None]


@dataclass(frozen=True)
class Planned:
    """One stage as it stands against a lake.

    Attributes:
        stage: name, operator and settings.
        place: of the stage in the recipe, from 0.
        parameters: by parameter, the tables that it reads with their versions; None where one is not written yet.
        deciding: the stages before whose tables say what became of documents, as far as this stage sees them.
        fingerprint: of settings, inputs, code and models; None while an input is missing.
        version: the output version that carries this fingerprint; None: the stage has to run.
        scorers: resolved version by scorer name.
        why: why a stage that has run with these settings has to run again; empty where it has not, or need not.
    """

    stage: Stage
    place: int
    parameters: Mapping[str, Tables]
    deciding: tuple[tuple[int, Stage], ...]
    fingerprint: str | None = None
    version: int | None = None
    scorers: Mapping[str, str] = field(default_factory=dict)
    why: str = ""

    @property
    def writes(self) -> str:
        """Return the name of the output table."""
        return self.stage.table

    @property
    def reads(self) -> dict[str, int | None]:
        """Return all input tables with their versions."""
        return {table: version for tables in self.parameters.values() for table, version in tables.items()}

    @property
    def reads_ingested(self) -> list[str]:
        """Return the tables among its inputs that sources are taken into."""
        return [table for table in self.reads if table in INGESTED]

    @property
    def inputs(self) -> dict[str, int]:
        """Return the input versions, all known."""
        return {table: version for table, version in self.reads.items() if version is not None}


def plan_stage(
    recipe: Recipe,
    stage: Stage,
    lake: Lake | None,
    versions: Mapping[str, int],
    pinned: Mapping[str, Mapping[str, int]],
    scorer_versions: ScorerVersions,
    taken_in: str = "",
) -> Planned:
    """Find out how one stage stands, given the versions of the tables before it.

    Args:
        recipe: the recipe.
        stage: one of its stages, not `ingest`.
        lake: None for a lake that does not exist yet.
        versions: table -> version of everything that earlier stages settled.
        pinned: by parameter, versions of published tables that this stage reads, see `pins`.
        scorer_versions: how a scorer's alias is resolved.
        taken_in: print of which rows of `pages` and `links` the recipe sees.
    """
    place = recipe.stages.index(stage)
    before = recipe.stages[:place]
    deciding = tuple(
        (number, each)
        for number, each in enumerate(before)
        if isinstance(each.operator.role, OUTCOME_ROLES) and _sees(stage.operator, each)
    )
    parameters = {**_tables(stage, before, deciding, versions), **pinned}
    planned = Planned(stage, place, parameters, deciding)
    if None in planned.reads.values():
        return planned
    names = stage.operator.scorer_names(stage.settings) if stage.operator.scorer_names else ()
    scorers = {name: scorer_versions(name, alias) for name, alias in names}
    facts = stage_facts(recipe, stage, planned.inputs, scorers)
    if planned.reads_ingested:
        facts["taken_in"] = taken_in
    print_ = fingerprint(facts)
    commits = lake.history(stage.table) if lake is not None else []
    version = next((each.version for each in commits if each.facts.get("fingerprint") == print_), None)
    why = "" if version is not None else _why(facts, commits)
    return Planned(stage, place, parameters, deciding, print_, version, scorers, why)


def need_inputs(recipe: Recipe, planned: Planned) -> None:
    """Check that all that a stage reads is there.

    Raises:
        StageError: a table is not up to date; the message names the stage that makes it.
    """
    for table, version in planned.reads.items():
        if version is None:
            maker = next((stage.name for stage in recipe.stages if makes(stage, table)), planned.stage.name)
            raise StageError(
                f"stage {planned.stage.name} needs {table}, which is not up to date", next_step=f"add --from {maker}"
            )


def _why(facts: Mapping[str, Any], commits: Sequence[Commit]) -> str:
    """Say why a stage runs again that has run on the same inputs with the same settings."""
    same = {"settings": facts["settings"], "inputs": facts["inputs"]}
    before = next((each for each in commits if same.items() <= each.facts.items()), None)
    if before is None:
        return ""
    if "operator" not in before.facts:
        return "an earlier lakesift made its table, whose fingerprint was of all code; later stages follow, once"
    if before.facts.get("code") != facts["code"]:
        return "its code has changed since, and later stages follow"
    return "a model, a file or a rule that it reads has changed since, and later stages follow"


def _sees(operator: Operator, other: Stage) -> bool:
    """Return whether an operator sees what another stage made of documents; weights are only for who reads outcomes."""
    if operator.takes(OUTCOMES):
        return True
    return not isinstance(other.operator.role, Weighs) and (operator.takes(DOCUMENTS) or operator.takes(UNCUT))


def _tables(
    stage: Stage, before: Sequence[Stage], deciding: Sequence[tuple[int, Stage]], versions: Mapping[str, int]
) -> dict[str, Tables]:
    found: dict[str, Tables] = {}
    for parameter, table in tables_read(stage):
        makers = [each for each in before if makes(each, table)]
        names = [table if each.operator.more_tables else each.table for each in makers]
        if parameter.has_many:
            found[parameter.name] = {name: versions.get(name) for name in names}
        elif names:
            # The nearest of several instances.
            found[parameter.name] = {names[-1]: versions.get(names[-1])}
    if deciding:
        found[OUTCOMES] = {each.table: versions.get(each.table) for _, each in deciding}
    return found


def stage_facts(recipe: Recipe, stage: Stage, inputs: Mapping[str, int], scorers: Mapping[str, str]) -> dict[str, Any]:
    """Return everything that decides what a stage writes."""
    operator, settings = stage.operator, stage.settings
    external = operator.external(settings) if operator.external else {}
    facts: dict[str, Any] = {
        "stage": stage.name,
        "operator": operator.name,
        "settings": settings.model_dump(mode="json"),
        "inputs": dict(inputs),
        "code": code_of(stage),
        "scorers": dict(scorers),
        "files": dict(operator.files(settings) if operator.files else {}),
        "external": {name: checksum_of(each.path) for name, each in external.items()},
    }
    if isinstance(settings, RuleSettings):
        facts["rule_sets"] = [rule_set.model_dump(mode="json") for rule_set in recipe.rule_sets_of(stage.name)]
    return facts


def code_of(stage: Stage) -> str:
    """Digest the code that decides what a stage writes: its operator's, that of what its settings name, that of outcomes.

    What an operator sees of the stages before it is made by `operators.outcome`, which it need not import.
    """
    operator = stage.operator
    modules = [*(operator.code(stage.settings) if operator.code else ())]
    if any(map(operator.takes, (DOCUMENTS, UNCUT, OUTCOMES))):
        modules.append(outcome.__name__)
    own = [function_digest(each) for each in (operator.own_code(stage.settings) if operator.own_code else ())]
    if is_registered(operator.name):
        own.append(function_digest(operator.function))
    else:
        modules.append(operator.function.__module__)
    return " ".join([f"v{operator.version}", code_digest(modules), *own])

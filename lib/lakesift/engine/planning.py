"""Which stages are up to date: inputs at pinned versions, fingerprints, and the commits that carry them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lakesift.documents.measuring.measure import DocumentsSettings
from lakesift.engine.fingerprints import code_version, fingerprint
from lakesift.lake.datasets import pinned_version
from lakesift.lake.lake import Lake
from lakesift.operators.stage_kinds import StageKind, VerdictsSettings
from lakesift.operators.stages import STAGES
from lakesift.recipe.recipe import Recipe, Stage

ScorerVersions = Callable[[str, str], str]
"""(name, alias) -> resolved version; raises ScorerError where there is none."""


@dataclass(frozen=True)
class Planned:
    """One stage as it stands against a lake.

    Attributes:
        stage: name and settings.
        reads: input tables with the version that the stage would read; None where it is not written yet.
        writes: the output table.
        fingerprint: of settings, inputs, code and models; None while an input is missing.
        version: the output version that carries this fingerprint; None: the stage has to run.
        scorers: resolved version by scorer name.
    """

    stage: Stage
    reads: Mapping[str, int | None]
    writes: str
    fingerprint: str | None
    version: int | None
    scorers: Mapping[str, str] = field(default_factory=dict)

    @property
    def inputs(self) -> dict[str, int]:
        """The input versions, all known."""
        return {table: version for table, version in self.reads.items() if version is not None}


def plan_stage(
    recipe: Recipe,
    stage: Stage,
    lake: Lake | None,
    versions: Mapping[str, int],
    pinned: Mapping[str, int],
    scorer_versions: ScorerVersions,
) -> Planned:
    """How one stage stands, given the versions of the tables before it.

    Args:
        recipe: the recipe.
        stage: one of its stages, not `ingest`.
        lake: None for a lake that does not exist yet.
        versions: table -> version of everything that earlier stages settled.
        pinned: those of published tables that this stage reads, see `pins`.
        scorer_versions: how a scorer's alias is resolved.
    """
    kind = STAGES[stage.name]
    before = [other.name for other in recipe.stages[: recipe.stages.index(stage)]]
    reads = {table: versions.get(table) for table in kind.reads(stage.settings, before)}
    reads |= pinned
    writes = kind.writes(stage.settings)
    if None in reads.values():
        return Planned(stage, reads, writes, None, None)
    scorers = {name: scorer_versions(name, alias) for name, alias in kind.scorers(stage.settings)}
    print_ = fingerprint(stage_facts(recipe, stage, kind, reads, scorers))
    return Planned(stage, reads, writes, print_, find_version(lake, writes, print_), scorers)


def pins(recipe: Recipe, lake: Lake | None) -> dict[str, dict[str, int]]:
    """By stage, the versions of published tables that it reads beside what the recipe makes.

    Raises:
        UsageError: one is not there, or an index that the recipe's documents cannot be compared with.
    """
    documents = next((each.settings for each in recipe.stages if isinstance(each.settings, DocumentsSettings)), None)
    return {
        stage.name: {
            table: pinned_version(lake, table, reference, documents)
            for table, reference in STAGES[stage.name].pinned(stage.settings).items()
        }
        for stage in recipe.stages
    }


def stage_facts(
    recipe: Recipe, stage: Stage, kind: StageKind, reads: Mapping[str, int | None], scorers: Mapping[str, str]
) -> dict[str, Any]:
    """Everything that decides what a stage writes."""
    facts: dict[str, Any] = {
        "stage": stage.name,
        "settings": stage.settings.model_dump(mode="json"),
        "inputs": dict(reads),
        "code": code_version(),
        "scorers": dict(scorers),
        "files": kind.files(stage.settings),
    }
    if isinstance(stage.settings, VerdictsSettings):
        facts["rule_sets"] = [rule_set.model_dump(mode="json") for rule_set in recipe.rule_sets_of(stage.name)]
    return facts


def find_version(lake: Lake | None, table: str, print_: str) -> int | None:
    """Newest version of a table that carries a fingerprint."""
    if lake is None:
        return None
    return next((commit.version for commit in lake.history(table) if commit.facts.get("fingerprint") == print_), None)


def measured_documents(lake: Lake) -> Iterator[tuple[int, DocumentsSettings]]:
    """Versions of `documents`, newest first, each with the settings that it was measured with."""
    for commit in lake.history("documents"):
        # A commit without settings has no rows: it only sets the clustering.
        if "settings" in commit.facts:
            yield commit.version, DocumentsSettings.model_validate(commit.facts["settings"])

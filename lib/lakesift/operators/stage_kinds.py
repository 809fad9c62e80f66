"""What a stage is: its settings, what it gets from the runner, and how it accounts for its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import fsspec
from pydantic import Field, field_validator, model_validator
from pyspark.sql import DataFrame

from lakesift.balance.metaclip.images import PairSettings
from lakesift.documents.rules.rules import RuleSet, Threshold
from lakesift.errors import UsageError
from lakesift.scorers.models.settings import EnsembleSettings
from lakesift.scorers.scoring.scoring import Scorer
from lakesift.settings import Settings
from lakesift.text.language.identify import LanguageSettings

INGEST = "ingest"
SITE_TEMPLATES = "site_templates"
Inputs = Mapping[str, DataFrame]


@dataclass(frozen=True)
class Context:
    """What the runner hands to a stage beside its inputs.

    Attributes:
        rule_sets: of the stage, thresholds filled in.
        scorers: resolved, in the order in which the stage names them.
        stage_table: writes a frame aside under a name and reads it back.
    """

    rule_sets: tuple[RuleSet, ...]
    scorers: Sequence[Scorer]
    stage_table: Callable[[DataFrame, str], DataFrame]


@dataclass(frozen=True)
class Account:
    """How a stage's rows add up: those it had, those it passed on, and one row with a reason for each of the rest.

    `counts` has what else is told of them: name STRING, count BIGINT.
    """

    rows_in: DataFrame
    rows_out: DataFrame
    rejected: DataFrame | None = None
    funnel: DataFrame | None = None
    counts: DataFrame | None = None


def _entries(value: Any, key: str) -> Any:
    """A list in which a bare name stands for the entry that has nothing but it."""
    return [{key: item} if isinstance(item, str) else item for item in value] if isinstance(value, list) else value


class RuleUse(Settings):
    """A rule set of a recipe; `languages` restricts it to documents of these languages."""

    name: str
    languages: tuple[str, ...] = ()


class VerdictsSettings(Settings):
    """Which rules decide, in order, and with which thresholds where they differ from the published ones."""

    rules: tuple[RuleUse, ...] = Field(min_length=1)
    languages: tuple[str, ...] = Field(
        default=(),
        description="language files whose thresholds hold, a path each or a name in conf/languages; what they say of rule "
        "sets that the recipe does not use is left out, and what they say of words is for documents.resources.languages",
    )
    thresholds: dict[str, dict[str, dict[str, Threshold]]] = Field(
        default_factory=dict,
        description="by rule set, rule and name, after those of `languages`: a value for every language, or a map by "
        "language, which leaves the other languages as they are",
    )

    @field_validator("rules", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        return _entries(value, "name")


class PairStageSettings(PairSettings):
    """Which images become pairs, and how the language of a caption is told."""

    language: LanguageSettings = LanguageSettings()


class NoSettings(Settings):
    """A stage without settings."""


class ScoreVerdictsSettings(VerdictsSettings):
    """The same over scores: rules name `scores.NAME` beside signals, and decide over the documents that are left."""


class ScorerUse(Settings):
    """A registered scorer, by its name and alias."""

    scorer: str
    alias: str = "champion"


class ScoreSettings(ScorerUse):
    """Which registered scorers are applied to the documents that are left, and which value is their `score`."""

    also: tuple[ScorerUse, ...] = Field(
        default=(),
        description="further scorers, by name or with an alias; score_verdicts can name each one's score, scores.NAME",
    )
    ensemble: EnsembleSettings | None = Field(
        default=None, description="the scorers' ensemble gives `score`; none: the first scorer gives it"
    )

    @field_validator("also", mode="before")
    @classmethod
    def _scorer_names(cls, value: Any) -> Any:
        return _entries(value, "scorer")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.names)) < len(self.names):
            raise ValueError(f"a scorer stands twice: {', '.join(self.names)}")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Of all scorers, in their order."""
        return (self.scorer, *(other.scorer for other in self.also))


@dataclass(frozen=True)
class StageKind:
    """One kind of stage.

    Attributes:
        settings: its settings class.
        reads: tables it reads, given its settings and the names of the stages before it, in their order.
        writes: the table it writes.
        build: inputs, settings, context -> rows of the output table.
        account: inputs, output, settings, context -> how the rows add up.
        scorers: (name, alias) of the scorers it applies.
        files: digest of each file it reads beside tables, by path.
        pinned: by table, the `name@version` of a data set in whose version it is read too; a stage that so reads the
            table it writes adds its rows to that version.
        taken_over: the rows of that version, inputs, settings -> those that stay; the same frame where all do.
    """

    settings: type[Settings]
    reads: Callable[[Any, Sequence[str]], Sequence[str]]
    writes: Callable[[Any], str]
    build: Callable[[Inputs, Any, Context], DataFrame]
    account: Callable[[Inputs, DataFrame, Any, Context], Account]
    scorers: Callable[[Any], Sequence[tuple[str, str]]] = lambda settings: ()
    files: Callable[[Any], Mapping[str, str]] = lambda settings: {}
    pinned: Callable[[Any], Mapping[str, str]] = lambda settings: {}
    taken_over: Callable[[DataFrame, Inputs, Any], DataFrame] = lambda base, inputs, settings: base


def digests(*paths: str | Path | None) -> Mapping[str, str]:
    """SHA-256 of each file that a stage reads beside its tables.

    Raises:
        UsageError: one is not there.
    """
    found: dict[str, str] = {}
    for path in filter(None, paths):
        try:
            with fsspec.open(str(path), "rb") as file:
                found[str(path)] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror or error}", next_step="check the path") from error
    return found

"""Apply registered scorers to the kept documents: one, several side by side, or the ensemble of several.

The ensemble is Nemotron-CC's (arXiv 2412.02595, section 2.2): each scorer's documents in buckets of equal size.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Self

from pydantic import Field, field_validator, model_validator
from pyspark.sql import DataFrame

from lakesift.operators.operator import Materialize, Operator, Stage
from lakesift.operators.roles import Measures
from lakesift.operators.table import DOC_ID, Column, Double, String, Table
from lakesift.scorers.models.settings import EnsembleSettings
from lakesift.scorers.scoring.scoring import Scorer, scored
from lakesift.settings import Settings


class ScorerUse(Settings):
    """A registered scorer, by its name and alias."""

    scorer: str = Field(description="its name in the registry")
    alias: str = Field(default="champion", description="its alias there")


class ScoreSettings(ScorerUse):
    """Which registered scorers are applied to the kept documents, and which value is their `score`."""

    also: tuple[ScorerUse, ...] = Field(
        default=(),
        description="further scorers, by name or with an alias; score_verdicts can name each one's score, scores.NAME",
    )
    ensemble: EnsembleSettings | None = Field(
        default=None, description="the scorers' ensemble gives `score`; none: the first scorer gives it"
    )

    @field_validator("also", mode="before", json_schema_input_type=tuple[str | ScorerUse, ...])
    @classmethod
    def _scorer_names(cls, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return [{"scorer": item} if isinstance(item, str) else item for item in value]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.names)) < len(self.names):
            raise ValueError(f"a scorer stands twice: {', '.join(self.names)}")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all scorers, in order."""
        return (self.scorer, *(other.scorer for other in self.also))


def score(
    documents: DataFrame, scorers: Sequence[Scorer], settings: ScoreSettings, materialize: Materialize
) -> DataFrame:
    """Score the kept documents.

    Args:
        documents: doc_id, text.
        scorers: resolved, in the order in which the settings name them.
        settings: see `ScoreSettings`.
        materialize: see `scoring.scoring.scored`.

    Returns:
        One row a document.
    """
    return scored(documents, scorers, settings.ensemble, materialize)


def scorer_names(settings: ScoreSettings) -> Sequence[tuple[str, str]]:
    """Return name and alias of each scorer."""
    return [(each.scorer, each.alias) for each in (settings, *settings.also)]


def columns(stage: Stage) -> Mapping[str, Collection[str]]:
    """Return what rules can name: each scorer, or the name that `as:` gave the stage."""
    return {"scores": set(stage.settings.names) if stage.name == "score" else {stage.name}}


OPERATOR = Operator(
    score,
    role=Measures(of="documents", columns=columns),
    writes=Table(
        "the score of one document by one scorer version, or by an ensemble of several",
        {
            "doc_id": DOC_ID,
            "scorer": String("ensemble: of all in scores"),
            "model_version": String("in the registry"),
            "score": Double("0 to 1, of an ensemble the number of a bucket"),
            "scores": Column("MAP<STRING, DOUBLE>", "by scorer, 0 to 1", null="none"),
        },
        "scores",
    ),
    example="- score: {scorer: quality, alias: champion}",
    scorer_names=scorer_names,
)

"""Settings of a training: the scorer's name, its kind, and what is held out to measure it."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SerializeAsAny, field_validator

from lakesift.errors import nearest
from lakesift.scorers.models.kinds import KINDS, Kind
from lakesift.scorers.models.settings import FastTextSettings
from lakesift.settings import Settings


class ScorerTraining(Settings):
    """One training: the scorer's name, its kind, and what is held out to measure it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Name in the registry and in table scores.")
    alias: str = Field(
        default="champion",
        pattern=r"^[A-Za-z][\w-]*$",
        description="Alias that the new version gets; recipes name it.",
    )
    model: SerializeAsAny[Settings] = Field(
        default=FastTextSettings(),
        description="The settings of a kind, named in `kind`: fasttext, spark_nlp or one's own.",
    )
    held_out_share: float = Field(default=0.2, gt=0, lt=1, description="Share of the documents that measures; ours.")
    seed: int = Field(default=1, ge=0, description="Of the split.")
    training_rows: int = Field(
        default=200_000, ge=2, description="Most documents that train; DCLM's released model: 200,000."
    )
    held_out_rows: int = Field(
        default=100_000, ge=2, description="About the most documents that measure: their scores are collected; ours."
    )
    keep_shares: tuple[float, ...] = Field(
        default=(0.1, 0.25, 0.5), description="Shares of best scores to report precision and recall at; DCLM keeps 0.1."
    )

    @field_validator("model", mode="before")
    @classmethod
    def _of_a_kind(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        name = value.get("kind", FastTextSettings.model_fields["kind"].default)
        if name not in KINDS:
            raise ValueError(f"no kind of scorer is called {name}{nearest(str(name), KINDS)}")
        return KINDS[name].settings.model_validate(value)

    @field_validator("alias")
    @classmethod
    def _not_reserved(cls, alias: str) -> str:
        if alias.lower() == "latest" or alias[1:].isdigit():
            raise ValueError(f"{alias} is a word of MLflow's own")
        return alias

    @property
    def kind(self) -> Kind:
        """Return the kind of the scorer."""
        return KINDS[self.model.model_dump()["kind"]]

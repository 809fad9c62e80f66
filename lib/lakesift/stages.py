"""The registry of stages: what each reads and writes, the pure function that does it, and how its rows add up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.dedup.near_duplicates import near_duplicates
from lakesift.dedup.settings import NearDuplicateSettings
from lakesift.publishing import (
    PublishPairsSettings,
    PublishSettings,
    dataset_of_documents,
    dataset_of_pairs,
    fates,
)
from lakesift.settings import Settings
from lakesift.text.measure import DocumentsSettings, first_pages, measure_documents
from lakesift.text.rules import RuleSet, Threshold, decide, funnel
from lakesift.tables import DATASET_PREFIX, PAIRS_PREFIX

INGEST = "ingest"
Inputs = Mapping[str, DataFrame]


@dataclass(frozen=True)
class Scorer:
    """A resolved scorer: its version in the registry and the local folder of its model."""

    version: str
    folder: Path


@dataclass(frozen=True)
class Context:
    """What the runner hands to a stage beside its inputs.

    Attributes:
        rule_sets: of the recipe, thresholds filled in.
        scorers: by name.
        stage_table: writes a frame aside under a name and reads it back.
    """

    rule_sets: tuple[RuleSet, ...]
    scorers: Mapping[str, Scorer]
    stage_table: Callable[[DataFrame, str], DataFrame]


@dataclass(frozen=True)
class Account:
    """How a stage's rows add up: those it had, those it passed on, and one row with a reason for each of the rest."""

    rows_in: DataFrame
    rows_out: DataFrame
    rejected: DataFrame | None = None
    funnel: DataFrame | None = None


class RuleUse(Settings):
    """A rule set of a recipe; `languages` restricts it to documents of these languages."""

    name: str
    languages: tuple[str, ...] = ()


class VerdictsSettings(Settings):
    """Which rules decide, in order; thresholds that differ from the published ones by rule set, rule and name."""

    rules: tuple[RuleUse, ...] = Field(min_length=1)
    thresholds: dict[str, dict[str, dict[str, Threshold]]] = Field(default_factory=dict)

    @field_validator("rules", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        return [{"name": item} if isinstance(item, str) else item for item in value] if isinstance(value, list) else value


class ScoreSettings(Settings):
    """Which registered scorer is applied to the documents that the rules keep."""

    scorer: str
    alias: str = "champion"


@dataclass(frozen=True)
class StageKind:
    """One kind of stage.

    Attributes:
        settings: its settings class.
        reads: tables it reads, given its settings and the names of the recipe's stages.
        writes: the table it writes.
        build: inputs, settings, context -> rows of the output table.
        account: inputs, output, settings, context -> how the rows add up.
        scorers: (name, alias) of the scorers it applies.
        files: digest of each file it reads beside tables, by path.
    """

    settings: type[Settings]
    reads: Callable[[Any, frozenset[str]], Sequence[str]]
    writes: Callable[[Any], str]
    build: Callable[[Inputs, Any, Context], DataFrame]
    account: Callable[[Inputs, DataFrame, Any, Context], Account]
    scorers: Callable[[Any], Sequence[tuple[str, str]]] = lambda settings: ()
    files: Callable[[Any], Mapping[str, str]] = lambda settings: {}


def kept_documents(inputs: Inputs) -> DataFrame:
    """The documents that the rules keep, with their score where there is one."""
    kept = inputs["documents"].join(inputs["verdicts"].where("kept").select("doc_id"), "doc_id")
    return kept.join(inputs["scores"].select("doc_id", "score"), "doc_id", "left") if "scores" in inputs else kept


def _documents(inputs: Inputs, settings: DocumentsSettings, context: Context) -> DataFrame:
    return measure_documents(first_pages(inputs["pages"])[0], settings)


def _documents_account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
    return Account(inputs["pages"], output, first_pages(inputs["pages"])[1])


def _verdicts(inputs: Inputs, settings: VerdictsSettings, context: Context) -> DataFrame:
    return decide(inputs["documents"], context.rule_sets)


def _verdicts_account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
    rules = [name for rule_set in context.rule_sets for name, _ in rule_set.predicates()]
    return Account(inputs["documents"], output, None, funnel(output, rules))

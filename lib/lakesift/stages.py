"""The registry of stages: what each reads and writes, the pure function that does it, and how its rows add up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
from pydantic import Field, field_validator
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.balance.entries import EntrySettings, build_entries
from lakesift.balance.matching import match_pairs
from lakesift.balance.pairs import PairSettings, images_of, pairs_of, rejected_images, with_languages
from lakesift.balance.sampling import CountSettings, DrawSettings, count_entries, draw
from lakesift.conf_files import nearest
from lakesift.crawl.ingest import IngestSettings
from lakesift.dedup.near_duplicates import near_duplicates
from lakesift.dedup.settings import NearDuplicateSettings
from lakesift.positions import Path as Where
from lakesift.publishing import PublishPairsSettings, PublishSettings, dataset_of_documents, dataset_of_pairs, fates
from lakesift.recipe_errors import Problem
from lakesift.scorers.scoring import score
from lakesift.settings import Settings
from lakesift.tables import DATASET_PREFIX, PAIRS_PREFIX, TABLES
from lakesift.text.buffers import buffers_of
from lakesift.text.language import LanguageSettings, identify
from lakesift.text.measure import DocumentsSettings, first_pages, measure_documents, signal_columns
from lakesift.text.rules import RuleSet, Threshold, decide, funnel, unknown_columns
from lakesift.text.steps import MinHashStep

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
        return (
            [{"name": item} if isinstance(item, str) else item for item in value] if isinstance(value, list) else value
        )


class PairStageSettings(PairSettings):
    """Which images become pairs, and how the language of a caption is told."""

    language: LanguageSettings = LanguageSettings()


class NoSettings(Settings):
    """A stage without settings."""


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


def _by_ingestion(*_: Any) -> Any:
    raise AssertionError("ingest reads archives and not tables: lakesift.ingestion does it")


def _documents(inputs: Inputs, settings: DocumentsSettings, context: Context) -> DataFrame:
    return measure_documents(first_pages(inputs["pages"])[0], settings)


def _documents_account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
    return Account(inputs["pages"], output, first_pages(inputs["pages"])[1])


def _verdicts(inputs: Inputs, settings: VerdictsSettings, context: Context) -> DataFrame:
    return decide(inputs["documents"], context.rule_sets)


def _verdicts_account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
    rules = [name for rule_set in context.rule_sets for name, _ in rule_set.predicates()]
    return Account(inputs["documents"], output, None, funnel(output, rules))


def _score(inputs: Inputs, settings: ScoreSettings, context: Context) -> DataFrame:
    model = context.scorers[settings.scorer]
    return score(kept_documents(inputs), settings.scorer, model.version, model.folder)


def _score_account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
    return Account(kept_documents(inputs).select("doc_id"), output)


def _near_duplicates(inputs: Inputs, settings: NearDuplicateSettings, context: Context) -> DataFrame:
    return near_duplicates(kept_documents(inputs), settings, context.stage_table)


def _near_duplicates_account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
    kept = kept_documents(inputs).select("doc_id", "language", "words")
    dropped = output.where("doc_id <> keeper_id").select("doc_id", F.lit("near_duplicate").alias("reason"))
    flagged = kept.join(dropped, "doc_id", "left")
    verdicts = flagged.select("language", "words", F.array_compact(F.array("reason")).alias("failed"))
    return Account(kept, kept.join(dropped, "doc_id", "left_anti"), dropped, funnel(verdicts, ["near_duplicate"]))


def _publish(inputs: Inputs, settings: PublishSettings, context: Context) -> DataFrame:
    return dataset_of_documents(inputs["documents"], _fates(inputs, settings))


def _fates(inputs: Inputs, settings: PublishSettings) -> DataFrame:
    return fates(inputs["verdicts"], inputs.get("duplicates"), inputs.get("scores"), settings)


def _publish_account(inputs: Inputs, output: DataFrame, settings: PublishSettings, context: Context) -> Account:
    return Account(inputs["documents"], output, _fates(inputs, settings).where("reason IS NOT NULL"))


def _pairs(inputs: Inputs, settings: PairStageSettings, context: Context) -> DataFrame:
    pairs = pairs_of(images_of(inputs["links"], settings))
    return with_languages(pairs, lambda captions: identify(buffers_of(captions), settings.language))


def _pairs_account(inputs: Inputs, output: DataFrame, settings: PairStageSettings, context: Context) -> Account:
    images = images_of(inputs["links"], settings)
    return Account(images, output, rejected_images(images))


def _entries(inputs: Inputs, settings: EntrySettings, context: Context) -> DataFrame:
    captions = inputs["pairs"].select(F.col("caption").alias("text"))
    spark = captions.sparkSession
    return build_entries(settings, lines=spark.read.text(settings.file) if settings.file else None, texts=captions)


def _entries_account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
    return Account(output, output)


def _match(inputs: Inputs, settings: Settings, context: Context) -> DataFrame:
    # Entries are metadata of bounded size (EntrySettings.max_entries): the workers get them with the plan.
    listed: Any = inputs["entries"].where("matchable").select("entry_id", "entry").orderBy("entry_id").toPandas()
    return match_pairs(inputs["pairs"], list(zip(listed["entry_id"].tolist(), listed["entry"].tolist(), strict=True)))


def _publish_pairs_account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
    reason = F.when(F.col("probability") == 0, "no_entry").otherwise("not_drawn").alias("reason")
    return Account(inputs["draws"], output, inputs["draws"].where("NOT kept").select("pair_id", reason))


def _all_of(table: str) -> Callable[[Inputs, DataFrame, Any, Context], Account]:
    return lambda inputs, output, settings, context: Account(inputs[table], output)


def _file_digest(settings: EntrySettings) -> Mapping[str, str]:
    if settings.file is None:
        return {}
    with fsspec.open(settings.file, "rb") as file:
        return {settings.file: hashlib.file_digest(file, "sha256").hexdigest()}


def cross_checks(stages: Sequence[tuple[int, str, Settings]], rule_sets: Sequence[RuleSet]) -> list[Problem]:
    """What is wrong between stages: inputs that nobody makes, signals that nobody measures.

    Args:
        stages: place, name and settings of each stage that is right in itself.
        rule_sets: of the verdicts.
    """
    found: list[Problem] = []
    names = frozenset(name for _, name, _ in stages)
    made: set[str] = set()
    documents = next((settings for _, _, settings in stages if isinstance(settings, DocumentsSettings)), None)
    for place, name, settings in stages:
        where: Where = ("stages", place, name)
        for table in STAGES[name].reads(settings, names):
            if table not in made:
                maker = next(
                    (other for other in STAGES if other != INGEST and table in TABLES and _makes(other, table)), INGEST
                )
                found.append(
                    Problem(where, f"reads {table}, which no stage before it makes", f"a stage {maker} before it")
                )
        made |= {"pages", "links", "quarantine"} if name == INGEST else {STAGES[name].writes(settings)}
        if isinstance(settings, NearDuplicateSettings) and documents and not _has_minhash(documents):
            found.append(Problem(where, "needs MinHash bands", "a step `- minhash: {}` in documents"))
        if isinstance(settings, VerdictsSettings) and documents:
            found += _unmeasured(where, settings, documents, rule_sets)
    return found


def _makes(stage: str, table: str) -> bool:
    return not stage.startswith("publish") and STAGES[stage].writes(None) == table


def _has_minhash(documents: DocumentsSettings) -> bool:
    return any(isinstance(step, MinHashStep) for step in documents.steps)


def _unmeasured(
    where: Where, settings: VerdictsSettings, documents: DocumentsSettings, rule_sets: Sequence[RuleSet]
) -> list[Problem]:
    measured = {family: set(fields) for family, fields in signal_columns(documents).items()}
    names = [f"{family}.{field}" for family, fields in measured.items() for field in fields]
    places = {use.name: place for place, use in enumerate(settings.rules)}
    needs = {rule_set.name: ", ".join(rule_set.signals) for rule_set in rule_sets}
    return [
        Problem(
            (*where, "rules", places.get(rule_set, 0)),
            f"{rule_set}.{rule} reads {column}, which documents does not measure{nearest(column, names)}",
            f"a step `- signals: [{needs[rule_set]}]` (or `- edit:`) in documents",
        )
        for rule_set, rule, column in unknown_columns(rule_sets, measured)
    ]


def _if_made(stages: frozenset[str], **tables: str) -> list[str]:
    return [table for stage, table in tables.items() if stage in stages]


STAGES: dict[str, StageKind] = {
    INGEST: StageKind(IngestSettings, lambda s, names: (), lambda s: "pages", _by_ingestion, _by_ingestion),
    "documents": StageKind(DocumentsSettings, lambda s, names: ("pages",), lambda s: "documents", _documents, _documents_account),
    "verdicts": StageKind(VerdictsSettings, lambda s, names: ("documents",), lambda s: "verdicts", _verdicts, _verdicts_account),
    "score": StageKind(
        ScoreSettings, lambda s, names: ("documents", "verdicts"), lambda s: "scores", _score, _score_account,
        scorers=lambda s: ((s.scorer, s.alias),),
    ),
    "near_duplicates": StageKind(
        NearDuplicateSettings,
        lambda s, names: ("documents", "verdicts", *(["scores"] if "score" in s.keep else [])),
        lambda s: "duplicates", _near_duplicates, _near_duplicates_account,
    ),
    "publish": StageKind(
        PublishSettings,
        lambda s, names: ("documents", "verdicts", *_if_made(names, near_duplicates="duplicates", score="scores")),
        lambda s: f"{DATASET_PREFIX}{s.dataset}", _publish, _publish_account,
    ),
    "pairs": StageKind(PairStageSettings, lambda s, names: ("links",), lambda s: "pairs", _pairs, _pairs_account),
    "entries": StageKind(
        EntrySettings, lambda s, names: ("pairs",), lambda s: "entries", _entries, _entries_account, files=_file_digest
    ),
    "match": StageKind(NoSettings, lambda s, names: ("pairs", "entries"), lambda s: "matches", _match, _all_of("pairs")),
    "count_entries": StageKind(
        CountSettings, lambda s, names: ("matches", "entries"), lambda s: "entry_counts",
        lambda inputs, s, context: count_entries(inputs["matches"], inputs["entries"], s), _all_of("entries"),
    ),
    "draw": StageKind(
        DrawSettings, lambda s, names: ("matches", "entry_counts"), lambda s: "draws",
        lambda inputs, s, context: draw(inputs["matches"], inputs["entry_counts"], s), _all_of("matches"),
    ),
    "publish_pairs": StageKind(
        PublishPairsSettings, lambda s, names: ("pairs", "draws", "pages"), lambda s: f"{PAIRS_PREFIX}{s.dataset}",
        lambda inputs, s, context: dataset_of_pairs(inputs["pairs"], inputs["draws"], inputs["pages"]), _publish_pairs_account,
    ),
}  # fmt: skip

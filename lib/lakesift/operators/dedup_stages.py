"""The registry of deduplication stages: each works on the documents that the stages before have left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.dedup.benchmarks.benchmark import read_benchmarks
from lakesift.dedup.benchmarks.contamination import contamination
from lakesift.dedup.benchmarks.decontaminate import REASONS as CONTAMINATION_REASONS
from lakesift.dedup.benchmarks.decontaminate import decontaminate
from lakesift.dedup.benchmarks.judge import judge_examples
from lakesift.dedup.benchmarks.settings import ContaminationSettings, DecontaminateSettings, JudgeSettings
from lakesift.dedup.commonness import CommonnessSettings, commonness
from lakesift.dedup.exact_duplicates import exact_duplicates
from lakesift.dedup.minhash.across_crawls import near_duplicates_of_known
from lakesift.dedup.minhash.clusters import near_duplicates
from lakesift.dedup.paragraphs.repeated import repeated_paragraphs
from lakesift.dedup.paragraphs.rule import REASONS as PARAGRAPH_REASONS
from lakesift.dedup.paragraphs.settings import RepeatedParagraphSettings
from lakesift.dedup.semantic.embed import embed
from lakesift.dedup.semantic.kmeans import spherical_kmeans
from lakesift.dedup.semantic.pruning import REASONS as PRUNING_REASONS
from lakesift.dedup.semantic.pruning import needs_embeddings, prune_clusters
from lakesift.dedup.semantic.semdedup import semantic_duplicates
from lakesift.dedup.semantic.settings import (
    ClusteringSettings,
    EmbedSettings,
    PruneClustersSettings,
    SemanticDuplicateSettings,
)
from lakesift.dedup.semantic.unit_vectors import unit_vectors
from lakesift.dedup.shared.settings import ExactDuplicateSettings, NearDuplicateSettings
from lakesift.dedup.substrings.repeated import repeated_substrings
from lakesift.dedup.substrings.settings import RepeatedSubstringSettings
from lakesift.dedup.substrings.spans import REASONS as SUBSTRING_REASONS
from lakesift.documents.rules.verdicts import funnel
from lakesift.embedding.spark_nlp import ENCODER_FILES
from lakesift.lake.external import checksum_of, read_given
from lakesift.lake.tables import INDEX_PREFIX
from lakesift.operators.decisions import CUTS, DECIDING, DROPS, dropped_by
from lakesift.operators.remaining import remaining, standing
from lakesift.operators.stage_kinds import Account, Context, Inputs, StageKind, digests
from lakesift.settings import Settings

Reads = Callable[[Any], Sequence[str]]


def tables_before(before: Sequence[str], score: bool = False) -> list[str]:
    """Tables that say which documents are left, and in which text, after the stages of these names.

    Args:
        before: names of stages, in order.
        score: whether the documents are wanted with their score.
    """
    deciding = {"verdicts": "verdicts", **DECIDING, **({"score": "scores"} if score else {})}
    return ["documents", *(deciding[stage] for stage in before if stage in deciding)]


def deciding(
    settings: type[Settings],
    table: str,
    build: Callable[[Inputs, Any, Context], DataFrame],
    *,
    reasons: Sequence[str] = (),
    also: Reads = lambda settings: (),
    **more: Any,
) -> StageKind:
    """A stage that drops or cuts documents.

    Args:
        settings: its settings class.
        table: the table it writes, one of `decisions.DECIDING`.
        build: inputs, settings, context -> rows of the table; `remaining(inputs)` are the documents.
        reasons: for which it drops documents, in the funnel's order; a table of twins has its own.
        also: tables that it reads beside those that say which documents are left.
        more: fields of `StageKind`.
    """

    def account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
        left = standing(inputs).select("doc_id", "language", "words")
        dropped = dropped_by(table, output)
        assert dropped is not None
        flagged = left.join(dropped, "doc_id", "left")
        verdicts = flagged.select("language", "words", F.array_compact(F.array("reason")).alias("failed"))
        names = [DROPS[table]] if table in DROPS else list(reasons)
        counts = _cut(output) if table in CUTS else None
        return Account(left, left.join(dropped, "doc_id", "left_anti"), dropped, funnel(verdicts, names), counts)

    return _over_documents(settings, table, build, account, also, more)


def _cut(output: DataFrame) -> DataFrame:
    counted = output.where("reason IS NULL AND removed > 0").selectExpr(
        "count(*) AS cut", "coalesce(sum(removed), 0) AS bytes"
    )
    return counted.selectExpr("stack(2, 'documents_cut', cut, 'bytes_cut', bytes) AS (name, count)")


def measuring(
    settings: type[Settings],
    table: str,
    build: Callable[[Inputs, Any, Context], DataFrame],
    *,
    also: Reads = lambda settings: (),
    **more: Any,
) -> StageKind:
    """A stage that only measures the documents that are left; arguments as of `deciding`."""

    def account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
        left = standing(inputs).select("doc_id")
        return Account(left, left)

    return _over_documents(settings, table, build, account, also, more)


def _over_documents(
    settings: type[Settings], table: str, build: Any, account: Any, also: Reads, more: dict[str, Any]
) -> StageKind:
    def reads(chosen: Any, before: Sequence[str]) -> Sequence[str]:
        return [*tables_before(before, score="score" in getattr(chosen, "keep", ())), *also(chosen)]

    return StageKind(settings, reads, lambda _: table, build, account, **more)


def _exact_duplicates(inputs: Inputs, settings: ExactDuplicateSettings, context: Context) -> DataFrame:
    return exact_duplicates(remaining(inputs), settings, context.stage_table)


def _repeated_paragraphs(inputs: Inputs, settings: RepeatedParagraphSettings, context: Context) -> DataFrame:
    return repeated_paragraphs(remaining(inputs), settings)


def _near_duplicates(inputs: Inputs, settings: NearDuplicateSettings, context: Context) -> DataFrame:
    documents, indexes = standing(inputs), [inputs[table] for table in _indexes(settings)]
    if not indexes:
        return near_duplicates(documents, settings, context.stage_table)
    return near_duplicates_of_known(documents, reduce(DataFrame.union, indexes), settings, context.stage_table)


def _indexes(settings: NearDuplicateSettings) -> dict[str, str]:
    return {f"{INDEX_PREFIX}{reference.split('@')[0]}": reference for reference in settings.against}


def _repeated_substrings(inputs: Inputs, settings: RepeatedSubstringSettings, context: Context) -> DataFrame:
    return repeated_substrings(remaining(inputs), settings, context.stage_table)


def _contamination(inputs: Inputs, settings: ContaminationSettings, context: Context) -> DataFrame:
    return contamination(remaining(inputs), read_benchmarks(settings.files, settings.max_bytes), settings)


def _decontaminate(inputs: Inputs, settings: DecontaminateSettings, context: Context) -> DataFrame:
    return decontaminate(remaining(inputs), inputs["contamination"], settings)


def _embed(inputs: Inputs, settings: EmbedSettings, context: Context) -> DataFrame:
    documents = remaining(inputs)
    given = read_given(documents.sparkSession, settings.given.path) if settings.given else None
    return embed(documents, given, settings)


def _embed_account(inputs: Inputs, output: DataFrame, settings: EmbedSettings, context: Context) -> Account:
    left = standing(inputs).select("doc_id")
    without = left.join(output, "doc_id", "left_anti").withColumn("reason", F.lit("no_embedding"))
    return Account(left, output, without)


def _embed_files(settings: EmbedSettings) -> dict[str, str]:
    encoder = [f"{settings.encoder.folder}/{name}" for name in ENCODER_FILES] if settings.encoder else []
    given = {settings.given.path: checksum_of(settings.given.path)} if settings.given else {}
    return {**digests(*encoder), **given}


def _semantic_clusters(inputs: Inputs, settings: ClusteringSettings, context: Context) -> DataFrame:
    left = inputs["embeddings"].join(standing(inputs), "doc_id", "left_semi")
    return spherical_kmeans(context.stage_table(unit_vectors(left), "vectors"), settings)


def _semantic_clusters_account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
    return Account(inputs["embeddings"].join(standing(inputs), "doc_id", "left_semi"), output)


def _semantic_duplicates(inputs: Inputs, settings: SemanticDuplicateSettings, context: Context) -> DataFrame:
    tables = inputs["embeddings"], inputs["semantic_clusters"]
    return semantic_duplicates(standing(inputs), *tables, settings, context.stage_table)


def _prune_clusters(inputs: Inputs, settings: PruneClustersSettings, context: Context) -> DataFrame:
    clusters = inputs["semantic_clusters"].join(standing(inputs), "doc_id", "left_semi")
    return prune_clusters(clusters, inputs.get("embeddings"), settings, context.stage_table)


def _commonness(inputs: Inputs, settings: CommonnessSettings, context: Context) -> DataFrame:
    return commonness(remaining(inputs), settings, context.stage_table)


DEDUPLICATION_STAGES: dict[str, StageKind] = {
    "exact_duplicates": deciding(ExactDuplicateSettings, "exact_duplicates", _exact_duplicates),
    "repeated_paragraphs": deciding(
        RepeatedParagraphSettings, "repeated_paragraphs", _repeated_paragraphs, reasons=PARAGRAPH_REASONS
    ),
    "near_duplicates": deciding(NearDuplicateSettings, "duplicates", _near_duplicates, pinned=_indexes),
    "repeated_substrings": deciding(
        RepeatedSubstringSettings, "repeated_substrings", _repeated_substrings,
        reasons=SUBSTRING_REASONS, files=lambda s: digests(s.tokenizer),
    ),
    "contamination": measuring(
        ContaminationSettings, "contamination", _contamination,
        files=lambda s: digests(*(file.path for file in s.files)),
    ),
    "decontaminate": deciding(
        DecontaminateSettings, "decontaminated", _decontaminate,
        reasons=CONTAMINATION_REASONS, also=lambda s: ["contamination"],
    ),
    "judge_examples": StageKind(
        JudgeSettings, lambda s, before: ("contamination",), lambda s: "contaminated_examples",
        lambda inputs, s, context: judge_examples(inputs["contamination"], s),
        lambda inputs, output, s, context: Account(output, output),
    ),
    "embed": _over_documents(EmbedSettings, "embeddings", _embed, _embed_account, lambda s: (), {"files": _embed_files}),
    "semantic_clusters": _over_documents(
        ClusteringSettings, "semantic_clusters", _semantic_clusters, _semantic_clusters_account,
        lambda s: ["embeddings"], {},
    ),
    "semantic_duplicates": deciding(
        SemanticDuplicateSettings, "semantic_duplicates", _semantic_duplicates,
        also=lambda s: ["embeddings", "semantic_clusters"],
    ),
    "prune_clusters": deciding(
        PruneClustersSettings, "pruned_clusters", _prune_clusters, reasons=PRUNING_REASONS,
        also=lambda s: ["semantic_clusters", *(["embeddings"] if needs_embeddings(s) else [])],
    ),
    "commonness": measuring(CommonnessSettings, "commonness", _commonness),
}  # fmt: skip

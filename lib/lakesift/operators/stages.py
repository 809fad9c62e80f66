"""The registry of stages: what each reads and writes, the pure function that does it, and how its rows add up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.balance.metaclip.entries import EntrySettings, build_entries
from lakesift.balance.metaclip.images import images_of, pairs_of, rejected_images, with_languages
from lakesift.balance.metaclip.matching import match_pairs
from lakesift.balance.metaclip.sampling import CountSettings, DrawSettings, count_entries, draw
from lakesift.crawl.ingest import IngestSettings
from lakesift.dedup.minhash.across_crawls import index_rows, rows_of_dataset
from lakesift.documents.measuring.measure import DocumentsSettings, first_pages, measure_documents
from lakesift.documents.measuring.site_blocks import with_template_lines
from lakesift.documents.rules.rules import SCORES
from lakesift.documents.rules.verdicts import decide, funnel
from lakesift.documents.site_templates import SiteTemplateSettings, site_templates
from lakesift.errors import UsageError
from lakesift.lake.tables import DATASET_PREFIX, INDEX_PREFIX, PAIRS_PREFIX
from lakesift.operators.decisions import WEIGHING, dropped_by
from lakesift.operators.dedup_stages import DEDUPLICATION_STAGES, tables_before
from lakesift.operators.remaining import remaining, standing
from lakesift.operators.stage_kinds import (
    INGEST,
    SITE_TEMPLATES,
    Account,
    Context,
    Inputs,
    NoSettings,
    PairStageSettings,
    ScoreSettings,
    ScoreVerdictsSettings,
    StageKind,
    VerdictsSettings,
    digests,
)
from lakesift.publish.publishing import (
    IndexSettings,
    PublishPairsSettings,
    PublishSettings,
    dataset_of_documents,
    dataset_of_pairs,
    fates,
    taken_out,
    taken_over,
)
from lakesift.scorers.scoring.scoring import score
from lakesift.settings import Settings
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.language.files import digests_of_measuring, languages_with_icu
from lakesift.text.language.identify import identify
from lakesift.text.words.language_words import icu_version


def _by_ingestion(*_: Any) -> Any:
    raise AssertionError("ingest reads archives and not tables: lakesift.engine.ingestion does it")


def _documents(inputs: Inputs, settings: DocumentsSettings, context: Context) -> DataFrame:
    _refuse_unknown(inputs["pages"], settings.crawls)
    pages = first_pages(_pages(inputs, settings))[0]
    if SITE_TEMPLATES in inputs:
        pages = with_template_lines(pages, inputs[SITE_TEMPLATES], settings.templates)
    return measure_documents(pages, settings)


def _documents_account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
    pages = _pages(inputs, settings)
    return Account(pages, output, first_pages(pages)[1])


def _refuse_unknown(pages: DataFrame, crawls: Sequence[str]) -> None:
    """A crawl that is not there would become a data set without it, without a word."""
    # Crawls are as many as a person names.
    there = {row["crawl"] for row in pages.select("crawl").distinct().collect()} if crawls else set()
    missing = [crawl for crawl in crawls if crawl not in there]
    if missing:
        raise UsageError(
            f"documents.crawls names {', '.join(missing)}, which pages does not have",
            expected=", ".join(sorted(map(str, there))) or "a page",
            next_step="a source is taken in under the name in ingest.crawl, else under that in its path",
        )


def _pages(inputs: Inputs, settings: DocumentsSettings) -> DataFrame:
    pages = inputs["pages"]
    return pages.where(F.col("crawl").isin(*settings.crawls)) if settings.crawls else pages


def _verdicts(inputs: Inputs, settings: VerdictsSettings, context: Context) -> DataFrame:
    return decide(inputs["documents"], context.rule_sets)


def _verdicts_account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
    failed = output.selectExpr("'failed_rule' AS name", "count_if(NOT kept) AS count")
    return Account(inputs["documents"], output, None, _funnel(output, context), failed)


def _funnel(verdicts: DataFrame, context: Context) -> DataFrame:
    return funnel(verdicts, [name for rule_set in context.rule_sets for name, _ in rule_set.predicates()])


def _score(inputs: Inputs, settings: ScoreSettings, context: Context) -> DataFrame:
    return score(remaining(inputs), context.scorers, settings.ensemble, context.stage_table)


def _score_account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
    return Account(standing(inputs).select("doc_id"), output)


def _score_verdicts(inputs: Inputs, settings: ScoreVerdictsSettings, context: Context) -> DataFrame:
    scores = inputs["scores"].select("doc_id", SCORES)
    return decide(_unscored(inputs).join(scores, "doc_id", "left"), context.rule_sets)


def _score_verdicts_account(inputs: Inputs, output: DataFrame, settings: Any, context: Context) -> Account:
    dropped = dropped_by("score_verdicts", output)
    return Account(_unscored(inputs).select("doc_id"), output.where("kept"), dropped, _funnel(output, context))


def _unscored(inputs: Inputs) -> DataFrame:
    return standing({table: rows for table, rows in inputs.items() if table != "scores"})


def _publish_account(inputs: Inputs, output: DataFrame, settings: PublishSettings, context: Context) -> Account:
    base = inputs.get(f"{DATASET_PREFIX}{settings.dataset}")
    added = _not_in(output.join(inputs["documents"].select("doc_id"), "doc_id", "left_semi"), base)
    rejected = fates(inputs, settings).where("reason IS NOT NULL")
    told = taken_out(base, settings) if base is not None and settings.without_sites else None
    return Account(inputs["documents"], added, rejected, counts=told)


def _not_in(rows: DataFrame, base: DataFrame | None) -> DataFrame:
    return rows if base is None else rows.join(base.select("doc_id"), "doc_id", "left_anti")


def _index(inputs: Inputs, settings: IndexSettings, context: Context) -> DataFrame:
    dataset = inputs[f"{DATASET_PREFIX}{settings.dataset}"]
    base = inputs.get(f"{INDEX_PREFIX}{settings.dataset}")
    fresh = _not_in(inputs["documents"], base.where("key IS NULL") if base is not None else None)
    return index_rows(dataset, fresh, inputs.get("duplicates"))


def _index_account(inputs: Inputs, output: DataFrame, settings: IndexSettings, context: Context) -> Account:
    indexed = output.where("key IS NULL").select("doc_id").distinct()
    return Account(inputs[f"{DATASET_PREFIX}{settings.dataset}"], indexed)


def _added_to(prefix: str) -> Callable[[Any], Mapping[str, str]]:
    return lambda s: {f"{prefix}{s.dataset}": f"{s.dataset}@{s.add_to}"} if s.add_to else {}


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


def _documents_files(settings: DocumentsSettings) -> Mapping[str, str]:
    """Digests of models, resources and language files, and the version of ICU where a language's words depend on it."""
    models = (settings.language.model, *(other.model for other in settings.language.also))
    found = dict(digests(*models, *settings.resources.files()))
    folder = settings.resources.languages
    if folder is not None:
        found |= digests_of_measuring(folder)
        if languages_with_icu(folder):
            found["icu"] = icu_version()
    return found


STAGES: dict[str, StageKind] = {
    INGEST: StageKind(IngestSettings, lambda s, before: (), lambda s: "pages", _by_ingestion, _by_ingestion),
    SITE_TEMPLATES: StageKind(
        SiteTemplateSettings, lambda s, before: ("pages",), lambda s: SITE_TEMPLATES,
        lambda inputs, s, context: site_templates(inputs["pages"], s, context.stage_table),
        lambda inputs, output, s, context: Account(output, output),
    ),
    "documents": StageKind(
        DocumentsSettings, lambda s, before: ("pages", *({SITE_TEMPLATES} & set(before))), lambda s: "documents",
        _documents, _documents_account, files=_documents_files,
    ),
    "verdicts": StageKind(VerdictsSettings, lambda s, before: ("documents",), lambda s: "verdicts", _verdicts, _verdicts_account),
    "score": StageKind(
        ScoreSettings, lambda s, before: tables_before(before), lambda s: "scores", _score, _score_account,
        scorers=lambda s: [(each.scorer, each.alias) for each in (s, *s.also)],
    ),
    "score_verdicts": StageKind(
        ScoreVerdictsSettings, lambda s, before: [*tables_before(before), "scores"], lambda s: "score_verdicts",
        _score_verdicts, _score_verdicts_account,
    ),
    **DEDUPLICATION_STAGES,
    "publish": StageKind(
        PublishSettings,
        lambda s, before: [*tables_before(before, score=True), *(WEIGHING[stage] for stage in before if stage in WEIGHING)],
        lambda s: f"{DATASET_PREFIX}{s.dataset}", lambda inputs, s, context: dataset_of_documents(inputs, s), _publish_account,
        pinned=_added_to(DATASET_PREFIX), taken_over=lambda base, inputs, s: taken_over(base, s),
    ),
    "index": StageKind(
        IndexSettings,
        lambda s, before: ("documents", *(["duplicates"] if "near_duplicates" in before else []), f"{DATASET_PREFIX}{s.dataset}"),
        lambda s: f"{INDEX_PREFIX}{s.dataset}", _index, _index_account, pinned=_added_to(INDEX_PREFIX),
        taken_over=lambda base, inputs, s: rows_of_dataset(base, inputs[f"{DATASET_PREFIX}{s.dataset}"]) if s.without_sites else base,
    ),
    "pairs": StageKind(
        PairStageSettings, lambda s, before: ("links",), lambda s: "pairs", _pairs, _pairs_account,
        files=lambda s: digests(s.language.model),
    ),
    "entries": StageKind(
        EntrySettings, lambda s, before: ("pairs",), lambda s: "entries", _entries, _entries_account,
        files=lambda s: digests(s.file),
    ),
    "match": StageKind(NoSettings, lambda s, before: ("pairs", "entries"), lambda s: "matches", _match, _all_of("pairs")),
    "count_entries": StageKind(
        CountSettings, lambda s, before: ("matches", "entries"), lambda s: "entry_counts",
        lambda inputs, s, context: count_entries(inputs["matches"], inputs["entries"], s), _all_of("entries"),
    ),
    "draw": StageKind(
        DrawSettings, lambda s, before: ("matches", "entry_counts"), lambda s: "draws",
        lambda inputs, s, context: draw(inputs["matches"], inputs["entry_counts"], s), _all_of("matches"),
    ),
    "publish_pairs": StageKind(
        PublishPairsSettings, lambda s, before: ("pairs", "draws", "pages"), lambda s: f"{PAIRS_PREFIX}{s.dataset}",
        lambda inputs, s, context: dataset_of_pairs(inputs["pairs"], inputs["draws"], inputs["pages"]), _publish_pairs_account,
    ),
}  # fmt: skip

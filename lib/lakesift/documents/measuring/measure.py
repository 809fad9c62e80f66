"""The one pass over each document: language, signals, edits and MinHash, in the order of the recipe's steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from lakesift.documents.measuring.site_blocks import (
    CUT,
    CUT_SQL,
    TEMPLATE_LINES,
    TemplateCutSettings,
    without_templates,
)
from lakesift.documents.measuring.steps import EditStep, MinHashStep, SignalsStep, Step, all_steps, names_of
from lakesift.documents.rules.rules import LANGUAGES
from lakesift.settings import Settings
from lakesift.text.edits import EDITS
from lakesift.text.kernels.buffers import TextBuffers, array_of, buffers_of, parts_of
from lakesift.text.kernels.content_hash import content_hashes
from lakesift.text.kernels.minhash import band_keys, signatures
from lakesift.text.kernels.minhash_settings import MinHashSettings
from lakesift.text.kernels.sql_types import sql_type
from lakesift.text.kernels.tokens import TOKENS
from lakesift.text.language.identify import (
    ANSWER,
    SHARES,
    SHARES_TYPE,
    DocumentLanguageSettings,
    identify,
    identify_also,
)
from lakesift.text.signals import FAMILIES, count_words, measure
from lakesift.text.signals.resources import Resources
from lakesift.text.words.language_words import WORDS, language_words, spaced_words

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

PASSED_ON = (
    "doc_id",
    "crawl",
    "url",
    "host",
    "registered_domain",
    "fetch_time",
    "source_path",
    "source_offset",
    "payload_digest",
)
PASSED_ON_TYPES = (
    "doc_id STRING, crawl STRING, url STRING, host STRING, registered_domain STRING, fetch_time TIMESTAMP, \
source_path STRING, source_offset BIGINT, payload_digest STRING"
)
# Where one record was taken in more than once, the page itself is better than the text that someone else took from it.
SAME_RECORD = "same_record"
PREFERENCE = "CASE extractor WHEN 'wet' THEN 1 WHEN 'import' THEN 2 ELSE 0 END"


class DocumentsSettings(Settings):
    """What is measured on each document and changed in it."""

    crawls: tuple[str, ...] = Field(
        default=(),
        description="only the pages of these crawls, as ingest.crawl names them; none: all pages of the lake",
    )
    templates: TemplateCutSettings = Field(
        default=TemplateCutSettings(),
        description="what is cut of the templates that a stage `site_templates` has found",
    )
    language: DocumentLanguageSettings = DocumentLanguageSettings()
    steps: tuple[Step, ...] = Field(default=(), description="in the order in which they are carried out")
    resources: Resources = Resources()
    bytes_at_once: int = Field(
        default=32 * 2**20,
        ge=2**16,
        description="text handled in one go, which bounds a worker's memory; a longer text goes alone",
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if sum(isinstance(step, MinHashStep) for step in all_steps(self.steps)) > 1:
            raise ValueError("one minhash step at most: documents has one column for its band keys")
        names = [name for step in all_steps(self.steps) for name in names_of(step)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} more than once: documents has one column for each")
        return self

    @model_validator(mode="after")
    def _has_what_is_needed(self) -> Self:
        families = [name for step in all_steps(self.steps) if isinstance(step, SignalsStep) for name in step.signals]
        for name in families:
            for need in FAMILIES[name].needs:
                if getattr(self.resources, need) is None:
                    raise ValueError(f"{name} needs a path in documents.resources.{need}")
        return self


def signal_columns(settings: DocumentsSettings) -> dict[str, dict[str, pa.DataType]]:
    """What rules can name: by struct column, the types of its fields; signals first, then edits, then identifiers."""
    answers = {f"{LANGUAGES}.{other.field}": ANSWER for other in settings.language.also}
    shares = {LANGUAGES: {SHARES: SHARES_TYPE}} if settings.language.shares else {}
    return {**_family_columns(settings), **_edit_columns(settings), **answers, **shares}


def measure_documents(pages: DataFrame, settings: DocumentsSettings) -> DataFrame:
    """Rows of `pages`, each `doc_id` once, to rows of `documents`; one `mapInArrow`, crossed by needed columns only.

    `signals` and `edits` are there when the steps have any. Without a minhash step `minhash` and `signature` are null.
    Pages with the column `template_lines` give their texts without templates, and the column `site_templates`; see
    `site_blocks`.
    """
    has_templates = TEMPLATE_LINES in pages.columns

    def measure_all(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for part in parts_of(batch, settings.bytes_at_once):
                if not has_templates:
                    yield measure_batch(part, settings)
                    continue
                rest = without_templates(part, settings.templates)
                yield measure_batch(rest, settings).append_column(CUT, rest.column(CUT))

    if not has_templates:
        return pages.select(*PASSED_ON, "text").mapInArrow(measure_all, document_schema(settings))
    schema = f"{document_schema(settings)}, {CUT} {CUT_SQL}"
    return pages.select(*PASSED_ON, "text", TEMPLATE_LINES).mapInArrow(measure_all, schema)


@dataclass
class Pass:
    """What the steps have found on one batch so far; `counted` are texts whose words are known."""

    batch: pa.RecordBatch
    language: pa.StringArray
    resources: Resources
    sketch: pa.BinaryArray
    keys: pa.ListArray
    signals: dict[str, pa.StructArray] = field(default_factory=dict)
    edits: dict[str, pa.StructArray] = field(default_factory=dict)
    counted: TextBuffers | None = None

    def carry_out(self, steps: Sequence[Step], buffers: TextBuffers) -> TextBuffers:
        """Carry out steps on texts; the texts after the last."""
        for step in steps:
            if isinstance(step, SignalsStep):
                urls = self.batch.column("url")
                self.signals |= measure(buffers, step.signals, urls, self.language, self.resources)
                known = TOKENS if self.resources.languages is None else WORDS
                self.counted = buffers if known in buffers.derived else self.counted
            elif isinstance(step, EditStep):
                buffers, self.edits[step.edit] = EDITS[step.edit].apply(buffers)
            elif isinstance(step, MinHashStep):
                self.sketch = signatures(self._shingled(buffers, step.minhash), step.minhash)
                self.keys = band_keys(self.sketch, step.minhash)
            else:
                self.carry_out(step.aside, buffers)
        return buffers

    def count(self, buffers: TextBuffers, languages: pa.StringArray) -> pa.Int64Array:
        """The words of each text: as its language has them where the recipe has language files, else English tokens."""
        if self.resources.languages is None:
            return count_words(buffers)
        return pa.array(np.diff(language_words(buffers, languages, self.resources.languages).firsts))

    def _shingled(self, buffers: TextBuffers, settings: MinHashSettings) -> TextBuffers:
        if self.resources.languages is None or settings.shingle == "characters":
            return buffers
        return spaced_words(buffers, self.language, self.resources.languages)


def measure_batch(batch: pa.RecordBatch, settings: DocumentsSettings) -> pa.RecordBatch:
    """Columns of `pages` (provenance and text) to columns of `documents`, row by row.

    The language is that of the text before the first step; hash and words are those of the text after the last.
    """
    texts = buffers_of(batch.column("text"))
    language, score = identify(texts, settings.language)
    nothing = pa.nulls(len(batch), pa.binary()), pa.nulls(len(batch), pa.list_(pa.int64()))
    done = Pass(batch, language, settings.resources, *nothing)
    buffers = done.carry_out(settings.steps, texts)
    columns = {name: batch.column(name) for name in PASSED_ON}
    columns |= {"text": array_of(buffers), "content_hash": content_hashes(buffers)}
    columns |= {"language": language, "language_score": score, "words": words_of(buffers, done)}
    structs = {"signals": done.signals, "edits": done.edits}
    columns |= {kind: struct_of(found) for kind, found in structs.items() if found}
    if settings.language.columns():
        columns[LANGUAGES] = identify_also(texts, settings.language)
    return pa.RecordBatch.from_pydict(columns | {"minhash": done.keys, "signature": done.sketch})


def words_of(buffers: TextBuffers, done: Pass) -> pa.Int64Array:
    """Words of each text; where it is still the text whose words are already known, they are not found again."""
    if done.counted is None or done.counted is buffers:
        return done.count(buffers, done.language)
    texts = array_of(buffers)
    changed = pc.not_equal(texts, array_of(done.counted))
    again = done.count(buffers_of(texts.filter(changed)), done.language.filter(changed))
    return pc.replace_with_mask(done.count(done.counted, done.language), changed, again)


def struct_of(found: dict[str, pa.StructArray]) -> pa.StructArray:
    """One struct with a struct per name."""
    return pa.StructArray.from_arrays(list(found.values()), [column_name(name) for name in found])


def column_name(name: str) -> str:
    """The struct column of a family or edit: `gopher_quality@datatrove` is `gopher_quality_datatrove`."""
    return name.replace("@", "_")


def document_schema(settings: DocumentsSettings) -> str:
    """Columns of `documents` as SQL, in order."""
    structs = {"signals": _family_columns(settings), "edits": _edit_columns(settings)}
    kinds = {
        **{
            name: {each: pa.struct(list(fields.items())) for each, fields in found.items()}
            for name, found in structs.items()
        },
        LANGUAGES: settings.language.columns(),
    }
    measured = "".join(f", {name} {sql_type(pa.struct(list(each.items())))}" for name, each in kinds.items() if each)
    return (
        f"{PASSED_ON_TYPES}, text STRING, content_hash STRING, language STRING, language_score FLOAT, words BIGINT"
        f"{measured}, minhash ARRAY<BIGINT>, signature BINARY"
    )


def first_pages(pages: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Of the pages taken from one record the one to keep, and the others.

    A response goes before the text of a WET file, that before imported text; then the smallest `source_path` and
    `source_offset` decides. Only narrow columns are compared.

    Returns:
        The rows of `pages` kept, and doc_id, source_path, source_offset, reason (`same_record`) of each other row.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    order = Window.partitionBy("doc_id").orderBy(F.expr(PREFERENCE), "source_path", "source_offset")
    place = ("doc_id", "source_path", "source_offset")
    ranked = pages.select(*place, F.row_number().over(order).alias("rank"))
    others = ranked.where("rank > 1").select(*place, F.lit(SAME_RECORD).alias("reason"))
    kept = pages.join(others.select(*place), on=list(place), how="left_anti")
    return kept.select(*pages.columns), others


def _family_columns(settings: DocumentsSettings) -> dict[str, dict[str, pa.DataType]]:
    steps = (step for step in all_steps(settings.steps) if isinstance(step, SignalsStep))
    return {column_name(name): dict(FAMILIES[name].columns) for step in steps for name in step.signals}


def _edit_columns(settings: DocumentsSettings) -> dict[str, dict[str, pa.DataType]]:
    steps = (step for step in all_steps(settings.steps) if isinstance(step, EditStep))
    return {column_name(step.edit): dict(EDITS[step.edit].columns) for step in steps}

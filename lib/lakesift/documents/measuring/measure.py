"""The one pass over each document: language, signals, edits and MinHash, in the order of the recipe's steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakesift.documents.measuring.settings import DocumentsSettings, column_name, document_schema
from lakesift.documents.measuring.site_blocks import (
    CUT,
    CUT_SQL,
    TEMPLATE_LINES,
    without_templates,
)
from lakesift.documents.measuring.steps import EditStep, MinHashStep, SignalsStep, Step, all_steps, names_of
from lakesift.documents.rules.rules import LANGUAGES
from lakesift.text.edits import EDITS
from lakesift.text.edits.edit import Edit
from lakesift.text.kernels.buffers import TextBuffers, array_of, buffers_of, parts_of
from lakesift.text.kernels.content_hash import content_hashes
from lakesift.text.kernels.minhash import band_keys, signatures
from lakesift.text.kernels.minhash_settings import MinHashSettings
from lakesift.text.kernels.tokens import TOKENS
from lakesift.text.language.identify import (
    identify,
    identify_also,
)
from lakesift.text.signals import FAMILIES, count_words, measure
from lakesift.text.signals.family import Family
from lakesift.text.signals.resources import Resources
from lakesift.text.words.language_words import WORDS, language_words, spaced_words

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
from pyspark.sql import functions as F

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
    "source_id",
    "given",
)


LATER_COLUMNS = {"source_id": "STRING", "given": "MAP<STRING, STRING>"}


def measure_documents(pages: DataFrame, settings: DocumentsSettings) -> DataFrame:
    """Rows of `pages`, each `doc_id` once, to rows of `documents`; one `mapInArrow`, crossed by needed columns only.

    `signals` and `edits` are there when the steps have any. Without a minhash step `minhash` and `signature` are null.
    Pages with the column `template_lines` give their texts without templates, and the column `site_templates`; see
    `site_blocks`.
    """
    has_templates = TEMPLATE_LINES in pages.columns
    names = [name for step in all_steps(settings.steps) for name in names_of(step)]
    families, edits = FAMILIES.registered(names), EDITS.registered(names)

    def measure_all(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        # What a notebook has defined travels with the plan: no worker could import it.
        _adopt(families, edits)
        for batch in batches:
            for part in parts_of(batch, settings.bytes_at_once):
                if not has_templates:
                    yield measure_batch(part, settings)
                    continue
                rest = without_templates(part, settings.templates)
                yield measure_batch(rest, settings).append_column(CUT, rest.column(CUT))

    # Pages of a lake from before these columns came have none.
    later = {name: kind for name, kind in LATER_COLUMNS.items() if name not in pages.columns}
    pages = pages.withColumns({name: F.lit(None).cast(kind) for name, kind in later.items()})
    if not has_templates:
        return pages.select(*PASSED_ON, "text").mapInArrow(measure_all, document_schema(settings))
    schema = f"{document_schema(settings)}, {CUT} {CUT_SQL}"
    return pages.select(*PASSED_ON, "text", TEMPLATE_LINES).mapInArrow(measure_all, schema)


def _adopt(families: Sequence[Family], edits: Sequence[Edit]) -> None:
    # A function of the module's: the catalogues inside `measure_all` are copies.
    FAMILIES.adopt(families)
    EDITS.adopt(edits)


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

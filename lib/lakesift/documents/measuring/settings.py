"""What a recipe says of the one pass over documents, and the columns that follow from it."""

from __future__ import annotations

from typing import Self

import pyarrow as pa
from pydantic import Field, model_validator

from lakesift.documents.measuring.site_blocks import TemplateCutSettings
from lakesift.documents.measuring.steps import EditStep, MinHashStep, SignalsStep, Step, all_steps, names_of
from lakesift.documents.rules.rules import LANGUAGES
from lakesift.settings import Settings
from lakesift.text.edits import EDITS
from lakesift.text.kernels.sql_types import sql_type
from lakesift.text.language.identify import ANSWER, SHARES, SHARES_TYPE, DocumentLanguageSettings
from lakesift.text.signals import FAMILIES
from lakesift.text.signals.resources import Resources

PASSED_ON_TYPES = (
    "doc_id STRING, crawl STRING, url STRING, host STRING, registered_domain STRING, fetch_time TIMESTAMP, \
source_path STRING, source_offset BIGINT, payload_digest STRING, source_id STRING, given MAP<STRING, STRING>"
)


class DocumentsSettings(Settings):
    """What is measured on each document and changed in it."""

    crawls: tuple[str, ...] = Field(
        default=(),
        description="only the pages of these crawls, as ingest.crawl names them; none: all that the recipe reads",
    )
    templates: TemplateCutSettings = Field(
        default=TemplateCutSettings(),
        description="what is cut of the templates that a stage `site_templates` has found",
    )
    language: DocumentLanguageSettings = Field(
        default=DocumentLanguageSettings(), description="how the language of a text is identified"
    )
    steps: tuple[Step, ...] = Field(default=(), description="in the order in which they are carried out")
    resources: Resources = Field(default=Resources(), description="files that some families of signals need")
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


def _family_columns(settings: DocumentsSettings) -> dict[str, dict[str, pa.DataType]]:
    steps = (step for step in all_steps(settings.steps) if isinstance(step, SignalsStep))
    return {column_name(name): dict(FAMILIES[name].columns) for step in steps for name in step.signals}


def _edit_columns(settings: DocumentsSettings) -> dict[str, dict[str, pa.DataType]]:
    steps = (step for step in all_steps(settings.steps) if isinstance(step, EditStep))
    return {column_name(step.edit): dict(EDITS[step.edit].columns) for step in steps}

"""The choice of an extractor, and its settings."""

from __future__ import annotations

from typing import Final, Literal, Self

from pydantic import Field, model_validator

from lakesift.extraction.assembly import Form
from lakesift.settings import Settings

ExtractorName = Literal["resiliparse", "trafilatura", "lakesift"]

TAKEN_BY: Final[dict[str, tuple[ExtractorName, ...]]] = {
    "form": ("lakesift",),
    "links": ("lakesift",),
    "model": ("lakesift",),
    "main_content": ("resiliparse",),
    "alt_texts": ("resiliparse",),
    "comments": ("resiliparse", "trafilatura"),
    "favor": ("trafilatura",),
    "deduplicate": ("trafilatura",),
}
"""Settings that only some extractors use; with another extractor they must have their defaults."""


class ExtractSettings(Settings):
    """Settings of text from HTML: DCLM's for resiliparse, FineWeb's for trafilatura."""

    extractor: ExtractorName = Field(
        default="lakesift",
        description="lakesift's own, resiliparse (mlfoundations/dclm 361714b) or trafilatura (FineWeb); "
        "docs/extraction.md compares them.",
    )
    form: Form = Field(
        default="plain", description="Plain text, or Markdown with headings, lists, tables and code (lakesift)."
    )
    links: bool = Field(
        default=False, description="Markdown's links to web pages, with absolute addresses (lakesift, Markdown)."
    )
    tables: bool = Field(
        default=False,
        description="Keep each data table of a page as rows, with its caption and the text around it, in "
        "pages.tables; whichever extractor makes the text.",
    )
    model: str | None = Field(
        default=None,
        description="File of weights that `lakesift extractor train` wrote, where every executor can read it "
        "(lakesift). Without one: those that come with lakesift.",
    )
    main_content: bool = Field(
        default=True,
        description="Leave out navigation, footers and the like (resiliparse; trafilatura and lakesift always do). "
        "False: all visible text.",
    )
    list_bullets: bool = Field(default=True, description="Mark list items with a bullet (resiliparse's default).")
    alt_texts: bool = Field(
        default=False,
        description="Put images' alternative texts into the text (resiliparse; DCLM: no). They are in `images`.",
    )
    comments: bool = Field(
        default=False,
        description="Keep readers' comments. FineWeb: no (datatrove a649de79, extractors/trafilatura.py).",
    )
    favor: Literal["precision", "balanced", "recall"] = Field(
        default="precision",
        description="trafilatura's preference. FineWeb: precision (datatrove a649de79, examples/fineweb.py).",
    )
    deduplicate: bool = Field(
        default=True,
        description="Drop segments that repeat within the page (trafilatura, as FineWeb). Never across pages, as "
        "trafilatura does by itself: the text would depend on what the process saw before.",
    )
    memory_bytes: int = Field(
        default=4 << 30,
        ge=512 << 20,
        description="Address space of the extractor's process; a 40 MB page takes resiliparse 1.1 GB.",
    )

    @model_validator(mode="after")
    def _is_used(self) -> Self:
        for name, extractors in TAKEN_BY.items():
            if self.extractor not in extractors and getattr(self, name) != type(self).model_fields[name].default:
                raise ValueError(
                    f"{name} is for extractor {' or '.join(extractors)}; {self.extractor} ignores it: set extractor, "
                    "too"
                )
        if self.links and self.form != "markdown":
            raise ValueError("links are of Markdown: set form: markdown, too")
        return self

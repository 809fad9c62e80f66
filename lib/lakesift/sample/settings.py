"""The composition of the invented web."""

from __future__ import annotations

from pydantic import Field

from lakesift.settings import Settings

JUNK_KINDS = ("spam", "doorway", "list", "navigation", "thin", "lorem", "code", "data", "gibberish")


class SampleSettings(Settings):
    """Shares and sizes of a sample crawl.

    They are shares of no real crawl: every kind is frequent enough to measure.
    """

    pages_per_file: int = Field(
        default=500, ge=20, description="HTML pages in one WARC file; several files feed several cores."
    )
    kinds: dict[str, float] = Field(
        default={
            "syndicated": 0.10,
            "mirrored": 0.04,
            "quoting": 0.03,
            "spam": 0.06,
            "doorway": 0.05,
            "list": 0.04,
            "navigation": 0.05,
            "thin": 0.05,
            "lorem": 0.01,
            "code": 0.01,
            "data": 0.01,
            "gibberish": 0.01,
        },
        description="Share of the pages of each kind; the rest are articles. Syndicated: another article with changes; "
        "mirrored: unchanged; quoting: an article with a paragraph of another one, no duplicate; else: junk.",
    )
    languages: dict[str, float] = Field(
        default={"en": 0.65, "de": 0.08, "es": 0.07, "fr": 0.07, "ru": 0.04, "el": 0.03, "zh": 0.03, "ja": 0.03},
        description="Share of the articles in each language.",
    )
    legacy_charset: float = Field(
        default=0.15, ge=0, le=1, description="Share of pages not in English with a charset before Unicode."
    )
    emails: float = Field(default=0.06, ge=0, le=1, description="Share of articles with an e-mail address in the text.")
    addresses: float = Field(
        default=0.03, ge=0, le=1, description="Share of articles with a public IPv4 address in the text."
    )
    largest_revision: float = Field(
        default=0.04,
        ge=0,
        le=0.05,
        description="Most of an article's word 5-grams that a syndicated copy changes, c. Two copies then have a "
        "Jaccard similarity of at least (1 - 2c) / (1 + 2c) = 0.85: 14 bands of 8 MinHash rows find nearly all.",
    )
    doorway_campaign: int = Field(
        default=10, ge=2, description="Doorway pages of one campaign: one text, each page with its city."
    )
    pages_per_site: int = Field(default=25, ge=1, description="Pages of one site, on average.")

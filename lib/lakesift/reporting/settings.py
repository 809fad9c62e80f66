"""How much a report shows."""

from __future__ import annotations

from pydantic import Field

from lakesift.settings import Settings


class ReportSettings(Settings):
    """Sizes of the lists in the HTML report; none of them changes a figure."""

    languages: int = Field(default=25, ge=1, le=500, description="languages listed by name; the rest is one row")
    rule_languages: int = Field(default=8, ge=0, le=20, description="columns of the table of rules by language")
    clusters: int = Field(
        default=10, ge=0, le=100, description="largest duplicate clusters, and sites with most duplicates, listed"
    )
    twins: int = Field(
        default=5, ge=0, le=50, description="duplicates shown beside their keeper, with what differs marked"
    )
    head_entries: int = Field(default=10, ge=0, le=100, description="most frequent metadata entries listed")
    runs: int = Field(default=40, ge=0, le=500, description="newest stage runs listed")
    samples_per_rule: int = Field(default=3, ge=0, le=20, description="dropped documents shown for each rule")
    samples_kept: int = Field(default=6, ge=0, le=50, description="kept documents shown")
    excerpt_characters: int = Field(default=500, ge=40, le=5000, description="characters of text shown of a sample")
    seed: int = Field(default=20260101, description="seed of the choice of samples")

"""Settings of repeated substrings."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from lakesift.settings import Settings

Unit = Literal["bytes", "words", "tokens"]
Removal = Literal["all_copies", "all_but_first"]
PUBLISHED_LENGTHS: dict[Unit, int] = {"bytes": 100, "words": 50, "tokens": 50}


class RepeatedSubstringSettings(Settings):
    """Minimum length of a repeated substring, its units, and the copies that go."""

    unit: Unit = Field(
        default="bytes",
        description="bytes: of UTF-8, as google-research/deduplicate-text-datasets does without a tokenizer; words: "
        "between white space, compared byte for byte; tokens: of `tokenizer`, as in Lee et al. 2021 (arXiv "
        "2107.06499), section 4.1",
    )
    length: int | None = Field(
        default=None,
        ge=2,
        le=100_000,
        description="units in the shortest substring that counts; none: 50 tokens (Lee et al. 2021, section 4.1) or "
        "words, and 100 bytes (deduplicate-text-datasets, README, --length-threshold 100, which is 50 of its two-byte "
        "tokens)",
    )
    tokenizer: str | None = Field(default=None, description="path of a tokenizer.json; only with `unit: tokens`")
    remove: Removal = Field(
        default="all_copies",
        description="all_copies: as the paper and its code; all_but_first: a copy goes when an earlier one, in the "
        "order of documents and then of places in the text, is before it without overlapping it",
    )
    parts: int = Field(
        default=64,
        ge=1,
        le=65_536,
        description="Into so many parts anchors and windows are divided; a task has one part at a time, with about "
        "100 bytes for every 100 of text divided by the number of parts. The result does not depend on it.",
    )

    @property
    def window(self) -> int:
        """Units in a window."""
        return self.length or PUBLISHED_LENGTHS[self.unit]

    @property
    def anchor(self) -> int:
        """Units of an anchor.

        Longer anchors are shared by chance less often, and more of them are needed.
        """
        return (self.window + 1) // 2

    @model_validator(mode="after")
    def _tokenizer_for_tokens(self) -> RepeatedSubstringSettings:
        if self.unit == "tokens" and self.tokenizer is None:
            raise ValueError("unit tokens needs a path in repeated_substrings.tokenizer")
        if self.unit != "tokens" and self.tokenizer is not None:
            raise ValueError(f"unit {self.unit} has no use for a tokenizer; unit tokens has")
        return self

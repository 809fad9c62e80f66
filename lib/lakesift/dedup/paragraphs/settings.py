"""Settings of repeated lines, paragraphs and sentences."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from lakesift.settings import Settings

Method = Literal["cc_net", "cc_net_two_pass", "dolma", "dolma_ngrams", "sentence_spans", "bff"]
OWN_SETTINGS: dict[str, tuple[str, ...]] = {
    "cc_net": (),
    "cc_net_two_pass": (),
    "dolma": ("dolma",),
    "dolma_ngrams": ("dolma", "ngrams"),
    "sentence_spans": ("sentences",),
    "bff": ("bff",),
}


class DolmaSettings(Settings):
    """The paragraphs that Dolma compares."""

    skip_empty: bool = Field(
        default=False,
        description="leave paragraphs of white space alone; without it all blank lines but the first of all documents "
        "go; allenai/dolma 1.2.1, src/deduper.rs, skip_empty",
    )


class NgramSettings(Settings):
    """The conditions under which a paragraph repeats n-grams of others.

    Source: allenai/dolma 1.2.1, src/deduper.rs, NgramDedupeConfig.

    The defaults are those of tests/config/dedupe-paragraph-ngrams.json.
    """

    ngram_length: int = Field(default=6, ge=2, le=1000, description="words of an n-gram")
    stride: int = Field(default=3, ge=1, description="words from one n-gram to the next that is looked at")
    overlap_threshold: float = Field(
        default=0.5, gt=0, le=1, description="smallest share of n-grams seen before with which a paragraph goes"
    )
    skip_short_paragraphs: bool = Field(
        default=False, description="leave paragraphs of fewer than two n-grams alone, else they are compared as a whole"
    )


class SentenceSettings(Settings):
    """Spans of sentences.

    Source: huggingface/datatrove 0.10.1, pipeline/dedup/sentence_dedup.py, SentDedupConfig.
    """

    n_sentences: int = Field(default=3, ge=1, le=100, description="sentences of a span")
    min_doc_words: int = Field(default=50, ge=0, description="a cut document with fewer words is dropped")
    min_num_sentences: int = Field(default=3, ge=0, description="a cut document with fewer sentences is dropped")


class BffSettings(Settings):
    """Big friendly filter, with DCLM-baseline's values.

    Source: mlfoundations/dclm 77e7bf5b, dedup/bff/src/main.rs.
    """

    min_ngram_size: int = Field(
        default=13,
        ge=1,
        le=1000,
        description="paragraphs of fewer words are left alone; the program's own default is 20",
    )
    max_ngram_size: int = Field(
        default=13, ge=1, le=1000, description="words of an n-gram; the program's default is 20"
    )
    filtering_threshold: float = Field(
        default=0.8, ge=0, lt=1, description="a paragraph goes when a larger share of its n-grams was seen before"
    )
    remove_type: Literal["paragraph", "old_both"] = Field(
        default="old_both",
        description="paragraph: only paragraphs go; old_both, as for DCLM-baseline: a document goes as a whole when a "
        "larger share of all its n-grams was seen before",
    )

    @model_validator(mode="after")
    def _sizes(self) -> BffSettings:
        if self.min_ngram_size > self.max_ngram_size:
            raise ValueError("min_ngram_size is larger than max_ngram_size")
        return self


class RepeatedParagraphSettings(Settings):
    """The method that finds repeated text, and the documents that are compared."""

    method: Method = Field(
        description="cc_net: a line that an earlier document has goes (facebookresearch/cc_net, dedup.py, deduplicate);"
        " cc_net_two_pass: a line that two documents have goes everywhere (deduplicate_two_pass, arXiv 1911.00359);"
        " dolma and dolma_ngrams: paragraphs (arXiv 2402.00159, section 3.1); sentence_spans: C4's three sentences"
        " (JMLR 21-140, section 2.2) as datatrove has them; bff: DCLM's n-grams (arXiv 2406.11794, section 4.2)"
    )
    within: Literal["crawl", "corpus"] = Field(
        default="corpus",
        description="compare within each crawl (cc_net compares 50 of 1,600 shards of one) or across all",
    )
    parts: int = Field(
        default=16,
        ge=1,
        le=65_536,
        description="Into so many parts hashes are divided; a task has one part at a time, with about 70 bytes for "
        "each line, sentence or n-gram that differs in its document. The result does not depend on it.",
    )
    dolma: DolmaSettings = Field(default=DolmaSettings(), description="Of the method dolma.")
    ngrams: NgramSettings = Field(default=NgramSettings(), description="Of the method dolma_ngrams.")
    sentences: SentenceSettings = Field(default=SentenceSettings(), description="Of the method sentence_spans.")
    bff: BffSettings = Field(default=BffSettings(), description="Of the method bff.")

    @model_validator(mode="after")
    def _only_own_settings(self) -> RepeatedParagraphSettings:
        given = self.model_fields_set & {name for names in OWN_SETTINGS.values() for name in names}
        others = sorted(given - set(OWN_SETTINGS[self.method]))
        if others:
            raise ValueError(f"{', '.join(others)}: not used by the method {self.method}")
        return self

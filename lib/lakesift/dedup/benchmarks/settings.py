"""Settings of benchmarks, and of the rules to find, cut and evaluate their text."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from lakesift.settings import Settings

Method = Literal["gpt3", "datatrove", "palm", "llama2"]
TEXT = "text"
NEEDED = "needs a path in contamination.files (--set contamination.files=PATH, or [PATH, PATH])"


class BenchmarkFile(Settings):
    """One benchmark: a file, and the columns of its examples."""

    path: str = Field(
        min_length=1, description="JSONL, plain or compressed by its ending (.gz), or Parquet; any fsspec path"
    )
    task: str | None = Field(
        default=None, min_length=1, description="name in the tables; none: the file's, without endings"
    )
    text: str | None = Field(
        default=None, description="column with all of an example's text; `text` where neither this nor label is named"
    )
    query: str | None = Field(default=None, description="column with the question; only with label")
    label: str | None = Field(default=None, description="column with the answer, or a list of right answers")

    @model_validator(mode="after")
    def _columns(self) -> BenchmarkFile:
        if self.text is not None and (self.query is not None or self.label is not None):
            raise ValueError("name text, or query and label, and not both")
        if self.query is not None and self.label is None:
            raise ValueError("query without label: where there is no answer, name the column as text")
        return self


class Gpt3Settings(Settings):
    """Contamination by GPT-3's rule.

    Source: EleutherAI/lm-evaluation-harness 121b709, lm_eval/decontamination/janitor.py.
    """

    ngram_n: int = Field(default=13, ge=1, le=1000, description="words of an n-gram (arXiv 2005.14165, appendix C)")


class DatatroveSettings(Settings):
    """Contamination by datatrove's rule.

    Source: huggingface/datatrove 0.10.1, pipeline/decont/n_grams.py.
    """

    n_grams: int = Field(default=12, ge=1, le=1000, description="words of an n-gram")
    find_query_ngrams: bool = Field(default=False, description="look for n-grams of the query alone, too")
    find_overlap_ngrams: bool = Field(default=True, description="look for n-grams that lie in query and label, too")


class PalmSettings(Settings):
    """Hits for PaLM's rule; arXiv 2204.02311, section 8."""

    ngram_n: int = Field(default=8, ge=1, le=1000, description="words of an n-gram")


class Llama2Settings(Settings):
    """Hits for Llama 2's rule; arXiv 2307.09288, appendix A.6."""

    ngram_n: int = Field(default=10, ge=1, le=1000, description="words with which a match begins, all of them equal")
    skip_budget: int = Field(default=4, ge=0, description="words behind these in which a match may differ")


class ContaminationSettings(Settings):
    """The benchmarks, and the rules that look for their text in documents."""

    files: tuple[BenchmarkFile, ...] = Field(
        default=(),
        description="the benchmarks; a path alone means a file with the column text",
        validate_default=True,
    )
    methods: tuple[Method, ...] = Field(
        default=("gpt3",),
        min_length=1,
        description="gpt3: 13-grams, to be cut (arXiv 2005.14165, appendix C); datatrove: 12-grams, to drop documents;"
        " palm and llama2: 8-grams and runs of 10 words, to evaluate the examples (stage judge_examples)",
    )
    gpt3: Gpt3Settings = Field(default=Gpt3Settings(), description="Of the method gpt3.")
    datatrove: DatatroveSettings = Field(default=DatatroveSettings(), description="Of the method datatrove.")
    palm: PalmSettings = Field(default=PalmSettings(), description="Of the method palm.")
    llama2: Llama2Settings = Field(default=Llama2Settings(), description="Of the method llama2.")
    max_bytes: int = Field(
        default=1 << 28,
        ge=1,
        le=1 << 29,
        description="most bytes of all benchmarks, decompressed; their text travels to every worker",
    )
    max_ngrams: int = Field(
        default=20_000_000,
        ge=1,
        description="most n-grams of a method in all benchmarks; measured: a worker needs 40 bytes for each",
    )
    most_examples: int = Field(
        default=100,
        ge=1,
        description="maximum number of examples that palm and llama2 name for an n-gram; the other methods name one, "
        "because they evaluate the document",
    )
    max_hits: int = Field(
        default=100_000,
        ge=1,
        description="places of one document at which a method finds something, at most; the rest is left",
    )
    bytes_at_once: int = Field(
        default=32 * 2**20,
        ge=2**16,
        description="text handled in one go, which bounds a worker's memory; a longer text goes alone",
    )

    @field_validator(
        "files", mode="before", json_schema_input_type=str | BenchmarkFile | tuple[str | BenchmarkFile, ...]
    )
    @classmethod
    def _paths(cls, value: Any) -> Any:
        listed = list(value) if isinstance(value, list | tuple) else [value]
        return [{"path": item} if isinstance(item, str) else item for item in listed]

    @field_validator("files")
    @classmethod
    def _at_least_one(cls, files: tuple[BenchmarkFile, ...]) -> tuple[BenchmarkFile, ...]:
        if not files:
            raise ValueError(NEEDED)
        return files

    @field_validator("methods")
    @classmethod
    def _once(cls, methods: tuple[Method, ...]) -> tuple[Method, ...]:
        if len(set(methods)) < len(methods):
            raise ValueError("each method once")
        return methods


class DecontaminateSettings(Settings):
    """Cuts and dropped documents for the hits of the methods gpt3 and datatrove.

    The first three are the arguments of Janitor: EleutherAI/lm-evaluation-harness 121b709,
    lm_eval/decontamination/janitor.py.
    """

    window_to_remove: int = Field(default=200, ge=0, description="characters cut on each side of an n-gram")
    too_dirty_cutoff: int = Field(
        default=10,
        ge=0,
        description="a document with more hits than this is dropped; overlapping n-grams are a hit each",
    )
    minimum_slice_length: int = Field(
        default=200,
        ge=0,
        description="what is left between two cuts goes, too, unless it has more characters than this",
    )
    max_documents: int | None = Field(
        default=None,
        ge=1,
        description="leave n-grams alone that more documents than this contain, as common phrases; GPT-3: 10 (arXiv "
        "2005.14165, appendix C). None, as in Janitor: every n-gram counts",
    )


class JudgeSettings(Settings):
    """The coverage from which on an example counts as contaminated."""

    palm_share: float = Field(
        default=0.7, gt=0, le=1, description="smallest share of 8-grams found; PaLM: 0.7 (arXiv 2204.02311, section 8)"
    )
    llama2_clean: float = Field(
        default=0.2, gt=0, le=1, description="clean below this share of words (arXiv 2307.09288, appendix A.6)"
    )
    llama2_dirty: float = Field(
        default=0.8, gt=0, le=1, description="dirty from this share of words on (arXiv 2307.09288, appendix A.6)"
    )

    @model_validator(mode="after")
    def _in_order(self) -> JudgeSettings:
        if self.llama2_clean > self.llama2_dirty:
            raise ValueError("llama2_clean is larger than llama2_dirty")
        return self

"""Settings of exact and near-duplicates."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from lakesift.dedup.shared.url_normalisation import UrlSettings
from lakesift.settings import Settings
from lakesift.text.kernels.minhash_settings import ShingleSettings

Published = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*@[1-9][0-9]*$")]
Preference = Literal["score", "length", "newest", "oldest"]
Key = Literal["content", "url", "payload"]


class ComponentSettings(Settings):
    """The construction of clusters from pairs."""

    STAGE: ClassVar[str]

    one_task_edges: int = Field(
        default=5_000_000,
        ge=0,
        description="Up to this many edges, components are found by SciPy in one task (measured: 150 MB per million"
        " edges); above it, by star operations in Spark. Both give the same clusters.",
    )
    max_rounds: int = Field(
        default=64,
        ge=1,
        description="Rounds of star operations before giving up; O(log^2 n) suffice (Kiveris et al. 2014, theorem 1).",
    )


class ClusterSettings(ComponentSettings):
    """The compared documents, the keeper of a cluster, and its construction."""

    keep: tuple[Preference, ...] = Field(
        default=("length", "newest"),
        description="The kept document has the highest score, most words, latest or earliest fetch time: the first that"
        " differs decides, missing values lose, and the smallest doc_id breaks ties.",
    )
    within: Literal["crawl", "corpus"] = Field(
        default="corpus",
        description="Compare within each crawl (as FineWeb: huggingface/datatrove examples/fineweb.py) or across all.",
    )


class NearDuplicateSettings(ClusterSettings):
    """The definition of a near-duplicate, and the documents that are compared."""

    STAGE = "near_duplicates"

    against: tuple[Published, ...] = Field(
        default=(),
        description="Published data sets, as name@version, whose documents stay: new ones that match them are dropped."
        " Each needs its index, which the stage `index` writes.",
    )
    min_similarity: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Smallest similarity for two documents of a bucket to be linked; none: sharing a bucket is enough, "
        "as in huggingface/datatrove pipeline/dedup/minhash.py. data-prep-kit fdedup has 0.75, by signature.",
    )
    verify: Literal["signature", "jaccard"] = Field(
        default="signature",
        description="What min_similarity is compared with: the share of equal signature values, or the exact Jaccard"
        " similarity of the two texts' shingles.",
    )
    shingles: ShingleSettings = Field(
        default=ShingleSettings(), description="of the exact similarity; those of the minhash step, as a rule"
    )
    anchors: int = Field(
        default=2,
        ge=1,
        le=100,
        description="With min_similarity, each document of a bucket is compared with so many of its smallest; "
        "NVIDIA-NeMo/Curator FuzzyDuplicatesConfig, num_anchors.",
    )
    most_in_bucket: int | None = Field(
        default=None,
        ge=2,
        description="Documents of a bucket beyond so many are not compared in it, only counted: a bucket that large "
        "says little (block purging: Papadakis et al. 2013, IEEE TKDE 25(12)). None: all are, for a bucket's cost "
        "grows with its documents and not with their pairs.",
    )

    part_bits: int = Field(
        default=10,
        ge=1,
        le=16,
        description="Buckets are divided into two to the power of this many parts; a task has one part at a time, 16 "
        "bytes for each key: with 14 keys, 22 MB for 100 million documents; with 16 bits, 35 MB for 10,000 million. "
        "The result does not depend on it.",
    )

    @model_validator(mode="after")
    def _can_be_verified(self) -> Self:
        if self.verify == "jaccard" and self.min_similarity is None:
            raise ValueError("verify: jaccard needs min_similarity")
        if self.verify == "jaccard" and self.against:
            raise ValueError("an index has signatures and no texts: with `against`, verify: signature")
        return self


class ExactDuplicateSettings(ClusterSettings):
    """The fields in which exact duplicates agree."""

    STAGE = "exact_duplicates"

    by: tuple[Key, ...] = Field(
        default=("content",),
        min_length=1,
        description="Documents that agree in one of these are duplicates: `content`, the SHA-256 of the text (as "
        "RedPajama v2 and Nemotron-CC); `url`, the normalised URL (as Dolma, arXiv 2402.00159, section 3.1); "
        "`payload`, the archive's digest of the server's answer. The first in which a document has a duplicate is its "
        "method.",
    )
    url: UrlSettings = Field(default=UrlSettings(), description="How URLs are normalised where `by` names them.")

    @field_validator("by")
    @classmethod
    def _once(cls, by: tuple[Key, ...]) -> tuple[Key, ...]:
        if len(set(by)) < len(by):
            raise ValueError("each kind once")
        return by

"""What a recipe can say about near-duplicates."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lakesift.settings import Settings

Published = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*@[1-9][0-9]*$")]
Preference = Literal["score", "length", "newest", "oldest"]


class NearDuplicateSettings(Settings):
    """Which documents are compared, what counts as a near-duplicate, and which one of a cluster is kept."""

    keep: tuple[Preference, ...] = Field(
        default=("length", "newest"),
        description="The kept document has the highest score, most words, latest or earliest fetch time: the first that"
        " differs decides, missing values lose, and the smallest doc_id breaks ties.",
    )
    within: Literal["crawl", "corpus"] = Field(
        default="corpus",
        description="Compare within each crawl (as FineWeb: huggingface/datatrove examples/fineweb.py) or across all.",
    )
    against: tuple[Published, ...] = Field(
        default=(),
        description="Published data sets, as name@version, whose documents stay: new ones that match them are dropped."
        " Each needs its index, which the stage `index` writes.",
    )
    min_similarity: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Smallest share of equal signature values for two documents of a bucket to be linked; none: sharing"
        " a bucket is enough, as in huggingface/datatrove pipeline/dedup/minhash.py.",
    )
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

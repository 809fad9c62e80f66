"""Index a data set by the band keys of its documents, so that later crawls are compared with it without its texts.

The stage `near_duplicates` of a later run names the data set in `against`; the index that it reads is the one of that
version. Where `publish` adds to a version, `index` adds to the index of that version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field
from pyspark.sql import DataFrame

from lakesift.dedup.minhash.across_crawls import index_rows, rows_of_dataset
from lakesift.dedup.near_duplicates import NEEDS_MINHASH
from lakesift.operators.operator import Account, Operator, Published, Stage
from lakesift.operators.roles import Measures
from lakesift.operators.table import Binary, Long, String, Table
from lakesift.settings import Settings
from lakesift.text.urls.sites import DATASET_NAME, Site


class IndexSettings(Settings):
    """The data set whose documents are indexed by their band keys, for near-duplicates of it in later crawls."""

    dataset: str = Field(pattern=DATASET_NAME, description="Name of the data set; the table is index_<name>.")
    add_to: int | None = Field(
        default=None, ge=1, description="The version that the stage publish added to; its index is taken over."
    )
    without_sites: tuple[Site, ...] = Field(default=(), description="Those of the stage publish.")


def index(
    all_documents: DataFrame,
    duplicates: DataFrame | None,
    dataset: DataFrame,
    base: DataFrame | None,
    settings: IndexSettings,
) -> DataFrame:
    """Index the documents that a data set took from this run.

    Args:
        all_documents: doc_id, crawl, minhash, signature.
        duplicates: doc_id, cluster_id, keeper_id of the stage near_duplicates, if the recipe has it.
        dataset: doc_id of the data set.
        base: the index of the version that is added to.
        settings: see `IndexSettings`.

    Returns:
        See `minhash.across_crawls.index_rows`.
    """
    fresh = all_documents
    if base is not None:
        fresh = fresh.join(base.where("key IS NULL").select("doc_id"), "doc_id", "left_anti")
    return index_rows(dataset, fresh, duplicates)


def index_table(settings: IndexSettings) -> str:
    """Return the name of the table."""
    return f"index_{settings.dataset}"


def dataset_table(settings: IndexSettings) -> Mapping[str, str]:
    """Return the table of the data set that an earlier stage publishes."""
    return {"dataset": f"dataset_{settings.dataset}"}


def base_version(settings: IndexSettings) -> Mapping[str, Sequence[Published]]:
    """Return the index of the version that is added to."""
    reference = f"{settings.dataset}@{settings.add_to}"
    return {"base": [Published(index_table(settings), reference)] if settings.add_to else []}


def account(inputs: Mapping[str, Any], output: DataFrame, settings: IndexSettings) -> Account:
    """Count documents, of which each is indexed."""
    return Account(inputs["dataset"], output.where("key IS NULL").select("doc_id").distinct())


def takes_over(base: DataFrame, inputs: Mapping[str, Any], settings: IndexSettings) -> DataFrame:
    """Return the rows of the earlier index that stand for documents which are still in the data set."""
    return rows_of_dataset(base, inputs["dataset"]) if settings.without_sites else base


def check(stage: Stage, stages: Sequence[Stage]) -> list[tuple[tuple[str | int, ...], str, str | None]]:
    """Check that `index` and `publish` of one data set say the same of the version that is added to."""
    found: list[tuple[tuple[str | int, ...], str, str | None]] = []
    for other in stages:
        if other.operator.name == "publish" and other.settings.dataset == stage.settings.dataset:
            for name in ("add_to", "without_sites"):
                own, wanted = (json.dumps(each.settings.model_dump(mode="json")[name]) for each in (stage, other))
                if own != wanted:
                    same = f"the same: --set '{stage.name}.{name}={wanted}', or --set '{other.name}.{name}={own}'"
                    found.append(((name,), f"is {own}, {other.name}.{name} {wanted}", same))
    return found


OPERATOR = Operator(
    index,
    role=Measures(),
    writes=Table(
        "one band key of a published document, or (without a key) the document",
        {
            "key": Long(null="the row stands for the document"),
            "node": Long("the number that stands for doc_id"),
            "doc_id": String("with the columns after it, only without a key", null="the row is of a key"),
            "crawl": String(null="not known"),
            "cluster_id": String("clusters only grow: the smallest of all rows of a document holds", null="of a key"),
            "signature": Binary(null="of a key, or the document has a row with it"),
        },
        cluster_by=("key",),
    ),
    example="- index: {dataset: web}",
    needs=NEEDS_MINHASH,
    published=base_version,
    made=dataset_table,
    table_name=index_table,
    account=account,
    takes_over=takes_over,
    check=check,
)

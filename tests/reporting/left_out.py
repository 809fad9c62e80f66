"""The invented lake as a version of `clean` was published from it: documents that the last stages left out."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from declared import schema_of
from lakesift.operators.outcome import OUTCOMES
from lakesift.reporting.frames import LakeTables, outcomes_in
from reporting.invented import STAGES, with_stages
from reporting.invented_ledger import Rows

BY_PUBLISH = ("already_published", "low_score", "no_score")


def left_out(rows: Rows) -> dict[str, str]:
    """Return one document for each reason; the one that was published already is in the data set."""
    twins = {row["doc_id"] for row in rows["duplicates"]}
    chosen = [row["doc_id"] for row in rows["dataset_clean"] if row["doc_id"] not in twins]
    others = [row["doc_id"] for row in rows["verdicts"] if row["kept"] and row["doc_id"] not in {*twins, *chosen}]
    return dict(zip(("prototype", "low_score", "no_score"), others, strict=False)) | {"already_published": chosen[0]}


def publish_outcomes(spark: SparkSession, documents: dict[str, str], names: tuple[str, ...] = BY_PUBLISH) -> DataFrame:
    """Return the outcomes of a last stage `publish`, by reason."""
    outcomes = [(len(STAGES), "publish", documents[name], False, name, None, 1.0, 0) for name in names]
    return spark.createDataFrame(outcomes, OUTCOMES.schema)


def published_tables(spark: SparkSession, tables: LakeTables, rows: Rows) -> LakeTables:
    """Return the tables with clusters that were pruned, and with the outcomes that were kept with the data set."""
    documents = left_out(rows)
    pruned = [(documents["prototype"], False, "prototype", 1, 0.9), (documents["low_score"], True, None, 1, 0.2)]
    more = with_stages({**tables, "pruned_clusters": spark.createDataFrame(pruned, schema_of("pruned_clusters"))})
    earlier = outcomes_in(more)
    assert earlier is not None
    return with_stages(more, earlier.unionByName(publish_outcomes(spark, documents)))

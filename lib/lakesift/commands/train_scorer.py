"""What `lakesift scorer train` does: a labelled table of the user's in, a registered scorer out."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakesift.commands.scorer_training import train_scorer
from lakesift.errors import UsageError
from lakesift.lake.external import read_given
from lakesift.scorers.training.settings import ScorerTraining
from lakesift.spark.session import open_session
from lakesift.tracking.tracker import Tracker


def train(
    name: str, lake: str = "./lake", *, labelled: str, text: str = "text", label: str = "label",
    id_column: str | None = None, kind: str = "fasttext", alias: str = "champion",
) -> str:  # fmt: skip
    """Train a scorer from a labelled table, evaluate it on a held-out part and register it under an alias.

    Args:
        name: of the scorer in the registry.
        lake: whose registry.
        labelled: Parquet, JSONL (also gzipped) or a Delta table.
        text, label, id_column: its columns; the id is the text's digest when left out.
        kind: fasttext or spark_nlp.
        alias: that recipes use.

    Raises:
        UsageError: a column is missing, or the table cannot be read.
        ScorerError: the labels cannot be learned from.
    """
    settings = ScorerTraining.model_validate({"name": name, "alias": alias, "model": {"kind": kind}})
    rows = labelled_rows(open_session(), labelled, text, label, id_column)
    trained = train_scorer(rows, settings, Tracker.for_lake(lake), (labelled, None))
    lines = [f"{trained.name} version {trained.version}, alias {trained.alias}; on the documents held out:"]
    lines += [f"  {key:<26} {value:.6g}" for key, value in sorted(trained.metrics.items())]
    if trained.evaluation.auc_low <= trained.evaluation.length_auc:
        lines.append("not shown to be better than the length of the text (auc_low is not above length_auc): label more")
    return "\n".join(lines)


def labelled_rows(spark: SparkSession, path: str, text: str, label: str, id_column: str | None) -> DataFrame:
    """A labelled table as (doc_id, text, label).

    Raises:
        UsageError: it cannot be read, or lacks a column.
    """
    rows = read_given(spark, path)
    missing = [name for name in (text, label, id_column) if name and name not in rows.columns]
    if missing:
        raise UsageError(
            f"{path} has no column {', '.join(missing)}",
            expected=", ".join(rows.columns),
            next_step="give --text, --label and --id",
        )
    name = F.col(id_column) if id_column else F.sha2(F.col(text), 256)
    return rows.select(name.alias("doc_id"), F.col(text).alias("text"), F.col(label).cast("int").alias("label"))

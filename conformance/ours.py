"""lakesift's side: what each rule decides and each family measures on given texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from pyspark.sql import SparkSession

from lakesift.documents.measuring.measure import measure_documents
from lakesift.documents.measuring.settings import DocumentsSettings
from lakesift.documents.rules.rules import RuleSet
from lakesift.documents.rules.verdicts import decide
from lakesift.recipe.files import rule_file
from lakesift.shipped import CHECKOUT
from lakesift.text.edits import EDITS
from lakesift.text.kernels.buffers import array_of, buffers_of
from lakesift.text.signals import FAMILIES, measure


def rule_sets(names: Sequence[str]) -> list[RuleSet]:
    """Shipped rule sets."""
    files = (rule_file(name, CHECKOUT) for name in names)
    return [RuleSet.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in files]


def decisions(spark: SparkSession, pages: pa.Table, names: Sequence[str], folder: Path) -> dict[str, list[bool]]:
    """Whether each rule of some rule sets drops each text, all measured on the texts as they are.

    Args:
        spark: evaluates the predicates, as a run does.
        pages: columns of `pages` that measuring needs.
        names: of the rule sets.
        folder: for the pages as Spark reads them.

    Returns:
        By full name of the rule, a boolean per page.
    """
    chosen = rule_sets(names)
    needed = dict.fromkeys(signal for rule_set in chosen for signal in rule_set.signals)
    steps: list[dict[str, object]] = [{"signals": [name for name in needed if name in FAMILIES]}]
    steps += [{"aside": [{"edit": name}]} for name in needed if name in EDITS]
    numbered = pages.set_column(0, "doc_id", pa.array([f"{at:09d}" for at in range(len(pages))]))
    pq.write_table(numbered, folder / "pages.parquet")
    settings = DocumentsSettings.model_validate({"steps": steps})
    documents = measure_documents(spark.read.parquet(str(folder / "pages.parquet")), settings)
    failed = {
        row["doc_id"]: set(row["failed"]) for row in decide(documents, chosen).select("doc_id", "failed").collect()
    }
    rules = [rule for rule_set in chosen for rule, _ in rule_set.predicates()]
    return {rule: [rule in failed[f"{at:09d}"] for at in range(len(pages))] for rule in rules}


def edited(texts: Sequence[str], name: str) -> list[str]:
    """The texts after one edit."""
    found: list[str] = array_of(EDITS[name].apply(buffers_of(pa.array(texts, pa.string())))[0]).to_pylist()
    return found


def values(texts: Sequence[str], family: str) -> dict[str, list[float]]:
    """The signals of one family, by name."""
    measured = measure(buffers_of(pa.array(texts, pa.string())), [family])[family]
    return {name: measured.field(name).to_pylist() for name in FAMILIES[family].columns}

"""Texts of the files that `make operator` writes; `$name`, `$title`, `$package` and `$settings` are filled in."""

from __future__ import annotations

from typing import Final, NamedTuple


class Template(NamedTuple):
    """The operator's file, its test, and the settings that its recipe gives it."""

    operator: str
    test: str
    settings: str


HEAD: Final = '''"""TODO: say what it does, verb and object, in 80 characters (arXiv 0000.00000, section 0).

TODO: the definition, in the paper's words; whose code the defaults follow (repository, commit, file); the traps.
"""

from __future__ import annotations

'''
MAP: Final = '''from collections.abc import Iterator
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field
from pyspark.sql import DataFrame

from lakesift.operators.operator import Operator
from lakesift.operators.roles import Measures
from lakesift.operators.table import DOC_ID, Double, Table
from lakesift.settings import Settings


class ${title}Settings(Settings):
    """How a text is measured."""

    max_characters: int = Field(
        default=1_000_000, ge=1, description="Characters of a text, from its start, that are read; ours."
    )


TABLE = Table("one document and what was measured", {"doc_id": DOC_ID, "value": Double("TODO: unit and range")})


def $name(documents: DataFrame, settings: ${title}Settings) -> DataFrame:
    """Measure the kept documents.

    Args:
        documents: doc_id, text.
        settings: see `${title}Settings`.

    Returns:
        doc_id, value: one row for each document.
    """
    return documents.select("doc_id", "text").mapInArrow(partial(_batches, settings=settings), TABLE.schema)


def measure(texts: pa.Array, settings: ${title}Settings) -> pa.Array:
    """Return the value of each text.

    TODO: the paper's formula; this counts characters.
    """
    return pc.cast(pc.utf8_length(pc.utf8_slice_codeunits(texts, 0, settings.max_characters)), pa.float64())


def _batches(batches: Iterator[pa.RecordBatch], settings: ${title}Settings) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        columns = [batch.column("doc_id"), measure(batch.column("text"), settings)]
        yield pa.RecordBatch.from_arrays(columns, names=list(TABLE.columns))


OPERATOR = Operator($name, role=Measures(of="documents"), writes=TABLE, example="- $name: {}")
'''
AGGREGATE: Final = '''import pyspark.sql.functions as F
from pydantic import Field
from pyspark.sql import DataFrame

from lakesift.operators.operator import Operator
from lakesift.operators.roles import Weighs
from lakesift.operators.table import DOC_ID, Double, Table
from lakesift.settings import Settings


class ${title}Settings(Settings):
    """How the size of a group becomes a weight."""

    power: float = Field(default=0.5, ge=0, le=1, description="TODO: what it does, and the paper's value.")


def $name(documents: DataFrame, settings: ${title}Settings) -> DataFrame:
    """Weigh the kept documents.

    TODO: the paper's formula; this weighs with (documents of the host)^-power.

    Args:
        documents: doc_id, host.
        settings: see `${title}Settings`.

    Returns:
        doc_id, weight (1 on average): one row for each document.
    """
    rows = documents.select("doc_id", F.coalesce("host", F.lit("")).alias("host"))
    groups = rows.groupBy("host").agg(F.count("*").alias("size"))
    groups = groups.withColumn("raw", F.pow("size", F.lit(-settings.power)))
    # Sums of decimals do not depend on the order of the rows.
    total = F.sum((F.col("size") * F.col("raw")).cast("decimal(38, 9)"))
    mean = groups.agg((total / F.sum("size")).cast("double").alias("mean"))
    weights = groups.crossJoin(F.broadcast(mean)).select("host", (F.col("raw") / F.col("mean")).alias("weight"))
    return rows.join(weights, "host").select("doc_id", "weight")


OPERATOR = Operator(
    $name,
    role=Weighs(),
    writes=Table("one document and its sampling weight", {"doc_id": DOC_ID, "weight": Double("1 on average")}),
    example="- $name: {power: 0.5}",
)
'''
FIT: Final = '''from collections.abc import Mapping

import pandas as pd
from pydantic import Field

from lakesift.operators.operator import External, Fitted, Operator
from lakesift.operators.roles import Fits
from lakesift.operators.table import Double, String, Table
from lakesift.settings import Settings


class ${title}Settings(Settings):
    """What is fitted."""

    observations: str = Field(description="Table with the columns name and value: Parquet, JSONL or Delta.")


def $name(observations: pd.DataFrame, settings: ${title}Settings) -> Fitted:
    """Fit a value for each name.

    TODO: the paper's fit; this takes means.

    Args:
        observations: name, value.
        settings: see `${title}Settings`.

    Returns:
        Rows of name and value, and metrics for MLflow.
    """
    means = observations.groupby("name")["value"].mean().sort_index()
    rows = [(str(name), float(value)) for name, value in means.items()]
    return Fitted(rows, {"observations": float(len(observations))})


def external(settings: ${title}Settings) -> Mapping[str, External]:
    """Return the user's tables that are read."""
    return {"observations": External(settings.observations)}


OPERATOR = Operator(
    $name,
    role=Fits(max_rows=100_000),
    writes=Table("one name and its value", {"name": String(), "value": Double("TODO: unit and range")}),
    example="- $name: {observations: observations.parquet}",
    external=external,
)
'''
TEST_HEAD: Final = '''"""TODO: say which numbers of the paper $name gives."""

from __future__ import annotations

'''
MISSING: Final = """
    assert PAPER, "fill in PAPER: numbers from the paper, or from ten lines of plain Python here"
"""
TEST_MAP: Final = (
    '''import pyarrow as pa
import pytest

from lakesift.$package.$name import ${title}Settings, measure

PAPER: dict[str, float] = {}
"""By text, the value that the paper gives it, with the place where it says so."""


def test_values_are_those_of_the_paper() -> None:'''
    + MISSING
    + """    values = measure(pa.array(list(PAPER)), ${title}Settings()).to_pylist()
    assert values == pytest.approx(list(PAPER.values()))
"""
)
TEST_AGGREGATE: Final = (
    '''import pytest
from pyspark.sql import SparkSession

from lakesift.$package.$name import ${title}Settings, $name

PAPER: dict[str, tuple[str, float]] = {}
"""By doc_id, the host and the weight that the paper gives the document, with the place where it says so."""


@pytest.mark.spark
def test_weights_are_those_of_the_paper(spark: SparkSession) -> None:'''
    + MISSING
    + """    documents = spark.createDataFrame([(key, host) for key, (host, _) in PAPER.items()], "doc_id STRING, host STRING")
    weights = {row.doc_id: row.weight for row in $name(documents, ${title}Settings()).collect()}
    assert weights == pytest.approx({key: weight for key, (_, weight) in PAPER.items()})
"""
)
TEST_FIT: Final = (
    '''import pandas as pd
import pytest

from lakesift.$package.$name import ${title}Settings, $name

OBSERVED: list[tuple[str, float]] = []
PAPER: dict[str, float] = {}
"""By name, the value that the paper fits to what is observed, with the place where it says so."""


def test_fitted_values_are_those_of_the_paper() -> None:'''
    + MISSING
    + """    observations = pd.DataFrame(OBSERVED, columns=["name", "value"])
    fitted = $name(observations, ${title}Settings(observations="given"))
    assert dict(fitted.rows) == pytest.approx(PAPER)
"""
)
RECIPE: Final = """# yaml-language-server: $$schema=recipe.schema.json
# TODO: the paper (arXiv 0000.00000, section 0), and what of it is not in here.
name: $name
description: TODO, what this makes, in a sentence.
source:
  archives: []            # give yours with --source
stages:
  - ingest: {}
  - documents:
      steps:
        - signals: [gopher_quality@datatrove]
  - verdicts: {rules: [gopher_quality@datatrove]}
  - $name: $settings
  - publish: {dataset: $name}
"""
TEMPLATES: Final = {
    "map": Template(HEAD + MAP, TEST_HEAD + TEST_MAP, "{}"),
    "aggregate": Template(HEAD + AGGREGATE, TEST_HEAD + TEST_AGGREGATE, "{power: 0.5}"),
    "fit": Template(HEAD + FIT, TEST_HEAD + TEST_FIT, "{observations: observations.parquet}"),
}

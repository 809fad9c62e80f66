"""The arguments of an operator's function, made of the tables that its stage reads."""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrame

from lakesift.engine.planning import Planned
from lakesift.engine.taken_in import TakenIn
from lakesift.lake.external import read_given, read_lines
from lakesift.lake.lake import Lake
from lakesift.operators.names import INGESTED
from lakesift.operators.operator import DOCUMENTS, OUTCOMES, UNCUT
from lakesift.operators.outcome import Decided, kept_documents, union_of, with_cuts
from lakesift.operators.roles import Weighs


def inputs_of(planned: Planned, lake: Lake, view: TakenIn | None) -> dict[str, Any]:
    """Read the tables of a planned stage, by parameter.

    Args:
        planned: all of its input versions known.
        lake: where they are.
        view: which rows of `pages` and `links` the recipe sees.

    Returns:
        A frame, None (an optional table that no stage makes) or frames by table, for each parameter.
    """
    tables = {
        table: view.rows(lake, table) if view is not None and table in INGESTED else lake.read(table, version)
        for table, version in planned.inputs.items()
    }
    decided = [Decided(place, stage.name, stage.operator, tables[stage.table]) for place, stage in planned.deciding]
    operator, settings = planned.stage.operator, planned.stage.settings
    external = operator.external(settings) if operator.external else {}
    found: dict[str, Any] = {}
    for parameter in operator.parameters:
        mine = [tables[table] for table in planned.parameters.get(parameter.name, {})]
        if parameter.name == OUTCOMES:
            found[OUTCOMES] = union_of(decided, lake.spark.createDataFrame([], "doc_id STRING"))
        elif parameter.name in external:
            path, is_text = external[parameter.name]
            found[parameter.name] = read_lines(lake.spark, path) if is_text else read_given(lake.spark, path)
        elif parameter.has_many:
            found[parameter.name] = dict(zip(planned.parameters.get(parameter.name, {}), mine, strict=True))
        else:
            found[parameter.name] = _kept(parameter.name, mine[0], decided) if mine else None
    return found


def _kept(parameter: str, rows: DataFrame, decided: list[Decided]) -> DataFrame:
    if parameter not in (DOCUMENTS, UNCUT):
        return rows
    deciding = [each for each in decided if not isinstance(each.operator.role, Weighs)]
    kept = kept_documents(rows, deciding)
    return with_cuts(kept, deciding) if parameter == DOCUMENTS else kept

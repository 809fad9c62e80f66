"""The work of one stage: calls its operator's function and commits what it returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pyspark.sql import DataFrame

from lakesift.engine.planning import Planned, code_of
from lakesift.engine.taken_in import TakenIn
from lakesift.errors import StageError
from lakesift.lake.commits import facts_at
from lakesift.lake.lake import Lake
from lakesift.operators.accounting import account_of, count
from lakesift.operators.declarations import check_columns
from lakesift.operators.names import DATASET_PREFIX, OUTCOMES_PREFIX
from lakesift.operators.operator import COUNTS, MATERIALIZE, OUTCOMES, RULE_SETS, SCORERS, SETTINGS, Fitted
from lakesift.operators.outcome import OUTCOMES as OUTCOME_TABLE
from lakesift.operators.outcome import outcomes_of_left_out
from lakesift.operators.roles import Fits, Publishes
from lakesift.recipe.recipe import Recipe
from lakesift.scorers.scoring.scoring import Scorer
from lakesift.tracking.tracker import Tracker


@dataclass
class StageWork:
    """One stage at work.

    Attributes:
        lake, recipe, planned, tracker, run_id: of the run.
        inputs: tables by parameter, see `inputs.inputs_of`.
        view: which rows of `pages` and `links` the recipe sees.
        allow_empty: whether a data set without a row may be published.
        counts: what the operator counted on its way.
        metrics: what a fitted operator returned, for MLflow.
        kept: the table of outcomes beside the data set, with its version; None: not asked for yet.
    """

    lake: Lake
    recipe: Recipe
    planned: Planned
    inputs: dict[str, Any]
    tracker: Tracker
    run_id: str
    view: TakenIn | None = None
    allow_empty: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    kept: dict[str, int] | None = None

    def write(self) -> int:
        """Run the operator and commit its table.

        Returns:
            The Delta version.

        Raises:
            StageError: the operator returns other columns than it declares, a table is too large to be fitted on, the lake
                has lost rows that it reads, or a data set would be empty.
        """
        planned, stage = self.planned, self.planned.stage
        if self.view is not None:
            for taken in planned.reads_ingested:
                self.view.check(self.lake, taken)
        facts = self._facts()
        facts |= self._write_outcomes(facts)
        rows = self._rows()
        check_columns(stage.operator, rows.columns)
        adds, base = False, self.inputs.get("base")
        if base is not None and stage.operator.takes_over is not None:
            stays = stage.operator.takes_over(base, self.inputs, stage.settings)
            adds = stays is base and self.lake.version(stage.table) == planned.parameters["base"][stage.table]
            rows = rows if adds else stays.unionByName(rows, allowMissingColumns=True)
        elif isinstance(stage.operator.role, Publishes) and not self.allow_empty:
            self._refuse_empty(rows)
        table = stage.operator.writes.named(stage.table)
        version = self.lake.write(table, rows, facts, append=adds)
        self.lake.drop_materialized()
        return version

    def make_newest(self, version: int) -> int:
        """Commit an older version of a data set once more: the newest is what a run settled on, by whichever name.

        Args:
            version: in which the table has it.

        Returns:
            The Delta version that has it now.

        Raises:
            StageError: it is empty.
        """
        table, name = self.planned.stage.operator.writes, self.planned.writes
        rows = self.lake.read(name, version)
        if not self.allow_empty:
            self._refuse_empty(rows)
        facts = {**facts_at(self.lake.history(name), version), "run_id": self.run_id, "same_as": version}
        for kept, at in facts.get(OUTCOMES, {}).items():
            self.kept = {kept: self.lake.write(OUTCOME_TABLE.named(kept), self.lake.read(kept, at), facts)}
            facts[OUTCOMES] = self.kept
        return self.lake.write(table.named(name), rows, facts)

    def _refuse_empty(self, rows: DataFrame) -> None:
        if not rows.isEmpty():
            return
        stage = self.planned.stage
        counted = count(stage.name, account_of(stage.operator, stage.settings, self.inputs, rows))
        reasons = ", ".join(f"{number:,} {reason}" for reason, number in counted[2].items())
        raise StageError(
            f"{self.planned.writes} would be empty: {counted[0]:,} rows in, {reasons or 'nothing to publish'}",
            next_step="mend what leaves nothing over, or publish it so with --allow-empty",
        )

    def outcome_versions(self, version: int) -> dict[str, int]:
        """Return the table of outcomes that was kept with a version of a data set, and its version."""
        if self.kept is None and self.planned.stage.operator.takes(OUTCOMES):
            self.kept = facts_at(self.lake.history(self.planned.writes), version).get(OUTCOMES)
        return self.kept or {}

    def outcomes_read(self, version: int) -> dict[str, DataFrame]:
        """Return the outcomes that were kept with a version of a data set, as the parameter `outcomes`."""
        if not self.planned.stage.operator.takes(OUTCOMES):
            return {}
        ((table, kept_version),) = self.outcome_versions(version).items()
        return {OUTCOMES: self.lake.read(table, kept_version)}

    def _facts(self) -> dict[str, Any]:
        planned, stage = self.planned, self.planned.stage
        return {
            "fingerprint": planned.fingerprint,
            "stage": stage.name,
            "operator": stage.operator.name,
            "place": planned.place,
            "code": code_of(stage),
            "recipe": self.recipe.name,
            "run_id": self.run_id,
            "inputs": planned.inputs,
            **({"taken_in": self.view.facts()} if self.view is not None and planned.reads_ingested else {}),
            "scorers": dict(planned.scorers),
            "settings": stage.settings.model_dump(mode="json"),
            "rule_sets": [each.model_dump(mode="json") for each in self.recipe.rule_sets_of(stage.name)],
        }

    def _write_outcomes(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Keep the outcomes of all documents with the version that is published."""
        operator, settings = self.planned.stage.operator, self.planned.stage.settings
        if operator.leaves_out is None or not operator.takes(OUTCOMES):
            return {}
        left_out = operator.leaves_out(self.inputs, settings)
        own = outcomes_of_left_out(self.planned.place, self.planned.stage.name, left_out)
        name = f"{OUTCOMES_PREFIX}{self.planned.writes.removeprefix(DATASET_PREFIX)}"
        rows = self.inputs[OUTCOMES].unionByName(own)
        version = self.lake.write(OUTCOME_TABLE.named(name), rows.select(*OUTCOME_TABLE.columns), facts)
        self.inputs[OUTCOMES] = self.lake.read(name, version)
        self.kept = {name: version}
        return {OUTCOMES: self.kept}

    def _rows(self) -> DataFrame:
        stage = self.planned.stage
        given = {
            SETTINGS: stage.settings,
            MATERIALIZE: self._materialize,
            RULE_SETS: self.recipe.rule_sets_of(stage.name),
            SCORERS: [
                Scorer(name, version, self.tracker.scorer_folder(name, version))
                for name, version in self.planned.scorers.items()
            ],
        }
        tools = {name: value for name, value in given.items() if stage.operator.takes(name)}
        if isinstance(stage.operator.role, Fits):
            return self._fitted(stage.operator.role, tools)
        rows: DataFrame = stage.operator.function(**self.inputs, **tools)
        return rows

    def _fitted(self, role: Fits, tools: dict[str, Any]) -> DataFrame:
        stage = self.planned.stage
        for name, frame in self.inputs.items():
            rows = 0 if frame is None else frame.limit(role.max_rows + 1).count()
            if rows > role.max_rows:
                raise StageError(
                    f"{name} has more than {role.max_rows:,} rows, the most that {stage.operator.name} is fitted on",
                    next_step="aggregate it in an earlier stage",
                )
        frames = {name: None if frame is None else frame.toPandas() for name, frame in self.inputs.items()}
        fitted: Fitted = stage.operator.function(**frames, **tools)
        self.metrics = dict(fitted.metrics)
        return self.lake.spark.createDataFrame(list(fitted.rows), stage.operator.writes.schema)

    def _materialize(self, rows: DataFrame, name: str) -> DataFrame:
        table = self.lake.materialize(rows, name)
        if name == COUNTS:
            self.counts = {row["name"]: row["count"] for row in table.collect()}
        return table

"""Runs a recipe: order, fingerprints, skip and resume, row accounting, MLflow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lakesift.clock import new_run_id, now, seconds
from lakesift.crawl.ingest import IngestSettings
from lakesift.dedup.minhash.clusters import COUNTS
from lakesift.engine.accounting import StageRun, accounted, count, facts_of, record, record_funnel
from lakesift.engine.dataset_versions import publish_row
from lakesift.engine.failures import failure_of
from lakesift.engine.ingestion import OTHERWISE, OUTPUTS, ingest
from lakesift.engine.planning import Planned, pins, plan_stage
from lakesift.engine.progress import Progress
from lakesift.errors import LakesiftError, StageError
from lakesift.lake.lake import Lake
from lakesift.lake.tables import DATASET_PREFIX
from lakesift.operators.stage_kinds import INGEST, Context
from lakesift.operators.stages import STAGES
from lakesift.recipe.recipe import Recipe, Stage
from lakesift.recipe.stage_range import Selection
from lakesift.scorers.scoring.scoring import Scorer
from lakesift.tracking.tracker import RecipeRun, Tracker

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

RECORD_EVERY_SECONDS = 10.0
"""A commit for each of many short stages would take longer than the stages; a killed run counts such a stage again."""


@dataclass
class Run:
    """What a run did.

    Attributes:
        run_id: its name in `runs` and `funnel`.
        recipe: name of the recipe.
        stages: one row of `runs` a stage, in order.
        versions: table -> version that the run settled on.
        sizes: of each data set that was published, `name@version`, how many documents or pairs it has.
        failures: sources that could not be read.
    """

    run_id: str
    recipe: str
    stages: list[StageRun] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    failures: int = 0

    @property
    def published(self) -> list[str]:
        """`name@version` of each data set."""
        return list(self.sizes)


def run_recipe(
    recipe: Recipe,
    lake: Lake,
    *,
    selection: Selection | None = None,
    tracker: Tracker | None = None,
    progress: Progress | None = None,
) -> Run:
    """Bring a lake to what a recipe says; stages whose fingerprint is there already are skipped.

    Args:
        recipe: a checked recipe.
        lake: where the tables are.
        selection: the stages that may run; all when left out.
        tracker: where MLflow runs go; the lake's own when left out.
        progress: what a person sees.

    Raises:
        LakeError: the lake is not ours, newer, or another run works on it.
        ScorerError: a scorer of the recipe is not registered.
        StageError: a stage failed; the message ends with the command that continues.
    """
    chosen = (selection or Selection()).places(recipe)
    work = _Work(
        recipe, lake, tracker or Tracker.for_lake(lake.location), progress or Progress(), Run(new_run_id(), recipe.name)
    )
    with (
        lake.locked(),
        work.tracker.recipe_run(recipe.name, {"lake": lake.location}, {"recipe.yml": recipe.text}) as tracked,
    ):
        work.accounted = accounted(lake)
        # What cannot be compared or scored is told before anything is measured.
        work.pinned = pins(recipe, lake)
        for stage in recipe.stages[chosen.start : chosen.stop]:
            for name, alias in STAGES[stage.name].scorers(stage.settings):
                work.tracker.resolve_version(name, alias)
        for place, stage in enumerate(recipe.stages):
            work.execute(place, stage, may_run=place in chosen, tracked=tracked)
            if place == chosen[-1]:
                break
        work.record()
    return work.run


@dataclass
class _Work:
    recipe: Recipe
    lake: Lake
    tracker: Tracker
    progress: Progress
    run: Run
    accounted: set[tuple[str, str]] = field(default_factory=set)
    unrecorded: list[StageRun] = field(default_factory=list)
    recorded_at: float = field(default_factory=seconds)
    counts: dict[str, int] = field(default_factory=dict)
    pinned: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def record(self) -> None:
        """Append what the stages did since the last time to `runs`."""
        if self.unrecorded:
            record(self.lake, self.unrecorded)
        self.unrecorded, self.recorded_at = [], seconds()

    def execute(self, place: int, stage: Stage, may_run: bool, tracked: RecipeRun) -> None:
        label = f"[{place + 1}/{len(self.recipe.stages)}]"
        started, begun = now(), seconds()
        try:
            with (
                self.progress.stage(label, stage.name) as facts,
                tracked.stage(stage.name, stage.settings.model_dump()) as logged,
            ):
                if isinstance(stage.settings, IngestSettings):
                    result = self._ingest(stage, stage.settings, may_run)
                else:
                    result = self._stage(stage, may_run, tracked)
                result = replace(result, started_at=started, seconds=round(seconds() - begun, 3))
                facts += facts_of(result)
                figures = {"rows_in": result.rows_in, "rows_out": result.rows_out, "seconds": result.seconds}
                logged.metrics({**figures, **result.counts})
        except Exception as error:
            failed = StageRun(self.run.run_id, self.recipe.name, stage.name, "failed", started, error=str(error)[:2000])
            self._record_failure([*self.unrecorded, replace(failed, seconds=round(seconds() - begun, 3))])
            raise failure_of(stage.name, error, self.recipe, self.lake.location) from error
        self.run.stages.append(result)
        self.unrecorded.append(result)
        if seconds() - self.recorded_at > RECORD_EVERY_SECONDS:
            self.record()

    def _ingest(self, stage: Stage, settings: IngestSettings, may_run: bool) -> StageRun:
        taken = ingest(self.recipe, settings, self.lake, may_run, self.run.run_id)
        self.run.versions.update(taken.versions)
        self.run.failures = taken.failures
        if taken.is_otherwise:
            self.progress.line(OTHERWISE)
        status = "done" if taken.sources else "skipped"
        return StageRun(
            self.run.run_id, self.recipe.name, stage.name, status, now(), taken.fingerprint, {}, "pages",
            taken.versions.get("pages"), taken.records, taken.pages, taken.rejected,
        )  # fmt: skip

    def _stage(self, stage: Stage, may_run: bool, tracked: RecipeRun) -> StageRun:
        versions, pinned = self.run.versions, self.pinned[stage.name]
        planned = plan_stage(self.recipe, stage, self.lake, versions, pinned, self.tracker.resolve_version)
        result = StageRun(
            self.run.run_id, self.recipe.name, stage.name, "skipped", now(), planned.fingerprint, planned.inputs,
            planned.writes, planned.version,
        )  # fmt: skip
        if not may_run and planned.version is None:
            return result
        self._need_inputs(planned)
        inputs = {table: self.lake.read(table, version) for table, version in planned.inputs.items()}
        scorers = [
            Scorer(name, version, self.tracker.scorer_folder(name, version))
            for name, version in planned.scorers.items()
        ]
        self.counts = {}
        context = Context(self.recipe.rule_sets_of(stage.name), scorers, self._stage_table)
        version = planned.version if planned.version is not None else self._write(planned, inputs, context)
        self.run.versions[planned.writes] = version
        if planned.version is None or (stage.name, planned.fingerprint) not in self.accounted:
            counted = replace(result, output_version=version, counts=self.counts)
            result = self._account(stage, planned, inputs, version, context, counted)
        if planned.writes.startswith(DATASET_PREFIX):
            name, rows = publish_row(self.lake, self.recipe, planned, version, self.run.versions, self.tracker, tracked)
            self.run.sizes[name] = rows
        return result

    def _stage_table(self, rows: DataFrame, name: str) -> DataFrame:
        table = self.lake.stage_table(rows, name)
        if name == COUNTS:
            self.counts = {row["name"]: row["count"] for row in table.collect()}
        return table

    def _need_inputs(self, planned: Planned) -> None:
        for table, version in planned.reads.items():
            if version is None:
                maker = next(stage.name for stage in self.recipe.stages if table in outputs_of(stage))
                raise StageError(
                    f"stage {planned.stage.name} needs {table}, which is not up to date",
                    next_step=f"add --from {maker}",
                )

    def _write(self, planned: Planned, inputs: Mapping[str, Any], context: Context) -> int:
        rows = STAGES[planned.stage.name].build(inputs, planned.stage.settings, context)
        facts = {
            "fingerprint": planned.fingerprint,
            "stage": planned.stage.name,
            "recipe": self.recipe.name,
            "run_id": self.run.run_id,
            "inputs": planned.inputs,
            "scorers": dict(planned.scorers),
            "settings": planned.stage.settings.model_dump(mode="json"),
            "rule_sets": [rule_set.model_dump(mode="json") for rule_set in context.rule_sets],
        }
        adds = False
        if planned.writes in inputs:
            base = inputs[planned.writes]
            stays = STAGES[planned.stage.name].taken_over(base, inputs, planned.stage.settings)
            adds = stays is base and self.lake.version(planned.writes) == planned.inputs[planned.writes]
            rows = rows if adds else stays.unionByName(rows)
        version = self.lake.write(planned.writes, rows, facts, append=adds)
        self.lake.drop_stage_tables()
        return version

    def _account(
        self,
        stage: Stage,
        planned: Planned,
        inputs: Mapping[str, Any],
        version: int,
        context: Context,
        result: StageRun,
    ) -> StageRun:
        account = STAGES[stage.name].account(inputs, self.lake.read(planned.writes, version), stage.settings, context)
        rows_in, rows_out, rejected, told = count(stage.name, account)
        if account.funnel is not None:
            record_funnel(self.lake, self.run.run_id, self.recipe.name, stage.name, account.funnel)
        counts = {**result.counts, **told}
        return replace(result, status="done", rows_in=rows_in, rows_out=rows_out, rejected=rejected, counts=counts)

    def _record_failure(self, rows: list[StageRun]) -> None:
        try:
            record(self.lake, rows)
        except LakesiftError as error:
            # A lake that cannot be written (disk full) must not hide why the stage failed.
            self.progress.line(f"the failure could not be written to runs: {error.message}")


def outputs_of(stage: Stage) -> tuple[str, ...]:
    """Tables that a stage writes."""
    return OUTPUTS if stage.name == INGEST else (STAGES[stage.name].writes(stage.settings),)

"""Runs a recipe: order, fingerprints, skip and resume, row accounting, MLflow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lakesift.clock import new_run_id, now, seconds
from lakesift.engine.accounting import StageRun, accounted, facts_of, record, record_funnel
from lakesift.engine.dataset_versions import is_superseded, publish_row
from lakesift.engine.failures import failure_of
from lakesift.engine.ingestion import ingest
from lakesift.engine.inputs import inputs_of
from lakesift.engine.pins import Pins, pins
from lakesift.engine.planning import Planned, need_inputs, plan_stage
from lakesift.engine.progress import Progress
from lakesift.engine.stage_funnel import funnel_of
from lakesift.engine.stage_work import StageWork
from lakesift.engine.taken_in import TakenIn
from lakesift.errors import LakesiftError, redacted, redacted_text
from lakesift.lake.lake import Lake
from lakesift.operators.accounting import account_of, count
from lakesift.operators.names import DATASET_PREFIX
from lakesift.operators.operator import Stage
from lakesift.operators.roles import Ingests
from lakesift.recipe.recipe import Recipe
from lakesift.recipe.stage_range import Selection
from lakesift.tracking.tracker import RecipeRun, Tracker

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
        sizes: of each data set that the run settled on, `name@version`, how many documents or pairs it has.
        unchanged: those of them that were the newest version before the run.
        failures: sources that could not be read.
    """

    run_id: str
    recipe: str
    stages: list[StageRun] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    unchanged: set[str] = field(default_factory=set)
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
    again: bool = False,
    allow_empty: bool = False,
) -> Run:
    """Bring a lake to what a recipe says; stages whose fingerprint is there already are skipped.

    Args:
        recipe: a checked recipe.
        lake: where the tables are.
        selection: the stages that may run; all when left out.
        tracker: where MLflow runs go; the lake's own when left out.
        progress: what a person sees.
        again: take in again the sources that other code than this lakesift's has taken in.
        allow_empty: publish a data set even where nothing is left for it.

    Raises:
        LakeError: the lake is not ours, newer, or another run works on it.
        ScorerError: a scorer of the recipe is not registered.
        StageError: a stage failed; the message ends with the command that continues.
    """
    chosen = (selection or Selection()).places(recipe)
    work = _Work(
        recipe,
        lake,
        tracker or Tracker.for_lake(lake.location),
        progress or Progress(),
        Run(new_run_id(), recipe.name),
        again,
        allow_empty,
    )
    with (
        lake.locked(stage.table for stage in recipe.stages),
        work.tracker.recipe_run(
            recipe.name, {"lake": lake.location}, {"recipe.yml": redacted_text(recipe.text)}
        ) as tracked,
    ):
        work.accounted = accounted(lake)
        # What cannot be compared or scored is said before anything is measured.
        work.pinned = pins(recipe, lake)
        for stage in recipe.stages[chosen.start : chosen.stop]:
            for name, alias in stage.operator.scorer_names(stage.settings) if stage.operator.scorer_names else ():
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
    again: bool = False
    allow_empty: bool = False
    view: TakenIn | None = None
    accounted: set[tuple[str, str]] = field(default_factory=set)
    unrecorded: list[StageRun] = field(default_factory=list)
    recorded_at: float = field(default_factory=seconds)
    pinned: Pins = field(default_factory=dict)
    has_said_why: bool = False
    metrics: Mapping[str, float] = field(default_factory=dict)

    def record(self) -> None:
        """Append what the stages did since the last time to `runs`."""
        if self.unrecorded:
            record(self.lake, self.unrecorded)
        self.unrecorded, self.recorded_at = [], seconds()

    def execute(self, place: int, stage: Stage, may_run: bool, tracked: RecipeRun) -> None:
        """Bring one stage up to date, and note what it did."""
        label = f"[{place + 1}/{len(self.recipe.stages)}]"
        started, begun = now(), seconds()
        try:
            with (
                self.progress.stage(label, stage.name) as facts,
                tracked.stage(stage.name, redacted(stage.settings.model_dump())) as logged,
            ):
                if isinstance(stage.operator.role, Ingests):
                    result = self._ingest(stage, may_run)
                else:
                    result = self._stage(stage, may_run, tracked)
                result = replace(result, started_at=started, seconds=round(seconds() - begun, 3))
                facts += facts_of(result)
                figures = {"rows_in": result.rows_in, "rows_out": result.rows_out, "seconds": result.seconds}
                logged.metrics({**figures, **result.counts, **self.metrics})
        except Exception as error:
            failed = StageRun(self.run.run_id, self.recipe.name, stage.name, "failed", started, error=str(error)[:2000])
            self._record_failure([*self.unrecorded, replace(failed, seconds=round(seconds() - begun, 3))])
            raise failure_of(stage.name, error, self.recipe, self.lake.location) from error
        self.run.stages.append(result)
        self.unrecorded.append(result)
        if seconds() - self.recorded_at > RECORD_EVERY_SECONDS:
            self.record()

    def _ingest(self, stage: Stage, may_run: bool) -> StageRun:
        taken = ingest(self.recipe, stage, self.lake, may_run, self.run.run_id, self.again)
        self.view = taken.view
        self.run.versions.update(taken.versions)
        self.run.failures = taken.failures
        for line in taken.lines:
            self.progress.line(line)
        if taken.outdated and not self.again:
            self.progress.line(
                f"{taken.outdated} sources were taken in by an earlier lakesift and stay as they are; run --again --source takes them in anew"
            )
        result = StageRun(
            self.run.run_id,
            self.recipe.name,
            stage.name,
            "done" if taken.account.archives else "skipped",
            now(),
            taken.fingerprint,
        )
        result = replace(result, output=stage.table, output_version=taken.versions.get(stage.table))
        found = taken.account
        return replace(result, rows_in=found.records, rows_out=found.pages, rejected=found.rejected)

    def _stage(self, stage: Stage, may_run: bool, tracked: RecipeRun) -> StageRun:
        versions, pinned = self.run.versions, self.pinned[stage.name]
        seen = self.view.print if self.view is not None else ""
        planned = plan_stage(self.recipe, stage, self.lake, versions, pinned, self.tracker.resolve_version, seen)
        result = StageRun(self.run.run_id, self.recipe.name, stage.name, "skipped", now(), planned.fingerprint)
        result = replace(result, inputs=planned.inputs, output=planned.writes, output_version=planned.version)
        if not may_run and planned.version is None:
            return result
        need_inputs(self.recipe, planned)
        inputs = inputs_of(planned, self.lake, self.view)
        work = StageWork(
            self.lake, self.recipe, planned, inputs, self.tracker, self.run.run_id, self.view, self.allow_empty
        )
        version = self._settled(planned, work, may_run)
        result = replace(result, output_version=version)
        self.metrics = work.metrics
        self.run.versions[planned.writes] = version
        if planned.version is None or (stage.name, planned.fingerprint) not in self.accounted:
            result = self._account(planned, work, version, replace(result, counts=work.counts))
        if planned.writes.startswith(DATASET_PREFIX):
            settled = {**self.run.versions, **work.outcome_versions(version)}
            name, rows, is_new = publish_row(
                self.lake, self.recipe, planned, version, settled, self.tracker, tracked, self.view
            )
            self.run.sizes[name] = rows
            self.run.unchanged |= set() if is_new else {name}
        return result

    def _settled(self, planned: Planned, work: StageWork, may_run: bool) -> int:
        """Return the version of a stage's table that holds its result, written now where none does."""
        if planned.version is None:
            self._say_why(planned)
            return work.write()
        is_dataset = planned.writes.startswith(DATASET_PREFIX)
        if is_dataset and may_run and is_superseded(self.lake, planned.writes, planned.version):
            self.progress.line(f"{planned.writes} goes back to what it held in Delta version {planned.version}")
            return work.make_newest(planned.version)
        return planned.version

    def _say_why(self, planned: Planned) -> None:
        """Say once why a stage that has run before runs again: later ones follow from it."""
        if planned.why and not self.has_said_why:
            self.progress.line(f"{planned.stage.name} runs again: {planned.why}")
            self.has_said_why = True

    def _account(self, planned: Planned, work: StageWork, version: int, result: StageRun) -> StageRun:
        name = planned.stage.name
        inputs = {**work.inputs, **work.outcomes_read(version)}
        output = self.lake.read(planned.writes, version)
        rows_in, rows_out, rejected, counted = count(
            name, account_of(planned.stage.operator, planned.stage.settings, inputs, output)
        )
        funnel = funnel_of(planned, inputs, output, self.recipe.rule_sets_of(name))
        if funnel is not None:
            record_funnel(self.lake, self.run.run_id, self.recipe.name, name, funnel)
        counts = {**result.counts, **counted}
        return replace(result, status="done", rows_in=rows_in, rows_out=rows_out, rejected=rejected, counts=counts)

    def _record_failure(self, rows: list[StageRun]) -> None:
        try:
            record(self.lake, rows)
        except LakesiftError as error:
            # A lake that cannot be written (disk full) must not hide why the stage failed.
            self.progress.line(f"the failure could not be written to runs: {error.message}")

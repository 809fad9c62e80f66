"""What a run would do, for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from lakesift.engine.archives import described
from lakesift.engine.new_sources import Pending, pending
from lakesift.engine.pins import pins
from lakesift.engine.planning import plan_stage
from lakesift.engine.taken_in import taken_in
from lakesift.errors import redacted
from lakesift.lake.lake import Lake
from lakesift.operators.operator import Stage
from lakesift.operators.roles import Ingests
from lakesift.recipe.recipe import Recipe
from lakesift.tracking.tracker import Tracker

LONG: Final = 120
"""Characters; what is longer is listed, an entry a line."""


def plan_text(recipe: Recipe, lake: Lake | None) -> str:
    """Stages with resolved settings, input versions and whether each is up to date; nothing is written."""
    return "\n".join([f"recipe {recipe.name} ({recipe.path})", *_lines(recipe, lake)])


def _lines(recipe: Recipe, lake: Lake | None) -> Iterator[str]:
    tracker = Tracker.for_lake(lake.location) if lake is not None else Tracker.disabled()
    versions: dict[str, int] = {}
    pinned = pins(recipe, lake)
    seen = ""
    for place, stage in enumerate(recipe.stages, start=1):
        role = stage.operator.role
        if isinstance(role, Ingests):
            source = pending(recipe, stage, lake)
            if source.question is not None:
                raise source.question
            new, known = source.paths, source.known
            done = f"{known} sources" if known else f"what the lake has taken in: {described(source.there.values())}"
            state = f"{len(new)} of {known} sources to take in" if new else f"up to date: {done}"
            reads: dict[str, int | None] = {}
            taken = [*(f"      {line}" for line in source.lines), *_taken(source)]
            if not new and lake is not None:
                view = taken_in(lake, list(source.there.values()), tuple(role.parts))
                versions, seen = {**versions, **view.versions}, view.print
        else:
            planned = plan_stage(recipe, stage, lake, versions, pinned[stage.name], tracker.resolve_version, seen)
            state = f"up to date: {planned.writes}@{planned.version}"
            if planned.version is None:
                state = f"will run: {planned.why}" if planned.why else "will run"
            reads, taken = dict(planned.reads), []
            if planned.version is not None:
                versions[planned.writes] = planned.version
        yield f"[{place}/{len(recipe.stages)}] {stage.name:<16} {state}"
        yield from taken
        if reads:
            named = ", ".join(f"{table}@{'?' if version is None else version}" for table, version in reads.items())
            yield f"      reads {named}"
        yield from _settings(stage)
        for rule_set in recipe.rule_sets_of(stage.name):
            for name, predicate in rule_set.predicates():
                yield f"      drop {name}: {predicate}"


def _taken(source: Pending) -> list[str]:
    """Say which code took the sources in, where it is not this lakesift's."""
    if not source.outdated:
        return []
    by = [f"{count} by {code or 'an earlier lakesift'}" for code, count in sorted(source.by_code.items(), key=str)]
    return [
        f"      taken in: {', '.join(by)}; this lakesift is {source.code}: lakesift run ... --again takes them in anew"
    ]


def _settings(stage: Stage) -> Iterator[str]:
    for key, value in redacted(stage.settings.model_dump(mode="json")).items():
        text = _json(value)
        if len(text) <= LONG or not isinstance(value, dict | list):
            yield f"      {key}: {text}"
            continue
        yield f"      {key}:"
        if isinstance(value, dict):
            yield from (f"        {name}: {_json(entry)}" for name, entry in value.items())
        else:
            yield from (f"        - {_json(entry)}" for entry in value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)

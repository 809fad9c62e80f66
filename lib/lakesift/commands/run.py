"""Do what the verbs of the command line say, in a notebook or a job, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakesift.commands.register import registered_modules
from lakesift.errors import LakeError, RecipeError, UsageError
from lakesift.lake.folder import local_folder, refuse
from lakesift.lake.lake import Lake
from lakesift.operators.registry import check_importable
from lakesift.recipe.recipe import Recipe
from lakesift.spark.session import open_session

if TYPE_CHECKING:
    from lakesift.engine.runner import Run

SIZES = {"KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}


def run(
    recipe: str | Path,
    lake: str = "./lake",
    *,
    source: Sequence[str] = (),
    overrides: Sequence[str] = (),
    first: str | None = None,
    last: str | None = None,
    only: str | None = None,
    phase: str | None = None,
    conf: Sequence[str] = (),
    no_mlflow: bool = False,
    again: bool = False,
    allow_empty: bool = False,
) -> Run:
    """Run a recipe on a lake; stages that are up to date are skipped.

    Args:
        recipe: a file, or the name of a shipped recipe.
        lake: a folder, an object-store prefix or `catalog.schema`.
        source: archives that replace the recipe's.
        overrides: `stage.key=value` changes of the recipe.
        first, last, only: the stages that may run.
        phase: of these only the stages of one phase, such as `measure`.
        conf: `key=value` Spark settings.
        no_mlflow: write nothing to MLflow.
        again: take in again the sources that other code than this lakesift's has taken in, and what the lake has lost.
        allow_empty: publish a data set even where nothing is left for it.

    Returns:
        What the run did: run_id, one row a stage, table versions, `name@version` of what was published.

    Raises:
        RecipeError, UsageError, SourceError, LakeError, StageError, SetupError: each with the next step.
    """
    from lakesift.engine.runner import run_recipe
    from lakesift.recipe.stage_range import Selection
    from lakesift.tracking.tracker import Tracker

    checked = Recipe.load(recipe, overrides, source)
    check_importable(registered_modules())
    selection = Selection(first, last, only, phase)
    selection.places(checked)
    settings = dict(_pair(item) for item in conf)
    refuse_early(checked, lake)
    place = Lake(lake, open_session(settings))
    tracker = Tracker.disabled() if no_mlflow else None
    return run_recipe(checked, place, selection=selection, tracker=tracker, again=again, allow_empty=allow_empty)


def plan(recipe: str | Path, lake: str = "./lake", *, source: Sequence[str] = (), overrides: Sequence[str] = ()) -> str:
    """Return what a run would do, as text; nothing is written.

    Raises:
        RecipeError, UsageError, SourceError, LakeError: as `run`.
    """
    from lakesift.engine.plan_text import plan_text

    checked = Recipe.load(recipe, overrides, source)
    return plan_text(checked, existing(lake))


def refuse_early(recipe: Recipe, lake: str) -> None:
    """Refuse a source or a folder that cannot be used, before Spark starts.

    Raises:
        UsageError: the recipe has no source.
        SourceError: the source cannot be listed, or is empty.
        LakeError: another run holds the lake, or its folder cannot be used.
    """
    from lakesift.engine.new_sources import has_source, listed

    folder = local_folder(lake)
    if has_source(recipe) or (folder is not None and not (folder / "sources").is_dir()):
        listed(recipe)
    if folder is not None:
        refuse(folder)


def existing(location: str) -> Lake | None:
    """Return the lake at a place, None where there is nothing yet."""
    folder = local_folder(location)
    if folder is not None and (not folder.is_dir() or not any(folder.iterdir())):
        return None
    return Lake(location, open_session())


def opened(location: str) -> Lake:
    """Return the lake at a place.

    Raises:
        LakeError: there is none.
    """
    lake = existing(location)
    if lake is None or not (lake.exists("runs") or lake.exists("pages")):
        raise LakeError(f"there is no lake at {location}", next_step="lakesift run RECIPE --lake ... makes one")
    return lake


def report(lake: str = "./lake", *, output: Path | None = None, dataset: str | None = None) -> str:
    """Write the HTML report on a lake.

    Args:
        lake: where the tables are.
        output: the file; `report.html` in the lake's folder when left out, or here for a lake elsewhere.
        dataset: `name` or `name@version` that the figures are about; what the recipe that ran last left when left out.

    Returns:
        Path of the file.
    """
    from lakesift.commands.view import view
    from lakesift.lake.datasets import dataset_row, versions_of
    from lakesift.lake.runs import recipe_that_ran, rules_of, versions_of_recipe
    from lakesift.reporting.page import html_report

    place = opened(lake)
    target = output or (place.folder / "report.html" if place.folder is not None else Path("report.html"))
    row = dataset_row(place, dataset) if dataset is not None else None
    recipe = recipe_that_ran(place, None)
    versions = versions_of(row) if row else versions_of_recipe(place, recipe)
    tables, made = view(place, versions)
    page = html_report(tables, dataset, rules_of(made), recipe=recipe)
    target.write_text(page, encoding="utf-8")
    return str(target)


def export(
    dataset: str, target: str, lake: str = "./lake", *, file_format: str = "parquet", shard_bytes: str | None = None
) -> str:
    """Write a published data set as shards with manifest, sums and data card.

    Args:
        dataset: `name` (newest version) or `name@version`.
        target: folder or fsspec URL.
        lake: where the tables are.
        file_format: parquet or jsonl.
        shard_bytes: such as `256MB`.

    Raises:
        UsageError: no such data set, or the folder holds something else.
    """
    from lakesift.export.export import export_dataset
    from lakesift.export.shards import ExportSettings
    from lakesift.lake.datasets import dataset_row

    place = opened(lake)
    row = dataset_row(place, dataset)
    chosen = {"format": file_format} | ({"shard_bytes": _bytes(shard_bytes)} if shard_bytes else {})
    rows = place.dataset(f"{row['name']}@{row['version']}")
    about = {key: row[key] for key in ("name", "version", "fingerprint", "recipe")}
    manifest = export_dataset(rows, target, ExportSettings.model_validate(chosen), about)
    card(place, row, target)
    return f"{manifest.rows:,} rows in {len(manifest.files)} files: {target}"


def card(lake: Lake, row: Mapping[str, Any], target: str) -> None:
    """Write the data card of a published version into a folder, as README.md."""
    import fsspec

    from lakesift.commands.view import view
    from lakesift.lake.datasets import versions_of
    from lakesift.lake.runs import rules_of, settings_of
    from lakesift.reporting.card import data_card

    versions = versions_of(row)
    tables, made = view(lake, versions)
    stages = settings_of(lake, versions, made)
    loaded = _recipe_of(row["recipe"])
    text = data_card(
        tables,
        row,
        recipe=loaded.text if loaded and has_settings(loaded, stages) else "",
        rule_sets=rules_of(made),
        stages=stages,
    )
    with fsspec.open(f"{target.rstrip('/')}/README.md", "w", encoding="utf-8") as file:
        file.write(text)


def _recipe_of(name: str) -> Recipe | None:
    """Return the shipped recipe of a name; None where it does not load."""
    try:
        return Recipe.load(name)
    except (UsageError, RecipeError):
        return None


def has_settings(recipe: Recipe, stages: Mapping[str, Mapping[str, Any]]) -> bool:
    """Return whether settings are those of a recipe up to their last stage."""
    own = {stage.name: stage.settings.model_dump(mode="json") for stage in recipe.stages}
    names = list(own)
    if not stages or not stages.keys() <= own.keys():
        return False
    needed = names[: max(map(names.index, stages)) + 1]
    return len(needed) == len(stages) and all(stages[name].items() <= own[name].items() for name in needed)


def _pair(item: str) -> tuple[str, str]:
    key, sign, value = item.partition("=")
    if not sign:
        raise UsageError(f"--conf {item} is not key=value")
    return key, value


def _bytes(text: str) -> int:
    number, unit = text[:-2], text[-2:].upper()
    if unit not in SIZES or not number.replace(".", "", 1).isdigit():
        raise UsageError(f"{text} is no size", expected="such as 256MB")
    return int(float(number) * SIZES[unit])

"""Recipes: YAML in, checked models out; everything that is wrong is reported at once, with file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError, model_validator

from lakesift.documents.rules.rules import RuleSet
from lakesift.documents.rules.settings import RuleSettings
from lakesift.errors import RecipeError, UsageError, nearest
from lakesift.operators.names import RESERVED, RESERVED_PREFIXES
from lakesift.operators.operator import Stage
from lakesift.operators.registry import find, names
from lakesift.recipe.cross_checks import cross_checks
from lakesift.recipe.files import recipe_file
from lakesift.recipe.overrides import overridden
from lakesift.recipe.problems import Problem, describe, problems_of
from lakesift.recipe.rule_sets import rule_sets_of
from lakesift.recipe.yaml_lines import Path as Where
from lakesift.recipe.yaml_lines import line_of, load_with_lines
from lakesift.settings import Settings

STAGE_NAME = r"[a-z][a-z0-9_]*"


class Source(Settings):
    """Where pages come from: archives, or texts or pairs that are there already."""

    archives: tuple[str, ...] = Field(
        default=(), description="Files, folders, globs, `*.paths.gz` listings; local or any fsspec URL."
    )
    documents: str | None = Field(default=None, description="Parquet, JSONL or a Delta table of texts.")
    text: str = Field(default="text", description="Column of the text.")
    id: str = Field(default="id", description="Column of the identifier.")
    url: str | None = Field(default=None, description="Column of the URL, if there is one.")
    pairs: str | None = Field(default=None, description="Parquet, JSONL or a Delta table of images and their texts.")
    image_url: str = Field(default="url", description="Of `pairs`: column of the image's URL.")
    caption: str = Field(default="caption", description="Of `pairs`: column of the image's text.")
    columns: tuple[str, ...] = Field(
        default=(), description="Other columns of `documents` that each document keeps, into the data set (`given`)."
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Source:
        if sum(map(bool, (self.archives, self.documents, self.pairs))) > 1:
            raise ValueError("name archives, documents or pairs, one of them")
        return self

    @property
    def table(self) -> str | None:
        """Return the table of the user's, of texts or pairs; None for archives."""
        return self.documents or self.pairs

    @property
    def named(self) -> list[str]:
        """Return the columns of the table that are read."""
        if self.pairs is not None:
            return [self.image_url, self.caption]
        return [name for name in (self.id, self.text, self.url, *self.columns) if name is not None]


class RecipeFile(Settings):
    """The top of a recipe file, before its stages are checked one by one."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Lower case; part of table names.")
    description: str = Field(default="", description="What the recipe makes, in a sentence.")
    source: Source = Field(default=Source(), description="Where pages come from; --source names others.")
    stages: tuple[dict[str, dict[str, Any] | None], ...] = Field(
        min_length=1, description="Operators with their settings, in order: `- NAME: {SETTING: VALUE}`."
    )


@dataclass(frozen=True)
class Recipe:
    """A checked recipe.

    Attributes:
        path: the file it came from.
        name, description, source: as written.
        stages: in order.
        decided: by stage, its rule sets, thresholds and language gates filled in, in order.
        text: the file as it was read; the data card quotes it.
        overrides: the `--set` values it was loaded with.
    """

    path: Path
    name: str
    description: str
    source: Source
    stages: tuple[Stage, ...]
    decided: Mapping[str, tuple[RuleSet, ...]]
    text: str
    overrides: tuple[str, ...] = ()

    @classmethod
    def load(cls, name: str | Path, overrides: Sequence[str] = (), source: Sequence[str] = ()) -> Recipe:
        """Read and check a recipe.

        Args:
            name: a path, or the name of a shipped recipe (`fineweb`).
            overrides: `stage.key=value`, the value in YAML.
            source: archives that replace the recipe's source.

        Raises:
            UsageError: no such recipe, or an override that is not `key=value`.
            RecipeError: the recipe is wrong; all findings with file:line, what was expected and the nearest name.
        """
        path = recipe_file(str(name))
        try:
            text = path.read_text(encoding="utf-8")
            values, lines = load_with_lines(text)
        except (OSError, UnicodeDecodeError) as error:
            raise RecipeError(f"cannot be read: {error}", where=str(path), expected="YAML in UTF-8") from error
        except (yaml.YAMLError, RecursionError) as error:
            raise RecipeError(f"not YAML: {error}", where=str(path)) from error
        if not isinstance(values, dict):
            raise RecipeError("empty, or not a mapping", where=f"{path}:1", expected="name, source and stages")
        values = overridden(values, overrides, RecipeFile.model_fields)
        if source:
            values["source"] = {"archives": list(source)}
        return _checked(path, text, values, lines, tuple(overrides))

    @property
    def rule_sets(self) -> tuple[RuleSet, ...]:
        """Those of its verdicts, which decide over signals alone."""
        return self.rule_sets_of("verdicts")

    def rule_sets_of(self, stage: str) -> tuple[RuleSet, ...]:
        """The rule sets of a stage, in order; none of one that has no rules."""
        return self.decided.get(stage, ())

    def stage(self, name: str) -> Stage:
        """The stage of a name.

        Raises:
            UsageError: the recipe has none.
        """
        for stage in self.stages:
            if stage.name == name:
                return stage
        there = [stage.name for stage in self.stages]
        raise UsageError(f"recipe {self.name} has no stage {name}{nearest(name, there)}", expected=", ".join(there))


def _checked(
    path: Path, text: str, values: dict[str, Any], lines: dict[Where, int], overrides: tuple[str, ...]
) -> Recipe:
    problems: list[Problem] = []
    try:
        top = RecipeFile.model_validate(values)
    except ValidationError as error:
        problems += problems_of(error, (), RecipeFile)
        top = None
    stages = _stages(values.get("stages"), path.parent, problems)
    decided = {
        stage.name: rule_sets_of(stage.settings, path.parent, ("stages", place, stage.operator.name), problems)
        for place, stage in stages
        if isinstance(stage.settings, RuleSettings)
    }
    # A stage that is wrong in itself is missing here, and everything after it would seem wrong too.
    listed = values.get("stages")
    if isinstance(listed, list) and len(stages) == len(listed):
        problems += cross_checks(stages, decided)
    if problems or top is None:
        ordered = sorted(problems, key=lambda problem: line_of(problem.path, lines))
        told = [describe(problem, str(path), line_of(problem.path, lines), overrides) for problem in ordered]
        raise RecipeError("\n".join(told))
    chosen = tuple(stage for _, stage in stages)
    return Recipe(path, top.name, top.description, top.source, chosen, decided, text, overrides)


def _stages(listed: Any, beside: Path, problems: list[Problem]) -> list[tuple[int, Stage]]:
    found: list[tuple[int, Stage]] = []
    for place, item in enumerate(listed if isinstance(listed, list) else []):
        if not isinstance(item, dict) or len(item) != 1:
            problems.append(Problem(("stages", place), "not a stage", "`- stage_name: {settings}`"))
            continue
        name, written = next(iter(item.items()))
        where: Where = ("stages", place, str(name))
        try:
            operator = find(str(name))
        except UsageError as error:
            problems.append(Problem(where, error.message, error.expected))
            continue
        settings = _found_beside(written or {}, beside)
        alias = settings.pop("as", None) if isinstance(settings, dict) else None
        problem = _wrong_name(alias, operator.name, [stage for _, stage in found])
        if problem is not None:
            problems.append(Problem((*where, "as") if alias is not None else where, *problem))
            continue
        try:
            stage = Stage(alias or operator.name, operator, operator.settings.model_validate(settings))
        except ValidationError as error:
            problems += problems_of(error, where, operator.settings)
            continue
        twin = next((each for _, each in found if each.table == stage.table), None)
        if twin is not None:
            what = f"writes {stage.table}, which stage {twin.name} writes too"
            problems.append(Problem(where, what, "a table of its own, by its settings or by `as:`"))
            continue
        found.append((place, stage))
    return found


def _wrong_name(alias: Any, operator: str, before: Sequence[Stage]) -> tuple[str, str] | None:
    """Return what is wrong with the name of a stage, and what was expected; None where it is right."""
    name = operator if alias is None else alias
    if not isinstance(name, str) or not re.fullmatch(STAGE_NAME, name):
        return f"{name!r} is no name of a stage", "lower-case letters, digits and _, such as edu"
    if alias is not None and (name in RESERVED or name.startswith(RESERVED_PREFIXES) or name in names()):
        return f"{name} is the name of an operator or of a table of the lake", "another name"
    if any(name in (stage.name, stage.table) for stage in before):
        if alias is None:
            return f"stage {name} stands twice", f"a name for the second one: `- {name}: {{as: NAME, ...}}`"
        return f"{name} is the name of an earlier stage or of its table", "another name"
    return None


def _found_beside(settings: Any, beside: Path) -> Any:
    """Return a stage's settings; paths of resources that are not there as given are looked for beside the recipe."""
    if not isinstance(settings, dict):
        return settings
    if not isinstance(settings.get("resources"), dict):
        return dict(settings)
    found = {
        name: str(beside / path) if _is_only_beside(path, beside) else path
        for name, path in settings["resources"].items()
    }
    return {**settings, "resources": found}


def _is_only_beside(path: Any, beside: Path) -> bool:
    return isinstance(path, str) and not Path(path).exists() and (beside / path).exists()

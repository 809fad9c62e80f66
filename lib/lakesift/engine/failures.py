"""What is raised when a stage failed: the cause in one line, and the command that goes on."""

from __future__ import annotations

import shlex

from lakesift.errors import LakesiftError, StageError, first_line
from lakesift.lake.commits import known_cause
from lakesift.recipe.recipe import Recipe


def failure_of(stage: str, error: Exception, recipe: Recipe, lake: str) -> LakesiftError:
    """The error to be raised in place of another: lakesift's own with a next step, else a `StageError`.

    Args:
        stage: the name of the stage that failed.
        error: what it raised.
        recipe: that ran.
        lake: where.
    """
    command = ["lakesift", "run", str(recipe.path), "--lake", lake]
    command += [part for override in recipe.overrides for part in ("--set", override)]
    command += [part for archive in recipe.source.archives for part in ("--source", archive)]
    again = f"{shlex.join(command)}   (finished stages are kept)"
    if isinstance(error, LakesiftError):
        if error.next_step is None:
            return type(error)(error.message, where=error.where, expected=error.expected, next_step=again)
        return error
    cause, next_step = known_cause(error) or (f"{type(error).__name__}: {first_line(error)}", again)
    return StageError(f"stage {stage} failed: {cause}", next_step=next_step)

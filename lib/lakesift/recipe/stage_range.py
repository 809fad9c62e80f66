"""Which stages of a recipe a run may execute."""

from __future__ import annotations

from dataclasses import dataclass

from lakesift.errors import UsageError
from lakesift.recipe.recipe import Recipe


@dataclass
class Selection:
    """Which stages of a recipe a run may execute (`--from`, `--to`, `--only`); the others must be up to date."""

    first: str | None = None
    last: str | None = None
    only: str | None = None

    def places(self, recipe: Recipe) -> range:
        """Places of the selected stages.

        Raises:
            UsageError: a name that the recipe does not have, or an empty selection.
        """
        names = [stage.name for stage in recipe.stages]
        for name in (self.first, self.last, self.only):
            if name is not None:
                recipe.stage(name)
        if self.only is not None and (self.first or self.last):
            raise UsageError("--only goes with neither --from nor --to")
        begin = names.index(self.only or self.first or names[0])
        end = names.index(self.only or self.last or names[-1])
        if begin > end:
            raise UsageError(f"--from {self.first} comes after --to {self.last} in recipe {recipe.name}")
        return range(begin, end + 1)

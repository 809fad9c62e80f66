"""Which stages of a recipe a run may execute."""

from __future__ import annotations

from dataclasses import dataclass

from lakesift.errors import UsageError, nearest
from lakesift.recipe.phases import PHASES, phases_of
from lakesift.recipe.recipe import Recipe


class Places(tuple[int, ...]):
    """Places of the selected stages in their recipe, in order and at least one."""

    __slots__ = ()

    @property
    def start(self) -> int:
        """Return the first place."""
        return self[0]

    @property
    def stop(self) -> int:
        """Return the place behind the last one."""
        return self[-1] + 1


@dataclass
class Selection:
    """Which stages of a recipe a run may execute (`--from`, `--to`, `--only`, `--phase`); others must be up to date."""

    first: str | None = None
    last: str | None = None
    only: str | None = None
    phase: str | None = None

    def places(self, recipe: Recipe) -> Places:
        """Return the places of the selected stages.

        Raises:
            UsageError: a name that the recipe does not have, or an empty selection.
        """
        names = [stage.name for stage in recipe.stages]
        for name in (self.first, self.last, self.only):
            if name is not None:
                recipe.stage(name)
        if self.only is not None and (self.first or self.last or self.phase):
            raise UsageError("--only goes with neither --from nor --to nor --phase")
        begin = names.index(self.only or self.first or names[0])
        end = names.index(self.only or self.last or names[-1])
        if begin > end:
            raise UsageError(f"--from {self.first} comes after --to {self.last} in recipe {recipe.name}")
        return self._in_phase(recipe, Places(range(begin, end + 1)))

    def _in_phase(self, recipe: Recipe, places: Places) -> Places:
        if self.phase is None:
            return places
        if self.phase not in PHASES:
            raise UsageError(f"there is no phase {self.phase}{nearest(self.phase, PHASES)}", expected=", ".join(PHASES))
        phases = phases_of(recipe.stages)
        chosen = Places(place for place in places if phases[place] == self.phase)
        if not chosen:
            where = " between --from and --to" if self.phase in phases else ""
            there = ", ".join(dict.fromkeys(phases))
            raise UsageError(
                f"recipe {recipe.name} has no stage of the phase {self.phase}{where}",
                expected=f"one of its phases: {there}",
            )
        return chosen

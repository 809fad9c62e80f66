"""The steps of the one pass over documents, as a recipe writes them: maps with one key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, field_validator

from lakesift.settings import Settings
from lakesift.text.edits import EDITS
from lakesift.text.edits.edit import Edit
from lakesift.text.kernels.minhash_settings import MinHashSettings
from lakesift.text.signals import FAMILIES
from lakesift.text.signals.family import Family


class SignalsStep(Settings):
    """Measure families of signals on the text as it is at this step."""

    signals: tuple[str, ...] = Field(min_length=1, description="families, such as gopher_quality@datatrove")

    @field_validator("signals")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            _check_name(name, FAMILIES, "signal family")
        return names


class EditStep(Settings):
    """Change the text; later steps see the changed one."""

    edit: str = Field(description="such as pii@datatrove")

    @field_validator("edit")
    @classmethod
    def _known(cls, name: str) -> str:
        _check_name(name, EDITS, "edit")
        return name


class MinHashStep(Settings):
    """Take the MinHash signature and band keys of the text as it is at this step."""

    minhash: MinHashSettings = Field(description="shingles, permutations and bands; {} for the defaults")


class AsideStep(Settings):
    """Carry out steps on a copy: later steps see the text as it was before.

    So one pass can measure what several recipes ask for, each on the text that its own edits make.
    """

    aside: tuple[Step, ...] = Field(min_length=1, description="steps that are carried out on the copy")


STEPS = {"signals": SignalsStep, "edit": EditStep, "minhash": MinHashStep, "aside": AsideStep}


def _kind_of_step(value: Any) -> str | None:
    if isinstance(value, tuple(STEPS.values())):
        return next(kind for kind, step in STEPS.items() if isinstance(value, step))
    is_map_with_one_key = isinstance(value, dict) and len(value) == 1
    return next((key for key in value if key in STEPS), None) if is_map_with_one_key else None


Step = Annotated[
    Annotated[SignalsStep, Tag("signals")]
    | Annotated[EditStep, Tag("edit")]
    | Annotated[MinHashStep, Tag("minhash")]
    | Annotated[AsideStep, Tag("aside")],
    Discriminator(
        _kind_of_step,
        custom_error_type="step",
        custom_error_message="a step is a map with one key: signals, edit, minhash or aside",
    ),
]
AsideStep.model_rebuild()


def all_steps(steps: Sequence[Step]) -> Iterator[SignalsStep | EditStep | MinHashStep]:
    """The steps in order, those aside included."""
    for step in steps:
        if isinstance(step, AsideStep):
            yield from all_steps(step.aside)
        else:
            yield step


def names_of(step: Step) -> tuple[str, ...]:
    """The families or the edit of a step."""
    if isinstance(step, SignalsStep):
        return step.signals
    return (step.edit,) if isinstance(step, EditStep) else ()


def edits_before(steps: Sequence[Step], edits: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """By family or edit, the edits that made the text that it sees, in order.

    Args:
        steps: of a recipe.
        edits: what was done to the text before the first step.
    """
    found: dict[str, tuple[str, ...]] = {}
    for step in steps:
        if isinstance(step, AsideStep):
            found |= edits_before(step.aside, edits)
        found |= dict.fromkeys(names_of(step), edits)
        if isinstance(step, EditStep):
            edits = (*edits, step.edit)
    return found


def sketched(steps: Sequence[Step], edits: tuple[str, ...] = ()) -> tuple[MinHashSettings, tuple[str, ...]] | None:
    """How signatures are made: the settings of the MinHash step and the edits of the text that it sees; None without one.

    Args:
        steps: of a recipe.
        edits: what was done to the text before the first step.
    """
    for step in steps:
        if isinstance(step, MinHashStep):
            return step.minhash, edits
        if isinstance(step, AsideStep) and (found := sketched(step.aside, edits)) is not None:
            return found
        if isinstance(step, EditStep):
            edits = (*edits, step.edit)
    return None


def _check_name(name: str, known: Mapping[str, Any], what: str) -> None:
    if name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0)
        raise ValueError(
            f"no {what} is called {name}; the nearest is {near[0]}" if near else f"no {what} is called {name}"
        )


def code_of_steps(steps: Sequence[Step]) -> list[str]:
    """Return the modules of the shipped families and edits that the steps name."""
    found = []
    for step in all_steps(steps):
        if isinstance(step, SignalsStep):
            found += [FAMILIES.module_of(name) for name in step.signals if not FAMILIES.registered([name])]
        elif isinstance(step, EditStep) and not EDITS.registered([step.edit]):
            found.append(EDITS.module_of(step.edit))
    return sorted(set(found))


def own_of_steps(steps: Sequence[Step]) -> list[Family | Edit]:
    """Return the families and edits among the steps that were registered in this process."""
    names = [name for step in all_steps(steps) for name in names_of(step)]
    return [*FAMILIES.registered(names), *EDITS.registered(names)]

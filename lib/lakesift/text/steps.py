"""The steps of the one pass over documents, as a recipe writes them: maps with one key."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, field_validator

from lakesift.settings import Settings
from lakesift.text.edits import EDITS
from lakesift.text.minhash import MinHashSettings
from lakesift.text.signals import FAMILIES


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

    minhash: MinHashSettings


STEPS = {"signals": SignalsStep, "edit": EditStep, "minhash": MinHashStep}


def _kind_of_step(value: Any) -> str | None:
    if isinstance(value, SignalsStep | EditStep | MinHashStep):
        return next(kind for kind, step in STEPS.items() if isinstance(value, step))
    is_map_with_one_key = isinstance(value, dict) and len(value) == 1
    return next((key for key in value if key in STEPS), None) if is_map_with_one_key else None


Step = Annotated[
    Annotated[SignalsStep, Tag("signals")] | Annotated[EditStep, Tag("edit")] | Annotated[MinHashStep, Tag("minhash")],
    Discriminator(
        _kind_of_step,
        custom_error_type="step",
        custom_error_message="a step is a map with one key: signals, edit or minhash",
    ),
]


def names_of(step: Step) -> tuple[str, ...]:
    """The families or the edit of a step."""
    if isinstance(step, SignalsStep):
        return step.signals
    return (step.edit,) if isinstance(step, EditStep) else ()


def _check_name(name: str, known: dict[str, Any], what: str) -> None:
    if name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0)
        raise ValueError(
            f"no {what} is called {name}; the nearest is {near[0]}" if near else f"no {what} is called {name}"
        )

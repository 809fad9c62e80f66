"""What a recipe says of rules: which decide, in which order, with which thresholds."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, field_validator

from lakesift.documents.rules.rules import Threshold
from lakesift.settings import Settings


def named_entries(value: Any, key: str) -> Any:
    """Return a list in which a bare name stands for the entry that has nothing but it."""
    return [{key: item} if isinstance(item, str) else item for item in value] if isinstance(value, list) else value


class RuleUse(Settings):
    """A rule set of a recipe; `languages` restricts it to documents of these languages."""

    name: str = Field(description="a file beside the recipe, or a shipped or registered rule set")
    languages: tuple[str, ...] = Field(default=(), description="codes; none: those that the rule set names")


class RuleSettings(Settings):
    """Which rules decide, in order, and with which thresholds where they differ from the published ones."""

    rules: tuple[RuleUse, ...] = Field(min_length=1, description="rule sets, in the order in which they are applied")
    languages: tuple[str, ...] = Field(
        default=(),
        description="language files whose thresholds hold, a path each or a name in conf/languages; what they say of rule "
        "sets that the recipe does not use is left out, and what they say of words is for documents.resources.languages",
    )
    thresholds: dict[str, dict[str, dict[str, Threshold]]] = Field(
        default_factory=dict,
        description="by rule set, rule and name, after those of `languages`: a value for every language, or a map by "
        "language, which leaves the other languages as they are",
    )

    @field_validator(
        "rules", mode="before", json_schema_input_type=Annotated[tuple[str | RuleUse, ...], Field(min_length=1)]
    )
    @classmethod
    def _names(cls, value: Any) -> Any:
        return named_entries(value, "name")

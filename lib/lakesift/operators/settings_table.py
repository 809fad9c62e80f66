"""The settings of an operator as rows of a table: what its settings class says, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from lakesift.settings import Settings

Schema = Mapping[str, Any]
WORDS: Final = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "none",
    "array": "list",
    "object": "mapping",
}
LIMITS: Final = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "minLength": "of at least {} characters",
    "maxLength": "of at most {} characters",
    "minItems": "at least {} of them",
    "maxItems": "at most {} of them",
    "pattern": "matching `{}`",
}


class Setting(NamedTuple):
    """One setting: its name (`extract.extractor`, `steps[].edit`), type, default and description."""

    name: str
    kind: str
    default: str
    about: str


def settings_of(model: type[Settings]) -> Iterator[Setting]:
    """Return all settings of a class, nested ones under dotted names, in the order of their declaration."""
    schema = model.model_json_schema()
    yield from _settings(schema, schema.get("$defs", {}), "", frozenset())


def settings_lines(model: type[Settings]) -> Iterator[str]:
    """Return the settings of a class as a Markdown table."""
    rows = list(settings_of(model))
    if not rows:
        yield "It has none."
        return
    yield from ("| setting | type | default | |", "|---|---|---|---|")
    for row in rows:
        yield f"| `{row.name}` | {cell(row.kind)} | {cell(row.default)} | {cell(row.about)} |"


def cell(text: str) -> str:
    """Return text as a cell of a Markdown table has it."""
    return " ".join(text.split()).replace("|", "\\|")


def _settings(schema: Schema, definitions: Schema, before: str, around: frozenset[str]) -> Iterator[Setting]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        nested = dict(_nested(field, definitions, ""))
        about = field.get("description") or " ".join(_about(definitions[each]) for each in nested)
        default = "required" if name in required else _default(field, is_nested=bool(nested))
        yield Setting(f"{before}{name}", kind_of(field, definitions), default, about)
        # A model within itself (steps aside) is not listed again, nor is what stands beside it.
        for model, ending in () if around & nested.keys() else nested.items():
            inner = f"{before}{name}{ending}."
            yield from _settings(definitions[model], definitions, inner, around | {model})


def _nested(field: Schema, definitions: Schema, ending: str) -> Iterator[tuple[str, str]]:
    """Return the models that a setting's value can be or hold, each with what stands behind the setting's name."""
    if "$ref" in field:
        model = str(field["$ref"]).rpartition("/")[2]
        if "properties" in definitions[model]:
            yield model, ending
        else:
            yield from _nested(definitions[model], definitions, ending)
    for each in (*field.get("anyOf", ()), *field.get("oneOf", ())):
        yield from _nested(each, definitions, ending)
    if isinstance(field.get("items"), Mapping):
        yield from _nested(field["items"], definitions, f"{ending}[]")
    if isinstance(field.get("additionalProperties"), Mapping):
        yield from _nested(field["additionalProperties"], definitions, f"{ending}.NAME")


def kind_of(field: Schema, definitions: Schema) -> str:
    """Return the type of a setting in words.

    Args:
        field: its JSON Schema.
        definitions: what the schema refers to.
    """
    if "$ref" in field:
        return kind_of(definitions[str(field["$ref"]).rpartition("/")[2]], definitions)
    choices = [*field.get("anyOf", ()), *field.get("oneOf", ())]
    if choices:
        kinds = list(dict.fromkeys(kind_of(each, definitions) for each in choices))
        return (", or " if any("," in kind for kind in kinds) else " or ").join(kinds)
    if "const" in field:
        return f"`{_plain(field['const'])}`"
    if "enum" in field:
        return "one of " + ", ".join(f"`{_plain(each)}`" for each in field["enum"])
    kind = WORDS.get(str(field.get("type")), "anything")
    inner = field.get("items") or field.get("additionalProperties")
    if isinstance(inner, Mapping):
        kind = f"{kind} {'of' if 'items' in field else 'to'} {_several(kind_of(inner, definitions))}"
    elif "prefixItems" in field:
        return f"{kind} of {len(field['prefixItems'])}: " + ", ".join(
            kind_of(each, definitions) for each in field["prefixItems"]
        )
    limits = [
        "not empty" if key in ("minLength", "minItems") and field[key] == 1 else text.format(_plain(field[key]))
        for key, text in LIMITS.items()
        if key in field
    ]
    return ", ".join([kind, *limits])


def _several(kind: str) -> str:
    """Return a type in the plural, where that is one letter more."""
    first, comma, rest = kind.partition(",")
    is_plain = first in ("text", "whole number", "number", "mapping", "list")
    return f"{first}s{comma}{rest}" if is_plain else kind


def _default(field: Schema, is_nested: bool) -> str:
    value = field.get("default")
    if is_nested and value not in (None, []):
        return ""
    if value is None:
        return "none" if "default" in field else ""
    return f"`{_plain(value)}`"


def _plain(value: Any) -> str:
    """Return a value as a recipe would have it."""
    if isinstance(value, str):
        return value or '""'
    return json.dumps(value, ensure_ascii=False)


def _about(definition: Schema) -> str:
    return str(definition.get("description", "")).split("\n\n", maxsplit=1)[0]

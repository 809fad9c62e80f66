"""The JSON Schema of recipe files, made of the settings classes of operators: for editors and other checkers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from lakesift.operators.operator import Operator
from lakesift.recipe.recipe import STAGE_NAME, RecipeFile
from lakesift.settings import Settings

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
REFERENCE: Final = "#/$defs/{model}"
ALIAS: Final = {
    "type": "string",
    "pattern": f"^{STAGE_NAME}$",
    "description": "Another name for this stage and its table, where the operator stands more than once.",
}


def recipe_schema(operators: Iterable[Operator]) -> dict[str, Any]:
    """Return the JSON Schema of recipe files, draft 2020-12.

    A stage is a mapping with one key, an operator's name. Its value are the operator's settings, to which `as` is added, or
    nothing where no setting is required.

    Args:
        operators: that stages can name.
    """
    by_name = {operator.name: operator for operator in sorted(operators, key=lambda each: each.name)}
    settings: list[type[Settings]] = [RecipeFile, *(operator.settings for operator in by_name.values())]
    models = dict.fromkeys(settings)
    references, written = models_json_schema([(model, "validation") for model in models], ref_template=REFERENCE)
    definitions: dict[str, Any] = written["$defs"]

    def definition(model: type[Settings]) -> dict[str, Any]:
        name = references[model, "validation"]["$ref"].rpartition("/")[2]
        return dict(definitions[name])

    top = definition(RecipeFile)
    stages = {name: _stage(operator, definition(operator.settings)) for name, operator in by_name.items()}
    one_of_them = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False}
    properties = dict(top["properties"])
    properties["stages"] = {**properties["stages"], "items": {**one_of_them, "properties": stages}}
    whole = {**top, "properties": properties, "$defs": definitions}
    used = _referred(whole["properties"], definitions)
    whole["$defs"] = {name: each for name, each in sorted(definitions.items()) if name in used}
    about = {"title": "lakesift recipe", "description": "A source, and stages in order."}
    return {"$schema": DIALECT, **whole, **about}


def _stage(operator: Operator, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of what stands after an operator's name."""
    first_line = operator.doc.partition("\n")[0]
    properties = {**settings.get("properties", {}), "as": ALIAS}
    kind = "object" if settings.get("required") else ["object", "null"]
    return {**settings, "type": kind, "properties": properties, "title": operator.name, "description": first_line}


def _referred(part: Any, definitions: Mapping[str, Any]) -> set[str]:
    """Return the names of all definitions that a part of the schema needs, directly or through others."""
    found: set[str] = set()
    waiting = [part]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            name = str(each.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                waiting.append(definitions[name])
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return found

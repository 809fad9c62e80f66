"""The JSON Schema of recipes accepts what recipes may say, and says where one is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from lakesift.cli.main import cli
from lakesift.operators import registry
from lakesift.operators.operator import Operator
from lakesift.operators.registry import find, register, shipped
from lakesift.operators.roles import Measures
from lakesift.operators.table import DOC_ID, Table

CONF = Path(__file__).resolve().parents[2] / "conf"
RECIPES = sorted(CONF.glob("*.yml"))
MODELINE = "# yaml-language-server: $schema=recipe.schema.json"


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    written = json.loads((CONF / "recipe.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(written)
    return Draft202012Validator(written)


def mistakes(schema: Draft202012Validator, *stages: Any) -> list[tuple[str, str]]:
    errors: Iterator[Any] = schema.iter_errors({"name": "a", "stages": list(stages)})
    return [(".".join(map(str, error.absolute_path)), error.message) for error in errors]


@pytest.mark.parametrize("file", RECIPES, ids=lambda file: file.stem)
def test_every_shipped_recipe_is_valid_and_names_the_schema(schema: Draft202012Validator, file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert [error.message for error in schema.iter_errors(yaml.safe_load(text))] == []
    assert text.startswith(MODELINE + "\n")


@pytest.mark.parametrize("name", shipped())
def test_every_operators_example_is_valid(schema: Draft202012Validator, name: str) -> None:
    assert mistakes(schema, *yaml.safe_load(find(name).example)) == []


def test_what_recipes_may_write_in_short_is_valid(schema: Draft202012Validator) -> None:
    stages = """
    - match:
    - commonness: {as: soft, segments: 5}
    - contamination: {files: benchmark.jsonl}
    - contamination: {files: [one.jsonl, {path: two.parquet, task: gsm8k}]}
    - documents: {steps: [{minhash: {preset: nemo}}, {aside: [{minhash: {threshold: 0.8}}]}], language: {also: [py3langid]}}
    - score: {scorer: a, also: [b, {scorer: c, alias: new}]}
    - verdicts: {rules: [{name: c4@fineweb, languages: [en]}], thresholds: {c4@fineweb: {a: {b: 1, c: {en: 2}}}}}
    """
    assert mistakes(schema, *yaml.safe_load(stages)) == []


@pytest.mark.parametrize(
    ("stage", "where", "message"),
    [
        ({"documnts": {}}, "stages.0", "'documnts' was unexpected"),
        ({"match": {}, "draw": {}}, "stages.0", "too many properties"),
        ({}, "stages.0", "should be non-empty"),
        ({"commonness": {"segment": 5}}, "stages.0.commonness", "'segment' was unexpected"),
        ({"commonness": {"segments": 0}}, "stages.0.commonness.segments", "less than the minimum of 1"),
        ({"commonness": {"as": "Soft"}}, "stages.0.commonness.as", "does not match"),
        ({"publish": None}, "stages.0.publish", "is not of type 'object'"),
        ({"publish": {}}, "stages.0.publish", "'dataset' is a required property"),
    ],
)
def test_a_mistake_is_found_at_its_place(
    schema: Draft202012Validator, stage: dict[str, Any], where: str, message: str
) -> None:
    (found,) = mistakes(schema, stage)
    assert found[0] == where
    assert message in found[1]


def fewer_words(documents: Any) -> Any:
    """Stand for an operator of somebody else."""


def test_the_command_prints_the_schema_with_operators_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registered", {})
    register(Operator(fewer_words, Measures(), Table("a document", {"doc_id": DOC_ID}), "- fewer_words: {}"))
    said = CliRunner().invoke(cli, ["schema"])
    assert said.exit_code == 0, said.output
    stages = json.loads(said.output)["properties"]["stages"]["items"]["properties"]
    assert set(stages) == {*shipped(), "fewer_words"}

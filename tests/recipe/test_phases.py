"""Each stage belongs to one phase; a run can be held to one."""

from __future__ import annotations

from typing import Any

import pytest

from lakesift.errors import UsageError
from lakesift.operators.operator import Operator, Stage
from lakesift.operators.registry import DOMAINS, find, shipped
from lakesift.operators.roles import Measures, Publishes, Role
from lakesift.operators.table import DOC_ID, Table
from lakesift.recipe.phases import OPERATORS, PACKAGES, PHASES, Part, parts_of, phases_of
from lakesift.recipe.recipe import Recipe
from lakesift.recipe.stage_range import Selection

SAMPLE = [
    Part("ingest", "ingest", "ingest"),
    Part("measure", "documents", "verdicts"),
    Part("score", "score", "score"),
    Part("deduplicate", "near_duplicates", "near_duplicates"),
    Part("publish", "publish", "publish"),
    Part("balance", "pairs", "draw"),
    Part("publish", "publish_pairs", "publish_pairs"),
]


def stage(name: str) -> Stage:
    return Stage(name, find(name), None)


def of_others(name: str, role: Role) -> Stage:
    """A stage of an operator that is not lakesift's."""

    def function(documents: Any) -> Any:
        """Do nothing."""

    function.__name__ = name
    return Stage(name, Operator(function, role, Table("a document", {"doc_id": DOC_ID}), f"- {name}: {{}}"), None)


def test_every_package_has_a_phase_and_every_exception_is_an_operator() -> None:
    assert set(PACKAGES) == set(DOMAINS)
    assert {*PACKAGES.values(), *OPERATORS.values()} == set(PHASES)
    assert set(OPERATORS) <= set(shipped())


@pytest.mark.parametrize(
    ("name", "phase"),
    [
        ("ingest", "ingest"),
        ("documents", "measure"),
        ("verdicts", "measure"),
        ("commonness", "deduplicate"),
        ("embed", "deduplicate"),
        ("score", "score"),
        ("score_verdicts", "score"),
        ("draw", "balance"),
        ("publish", "publish"),
        ("publish_pairs", "publish"),
        ("index", "publish"),
    ],
)
def test_the_phase_follows_from_the_package(name: str, phase: str) -> None:
    assert phases_of([stage(name)]) == [phase]


def test_an_operator_of_others_belongs_to_the_phase_before_it_unless_it_publishes() -> None:
    stages = [stage("documents"), of_others("mine", Measures()), of_others("shelve", Publishes("documents", "doc_id"))]
    assert phases_of(stages) == ["measure", "measure", "publish"]
    assert phases_of([of_others("mine", Measures())]) == ["ingest"]


def test_consecutive_stages_of_a_phase_are_one_part() -> None:
    assert parts_of(Recipe.load("sample").stages) == SAMPLE


@pytest.mark.parametrize("phase", PHASES)
def test_a_phase_selects_its_stages_and_no_others(phase: str) -> None:
    recipe = Recipe.load("sample")
    places = Selection(phase=phase).places(recipe)
    names = [each.name for each in recipe.stages]
    parts = [names[names.index(first) : names.index(last) + 1] for each, first, last in SAMPLE if each == phase]
    assert [names[place] for place in places] == [name for part in parts for name in part]
    assert (places.start, places.stop) == (min(places), max(places) + 1)


def test_a_phase_goes_with_from_and_to() -> None:
    recipe = Recipe.load("sample")
    assert [*Selection("publish_pairs", "publish_pairs", phase="publish").places(recipe)] == [11]
    assert [*Selection("documents", None, phase="publish").places(recipe)] == [5, 11]


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection(phase="score"), "recipe fineweb has no stage of the phase score"),
        (Selection(last="ingest", phase="publish"), "no stage of the phase publish between --from and --to"),
        (Selection(phase="scores"), "there is no phase scores (nearest: score)"),
        (Selection(only="publish", phase="publish"), "--only goes with neither --from nor --to nor --phase"),
    ],
)
def test_a_selection_without_stages_is_refused(selection: Selection, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        selection.places(Recipe.load("fineweb"))
    assert message in str(refused.value)


def test_places_of_a_plain_range_are_those_of_a_range() -> None:
    assert tuple(Selection("documents", "near_duplicates").places(Recipe.load("fineweb"))) == (1, 2, 3)

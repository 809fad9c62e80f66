"""The rule sets of a recipe with the thresholds that it gives them, for all languages or for some."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from lakesift.documents.rules.rules import DEFAULT, RULE_SETS, Rule, RuleSet, Threshold
from lakesift.documents.rules.settings import RuleSettings
from lakesift.errors import UsageError, nearest
from lakesift.recipe.files import language_file, rule_file
from lakesift.recipe.problems import Problem, describe, problems_of
from lakesift.recipe.yaml_lines import Path as Where
from lakesift.recipe.yaml_lines import line_of, load_with_lines
from lakesift.settings import Settings
from lakesift.text.edits import EDITS
from lakesift.text.language.files import LanguageFile
from lakesift.text.signals import FAMILIES

Given = Mapping[str, Mapping[str, Threshold]]
"""Thresholds of one rule set, by rule and name."""
Model = TypeVar("Model", bound=Settings)


def rule_sets_of(settings: RuleSettings, beside: Path, where: Where, problems: list[Problem]) -> tuple[RuleSet, ...]:
    """The rule sets that verdicts name, in order, with language gates and thresholds: published, languages', recipe's.

    Args:
        settings: of the stage.
        beside: the recipe's folder.
        where: of the stage in the recipe.
        problems: receives what is wrong with a file or a name.
    """
    found: list[RuleSet] = []
    languages = _languages(settings, beside, where, problems)
    for place, use in enumerate(settings.rules):
        here = (*where, "rules", place)
        rule_set = _rule_set(use.name, beside, here, problems)
        if rule_set is None:
            continue
        for signal in rule_set.signals:
            if signal not in FAMILIES and signal not in EDITS:
                near = nearest(signal, [*FAMILIES, *EDITS])
                problems.append(Problem(here, f"{use.name}: unknown signals {signal}{near}", None))
        for listed, of_language in languages:
            given = _of_one_language(of_language, rule_set.name)
            rule_set = _changed(rule_set, given, (*where, "languages", listed), f"{of_language.language}: ", problems)
        recipes = (*where, "thresholds", rule_set.name)
        rule_set = _changed(rule_set, settings.thresholds.get(rule_set.name, {}), recipes, "", problems)
        found.append(rule_set.model_copy(update={"languages": use.languages or rule_set.languages}))
    names = [rule_set.name for rule_set in found]
    for name in settings.thresholds:
        if name not in names:
            problems.append(
                Problem((*where, "thresholds", name), f"no rule set {name} in rules{nearest(name, names)}", None)
            )
    return tuple(found)


def _rule_set(name: str, beside: Path, here: Where, problems: list[Problem]) -> RuleSet | None:
    if name in RULE_SETS:
        return RULE_SETS[name]
    try:
        file = rule_file(name, beside)
    except UsageError as error:
        problems.append(Problem(here, error.message, error.expected))
        return None
    return _read(file, RuleSet, here, problems)


def _languages(
    settings: RuleSettings, beside: Path, where: Where, problems: list[Problem]
) -> list[tuple[int, LanguageFile]]:
    found: list[tuple[int, LanguageFile]] = []
    for place, name in enumerate(settings.languages):
        here = (*where, "languages", place)
        try:
            file = language_file(name, beside)
        except UsageError as error:
            problems.append(Problem(here, error.message, error.expected))
            continue
        read = _read(file, LanguageFile, here, problems)
        if read is not None:
            found.append((place, read))
    codes = [read.language for _, read in found]
    for place, read in found:
        if codes.count(read.language) > 1:
            problems.append(
                Problem((*where, "languages", place), f"language {read.language} stands twice", "one file a language")
            )
    return found


def _read(file: Path, model: type[Model], where: Where, problems: list[Problem]) -> Model | None:
    try:
        values, lines = load_with_lines(file.read_text(encoding="utf-8"))
        return model.model_validate(values)
    except yaml.YAMLError as error:
        problems.append(Problem(where, f"{file} is not YAML: {error}", None))
    except ValidationError as error:
        for problem in problems_of(error, (), model):
            problems.append(Problem(where, describe(problem, str(file), line_of(problem.path, lines)), None))
    return None


def _of_one_language(read: LanguageFile, rule_set: str) -> Given:
    return {
        rule: {name: {read.language: value} for name, value in values.items()}
        for rule, values in read.thresholds.get(rule_set, {}).items()
    }


def _changed(rule_set: RuleSet, given: Given, where: Where, whose: str, problems: list[Problem]) -> RuleSet:
    rules: dict[str, Rule] = dict(rule_set.rules)
    for name, thresholds in given.items():
        here = (*where, name)
        if name not in rules:
            known = nearest(name, list(rules))
            problems.append(Problem(here, f"{whose}{rule_set.name} has no rule {name}{known}", None))
            continue
        values = dict(rules[name].thresholds)
        for threshold, value in thresholds.items():
            if threshold not in values:
                hint = nearest(threshold, list(values))
                there = ", ".join(values) or None
                problems.append(Problem((*here, threshold), f"{whose}{name} has no threshold {threshold}{hint}", there))
                continue
            published = values[threshold]
            if not _alike(published, value):
                expected = f"such as {published!r}"
                problems.append(Problem((*here, threshold), f"{whose}{value!r} does not fit", expected))
            values[threshold] = _merged(published, value)
        rules[name] = rules[name].model_copy(update={"thresholds": values})
    return rule_set.model_copy(update={"rules": rules})


def _alike(published: Threshold, given: Threshold) -> bool:
    """Whether both are numbers, or both texts, in every language."""
    values = [*_by_language(published).values(), *_by_language(given).values()]
    return len({isinstance(value, str) for value in values}) == 1


def _merged(published: Threshold, given: Threshold) -> Threshold:
    # A plain value is meant for every language, even where the rule set or a file of languages tells them apart.
    return {**_by_language(published), **given} if isinstance(given, dict) else given


def _by_language(threshold: Threshold) -> Mapping[str, float | str]:
    return threshold if isinstance(threshold, dict) else {DEFAULT: threshold}

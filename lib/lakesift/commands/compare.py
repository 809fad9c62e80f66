"""Answer `lakesift diff`, `profile` and `thresholds` from what is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lakesift.commands.run import opened
from lakesift.commands.view import measured_documents, view
from lakesift.documents.measuring.settings import DocumentsSettings
from lakesift.documents.measuring.steps import edits_before
from lakesift.errors import UsageError
from lakesift.lake.datasets import dataset_row, versions_of
from lakesift.lake.lake import Lake
from lakesift.operators.names import DATASET_PREFIX
from lakesift.recipe.files import ENDINGS
from lakesift.recipe.recipe import Recipe

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from lakesift.reporting.diff import Choice, Difference
    from lakesift.reporting.frames import LakeTables
    from lakesift.reporting.profile import Profile
    from lakesift.reporting.thresholds import LanguageCuts, Method

BY_RULES = ("verdicts", "documents")
"""Stages whose settings decide what a recipe's rules choose."""
OF_OTHERS = "left_out_after_the_rules"
"""Why a data set of an earlier lakesift lacks a document that no stage dropped."""


def diff(
    a: str, b: str, lake: str = "./lake", *, overrides_a: Sequence[str] = (), overrides_b: Sequence[str] = ()
) -> Difference:
    """Compare what two recipes or two data sets choose; no text is measured again.

    Args:
        a, b: each a recipe (a file, or the name of a shipped one), whose verdicts' rules are applied to the newest
            version of `documents` that has their signals, or a data set `name@version` as it was published.
        lake: where the tables are.
        overrides_a, overrides_b: `stage.key=value` changes of a recipe.

    Raises:
        UsageError: neither a recipe nor a data set; `documents` lacks signals, all of which are named; or a changed
            setting is of a stage that decides nothing here.
    """
    from lakesift.reporting.diff import compare, joined, of_one_table

    _refuse_others("--set-a", overrides_a)
    _refuse_others("--set-b", overrides_b)
    recipes = _recipe(a, overrides_a), _recipe(b, overrides_b)
    names = " ".join([a, *overrides_a]), " ".join([b, *overrides_b])
    place = opened(lake)
    versions = [version_for(place, recipe) if recipe else None for recipe in recipes]
    if recipes[0] and recipes[1] and versions[0] == versions[1]:
        rules = recipes[0].rule_sets, recipes[1].rule_sets
        return replace(compare(of_one_table(names, place.read("documents", versions[0]), rules)), by_rules=True)
    choices = [_choice(place, *of_one) for of_one in zip(names, recipes, versions, strict=True)]
    return replace(compare(joined(*choices)), by_rules=any(recipes))


def profile(
    lake: str = "./lake", *, recipe: str | None = None, overrides: Sequence[str] = (), languages: Sequence[str] = ()
) -> Profile:
    """Return quantiles of each signal by language, and what each threshold drops.

    Args:
        lake: where the tables are.
        recipe: whose thresholds are told; none: quantiles only.
        overrides: `stage.key=value` changes of the recipe.
        languages: only these; all that at least one in a hundred documents has when left out.

    Raises:
        UsageError: `documents` lacks signals of the recipe, all of which are named, or documents of a language.
    """
    from lakesift.reporting.profile import profile_of

    loaded = Recipe.load(recipe, overrides) if recipe is not None else None
    place = opened(lake)
    documents = place.read("documents", version_for(place, loaded) if loaded is not None else None)
    return profile_of(documents, loaded.rule_sets if loaded is not None else (), languages)


def thresholds(
    recipe: str,
    lake: str = "./lake",
    *,
    languages: Sequence[str],
    like: str = "en",
    method: Method = "quantile",
    tail: float = 0.1,
    overrides: Sequence[str] = (),
) -> list[LanguageCuts]:
    """Derive thresholds of some languages from their own documents.

    Args:
        recipe: whose rules; a file, or the name of a shipped one.
        lake: where the tables are.
        languages: codes.
        like: the reference language of the method `quantile`.
        method: `quantile`: drop the same share as the threshold drops of `like`; `tail`: drop the share `tail`.
        tail: a share.
        overrides: `stage.key=value` changes of the recipe.

    Raises:
        UsageError: `documents` lacks signals of the recipe, or documents of a language.
    """
    from lakesift.reporting.thresholds import thresholds_of

    loaded = Recipe.load(recipe, overrides)
    place = opened(lake)
    documents = place.read("documents", version_for(place, loaded))
    return thresholds_of(documents, loaded.rule_sets, languages, like=like, method=method, tail=tail)


def _refuse_others(option: str, overrides: Sequence[str]) -> None:
    for override in overrides:
        stage = override.partition(".")[0]
        if stage not in BY_RULES:
            raise UsageError(
                f"{option} {override}: diff applies rules to what is measured, and {stage} is none of it",
                expected=" or ".join(f"{stage}.KEY=VALUE" for stage in BY_RULES),
                next_step="publish both, then compare the versions: lakesift diff NAME@1 NAME@2",
            )


def _recipe(name: str, overrides: Sequence[str]) -> Recipe | None:
    is_dataset = "@" in name and not name.endswith(ENDINGS)
    return None if is_dataset else Recipe.load(name, overrides)


def _choice(lake: Lake, name: str, recipe: Recipe | None, version: int | None) -> Choice:
    """Return a data set as it was published, or what a recipe's rules choose."""
    from pyspark.sql import functions as F

    from lakesift.documents.rules.verdicts import judged
    from lakesift.reporting.diff import ABOUT, Choice
    from lakesift.reporting.frames import host

    if recipe is not None:
        documents = lake.read("documents", version)
        outcomes = judged(documents, {"reasons": recipe.rule_sets}, *ABOUT)
        return Choice(name, documents, outcomes.withColumn("inside", F.size("reasons") == 0))
    row = dataset_row(lake, name)
    tables, _ = view(lake, versions_of(row))
    documents, published = tables["documents"], tables[f"{DATASET_PREFIX}{row['name']}"]
    about = documents.select("doc_id", *ABOUT).join(_reasons(tables), "doc_id")
    held = about.join(published.select("doc_id", F.lit(True).alias("inside")), "doc_id", "left")
    outcomes = held.withColumn("inside", F.coalesce("inside", F.lit(False)))
    # What the version that it was added to had is in no newer version of `documents`.
    earlier = published.join(documents.select("doc_id"), "doc_id", "left_anti")
    known = {"url": F.col("provenance.url"), "registered_domain": host(), "inside": F.lit(True), "reasons": F.array()}
    texts = documents.select("doc_id", "text").union(earlier.select("doc_id", "text"))
    return Choice(name, texts, outcomes.union(earlier.withColumns(known).select(*outcomes.columns)))


def _reasons(tables: LakeTables) -> DataFrame:
    """Return doc_id and reasons: all failed rules of the stage, or its reason."""
    from pyspark.sql import functions as F

    from lakesift.operators.outcome import decided_once
    from lakesift.reporting.frames import failed_rules, outcomes_in, with_rules

    documents, outcomes = tables["documents"].select("doc_id"), outcomes_in(tables)
    if outcomes is None:
        return documents.withColumn("reasons", F.array(F.lit(OF_OTHERS)))
    first = decided_once(outcomes).select("doc_id", F.col("reason").alias("first"), "stage")
    found, failed = documents.join(first, "doc_id", "left"), F.lit(None).cast("array<string>")
    for number, each in enumerate(with_rules(tables)):
        rows = each.rows.select(
            "doc_id", F.lit(each.stage).alias("stage"), F.expr(failed_rules(each)).alias(f"all_{number}")
        )
        found, failed = found.join(rows, ["doc_id", "stage"], "left"), F.coalesce(failed, F.col(f"all_{number}"))
    one = F.when(F.col("first").isNull(), F.array(F.lit(OF_OTHERS))).otherwise(F.array("first"))
    is_by_rule = F.col("first").isNotNull() & failed.isNotNull()
    return found.select("doc_id", F.when(is_by_rule, failed).otherwise(one).alias("reasons"))


def version_for(lake: Lake, recipe: Recipe) -> int:
    """Return the newest version of `documents` that has all signals of a recipe.

    Raises:
        UsageError: none has; the message lists what the newest lacks.
    """
    newest: list[str] | None = None
    for version, settings in measured_documents(lake):
        problems = lacking(recipe, settings)
        if not problems:
            return version
        newest = problems if newest is None else newest
    again = f"lakesift run {recipe.path} --to verdicts --lake {lake.location}"
    if newest is None:
        raise UsageError(f"no documents are measured in {lake.location}", next_step=again)
    raise UsageError(
        f"no version of documents can answer for {recipe.name}; the newest:\n  " + "\n  ".join(newest),
        expected="all signals of its rules, each measured where its steps stand",
        next_step=f"{again}; recipe compare measures what seven recipes ask for at once",
    )


def lacking(recipe: Recipe, measured: DocumentsSettings) -> list[str]:
    """Return what a recipe's rules need and measured documents lack, as sentences.

    A family that no step of the recipe measures is lacking everywhere: nothing says on which text it was meant.
    """
    wanted, there = edits_before(_documents(recipe).steps), edits_before(measured.steps)
    found = []
    for name in dict.fromkeys(name for rule_set in recipe.rule_sets for name in rule_set.signals):
        if name not in wanted:
            found.append(f"{name} is not measured by any step of {recipe.name} itself")
            continue
        text = _text(wanted[name])
        if name not in there:
            found.append(f"{name} is missing ({text})")
        elif there[name] != wanted[name]:
            found.append(f"{name} was measured on {_text(there[name])}, {recipe.name} needs it on {text}")
    return found


def _documents(recipe: Recipe) -> DocumentsSettings:
    settings = recipe.stage("documents").settings
    assert isinstance(settings, DocumentsSettings)
    return settings


def _text(edits: tuple[str, ...]) -> str:
    return f"the text after {', '.join(edits)}" if edits else "the text as it was taken in"

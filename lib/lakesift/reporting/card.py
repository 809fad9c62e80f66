"""Write the data card: what a data set is, whence, and how to make it again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakesift.errors import UsageError
from lakesift.operators.names import DATASET_PREFIX
from lakesift.reporting.balance import balance
from lakesift.reporting.clusters import Clusters, clusters
from lakesift.reporting.frames import Tables, host, small_rows, with_clusters
from lakesift.reporting.front_matter import front_matter
from lakesift.reporting.funnel import alone, document_outcomes, funnel_steps, rule_order
from lakesift.reporting.ingest import edit_counts, intake
from lakesift.reporting.limits import known_limits
from lakesift.reporting.rules import RuleSet, rules_by_name
from lakesift.reporting.tallies import by_rule
from lakesift.reporting.wording import byte_size, number, share, shorten

_CELL_CHARACTERS: Final = 1000
# What Markdown or HTML inside it acts on in the middle of a line; an underscore does not inside a word.
_ACTIVE: Final = re.compile(r"([\\`*\[\]<|~$&]|(?<!\w)_|_(?!\w))")

StageSettings = Mapping[str, Mapping[str, Any]]


class _Markdown(str):
    """Text that is Markdown already; the template escapes all other values."""


def data_card(
    tables: Tables,
    dataset: Mapping[str, Any],
    *,
    recipe: str,
    rule_sets: Sequence[RuleSet] = (),
    stages: StageSettings | None = None,
) -> str:
    """Return the data card of one published version as Markdown.

    Args:
        tables: the lake's tables by name, at the versions the data set was made from; the data set's own included.
        dataset: its row of `datasets`, as a dictionary; `published_at` as Spark collects it or with its time zone.
        recipe: the text of the recipe file; empty when it is not at hand.
        rule_sets: the rule sets of its verdicts, thresholds filled in.
        stages: each stage's settings as they were in force, defaults included, as plain JSON values.

    Raises:
        UsageError: the data set's table is not among the tables.
    """
    chosen = tables.get(f"{DATASET_PREFIX}{dataset['name']}")
    if chosen is None:
        raise UsageError(f"the table of data set {dataset['name']!r} is not there", expected=", ".join(sorted(tables)))
    of_pairs = "pair_id" in chosen.columns
    # Pairs are taken from the pages themselves: what became of the documents is no part of their story.
    text: Tables = {} if of_pairs else tables
    found, single = document_outcomes(text, dataset["name"]), alone(text)
    order = [] if of_pairs else rule_order(text, rule_sets, [*found, *single])
    taken, edits, twins = intake(tables), edit_counts(text), _twins(text)
    languages = [] if of_pairs else _languages(chosen)
    name = f"{dataset['name']}@{dataset['version']}"
    totals, steps = _totals(chosen, of_pairs), funnel_steps(found, order, name) if found else []
    view = {
        "name": name,
        "dataset": dataset,
        "published": _utc(dataset.get("published_at")),
        "rows": "pairs" if of_pairs else "documents",
        "totals": totals,
        "intake": taken,
        "crawls": _crawls(chosen),
        "languages": languages,
        "steps": steps,
        "added": totals["rows"] - steps[-1].left if steps else 0,
        "rules": by_rule(found, single, order, rules_by_name(rule_sets)),
        "edits": edits,
        "clusters": twins,
        "balance": balance(tables, 0, dataset["name"]) if of_pairs else None,
        "stages": {stage: _flat(values) for stage, values in (stages or {}).items()},
        "limits": known_limits(of_pairs, languages, taken, edits, bool(twins), rule_sets, stages or {}),
        "recipe": fenced(recipe, "yaml") if recipe.strip() else "",
    }
    head = front_matter(name, totals["rows"], [each["language"] for each in languages], of_pairs=of_pairs)
    return f"{head}\n{_environment().get_template('card.md.jinja').render(**view)}"


def _twins(tables: Tables) -> list[Clusters]:
    return [clusters(tables, each, 0) for each in with_clusters(tables)]


def fenced(text: str, language: str) -> _Markdown:
    """Return a code block that the text cannot close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return _Markdown(f"{fence}{language}\n{text.rstrip()}\n{fence}")


def _environment() -> Environment:
    # Not HTML: `finalize` escapes for Markdown instead.
    environment = Environment(
        loader=PackageLoader("lakesift.reporting"),
        undefined=StrictUndefined,
        finalize=_escaped,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(number=number, bytes=byte_size)
    environment.globals.update(share=share)
    return environment


def _escaped(value: Any) -> str:
    return value if isinstance(value, _Markdown) else _ACTIVE.sub(r"\\\1", shorten(value, _CELL_CHARACTERS))


def _totals(chosen: DataFrame, of_pairs: bool) -> dict[str, Any]:
    column = "caption" if of_pairs else "text"
    sums = [F.count("*").alias("rows"), F.sum(F.octet_length(column)).alias("bytes"), F.sum("weight").alias("weight")]
    words = F.lit(None).cast("bigint") if of_pairs else F.sum("words")
    [row] = small_rows(chosen.agg(*sums, words.alias("words"), F.approx_count_distinct(host()).alias("hosts")))
    return row


def _crawls(chosen: DataFrame) -> list[dict[str, Any]]:
    fetched = F.col("provenance.fetch_time")
    first, last = F.date_format(F.min(fetched), "yyyy-MM-dd"), F.date_format(F.max(fetched), "yyyy-MM-dd")
    grouped = chosen.groupBy(F.col("provenance.crawl").alias("crawl"))
    counted = grouped.agg(F.count("*").alias("rows"), first.alias("first"), last.alias("last"))
    return small_rows(counted.orderBy("crawl"))


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if moment else None


def _languages(chosen: DataFrame) -> list[dict[str, Any]]:
    language = F.coalesce("language", F.lit("un")).alias("language")
    counted = chosen.groupBy(language).agg(F.count("*").alias("documents"), F.sum("words").alias("words"))
    return small_rows(counted.orderBy(F.desc("documents"), "language"))


def _flat(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Return settings as (dotted name, JSON value); lists count as `name.0`."""
    found: list[tuple[str, str]] = []
    for key, value in values.items():
        nested = isinstance(value, list | tuple) and any(isinstance(each, Mapping) for each in value)
        inner = {str(at): each for at, each in enumerate(value)} if nested else value
        if isinstance(inner, Mapping) and inner:
            found += _flat(inner, f"{prefix}{key}.")
        else:
            found.append((f"{prefix}{key}", json.dumps(value, ensure_ascii=False, default=str)))
    return found

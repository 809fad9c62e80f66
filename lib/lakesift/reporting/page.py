"""Write the HTML report: one file that shows offline what became of a crawl."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pyspark.sql import functions as F

from lakesift.operators.names import DATASET_PREFIX
from lakesift.reporting.balance import Balance, balance, by_rank, cumulative
from lakesift.reporting.charts import Axis, Line, line_chart, strip
from lakesift.reporting.clusters import Clusters, clusters
from lakesift.reporting.frames import Tables, published, small_rows, with_clusters
from lakesift.reporting.funnel import Step, alone, document_outcomes, funnel_steps, rule_order
from lakesift.reporting.history import stage_runs
from lakesift.reporting.ingest import Intake, edit_counts, intake
from lakesift.reporting.rules import RuleSet, rules_by_name
from lakesift.reporting.samples import samples
from lakesift.reporting.settings import ReportSettings
from lakesift.reporting.signals import spreads
from lakesift.reporting.tallies import by_language, by_rule, rules_by_language
from lakesift.reporting.twins import COMPARED_CHARACTERS, Twins, examples
from lakesift.reporting.wording import byte_size, duration, number, share, shorten

_NAME_CHARACTERS: Final = 120
_LINE_CHARACTERS: Final = 300
_CUTS_DRAWN: Final = 8


def html_report(
    tables: Tables,
    dataset: str | None,
    rule_sets: Sequence[RuleSet] = (),
    settings: ReportSettings | None = None,
    recipe: str | None = None,
) -> str:
    """Return the report as one HTML document: no scripts, nothing fetched.

    Args:
        tables: the lake's tables by name, at the versions the report is about; sections of absent ones are left out.
        dataset: `name` or `name@version` of the published data set that the figures are about; None: all tables.
        rule_sets: the rule sets in force; they give the rules' order, conditions and thresholds.
        settings: sizes of the lists.
        recipe: the one that left the tables, for the title, where no data set is given.

    Raises:
        UsageError: the data set is not in the lake.
    """
    settings = settings or ReportSettings()
    row = published(tables, dataset) if dataset else None
    about = f"{row['name']}@{row['version']}" if row else f"the last run of {recipe}" if recipe else "the whole lake"
    view = _view(tables, row, rule_sets, settings)
    return _environment().get_template("report.html.jinja").render(heading=about, **view)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("lakesift.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=number,
        bytes=byte_size,
        duration=duration,
        name=partial(shorten, limit=_NAME_CHARACTERS),
        line=partial(shorten, limit=_LINE_CHARACTERS),
        words=partial(shorten, limit=COMPARED_CHARACTERS),
    )
    environment.globals.update(share=share, percent=_percent)
    return environment


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f}" if whole else "0"


def _view(
    tables: Tables, row: dict[str, Any] | None, rule_sets: Sequence[RuleSet], settings: ReportSettings
) -> dict[str, Any]:
    name = row["name"] if row else None
    chosen = tables.get(f"{DATASET_PREFIX}{name}")
    documents = name if chosen is not None and "pair_id" not in chosen.columns else None
    taken, found, single = intake(tables), document_outcomes(tables, documents), alone(tables)
    order, rules = rule_order(tables, rule_sets, found + single), rules_by_name(rule_sets)
    steps = funnel_steps(found, order, f"{name}@{row['version']}" if row and documents else None)
    held = balance(tables, settings.head_entries, name)
    shown = samples(tables, settings)
    return {
        "dataset": row,
        "figures": _figures(tables, row, taken, steps if found else []),
        "intake": taken,
        "steps": steps if found else [],
        "languages": by_language(found, settings.languages),
        "rules": by_rule(found, single, order, rules),
        "strips": {key: strip(spread) for key, spread in spreads(tables, rules.values()).items()},
        "heat": rules_by_language(found, single, order, settings.rule_languages),
        "edits": edit_counts(tables),
        "clusters": _duplicates(tables, settings),
        "balance": held,
        "curves": _curves(held) if held and held.classes else [],
        "runs": stage_runs(tables, settings.runs),
        "kept_samples": _excerpts(shown.kept, settings),
        "dropped_samples": [
            (rule, _excerpts(shown.dropped[rule], settings)) for rule in order if rule in shown.dropped
        ],
        "datasets": _datasets(tables),
    }


def _duplicates(tables: Tables, settings: ReportSettings) -> list[tuple[Clusters, list[Twins]]]:
    stages = with_clusters(tables)
    return [(clusters(tables, each, settings.clusters), examples(tables, each.rows, settings.twins)) for each in stages]


def _figures(
    tables: Tables, row: dict[str, Any] | None, taken: Intake, steps: Sequence[Step]
) -> list[tuple[str, str, str]]:
    figures = [("sources", number(taken.sources), byte_size(taken.bytes))] if taken.sources is not None else []
    if taken.pages is not None:
        figures.append(("pages", number(taken.pages), f"of {number(taken.records)} records" if taken.records else ""))
    if steps:
        first, last = steps[0], steps[-1]
        figures.append(("documents kept", number(last.left), share(last.left, first.left)))
        figures.append(("words kept", number(last.left_words), share(last.left_words, first.left_words)))
    chosen = tables.get(f"{DATASET_PREFIX}{row['name']}") if row else None
    if chosen is not None:
        column = "text" if "text" in chosen.columns else "caption"
        [sums] = small_rows(chosen.agg(F.count("*").alias("rows"), F.sum(F.octet_length(column)).alias("bytes")))
        what = "documents" if column == "text" else "pairs"
        of_text = f"{what}, {byte_size(sums['bytes'] or 0)} of text"
        if column == "text" and steps and (added := sums["rows"] - steps[-1].left):
            of_text += f"; {number(added)} of them from the version that it was added to"
        figures.append(("in the data set", number(sums["rows"]), of_text))
    return figures


def _curves(held: Balance) -> list[tuple[str, Markup]]:
    ranked, before = by_rank(held.classes), cumulative(held.classes, "matches")
    lines = [Line("as found", "before", before), Line("balanced", "after", cumulative(held.classes, "balanced"))]
    x, y = Axis("entries, rarest first", 0, float(held.entries)), Axis("matches so far", 0, max(before[-1][1], 1))
    summed = ("Sum from tail to head", line_chart("Cumulative matches", lines, x, y))
    if not ranked:
        return [summed]
    x = Axis("entries, most frequent first", 1, max(float(held.entries), 2), logarithmic=True)
    y = Axis("matches of one entry", 1, max(ranked[0][1], 2), logarithmic=True)
    cuts = sorted({int(row["t"]) for row in held.languages if row["t"] and row["t"] <= y.high})[:_CUTS_DRAWN]
    lines = [Line("matches", "before", ranked)]
    lines += [Line(f"t = {cut}", "cut", [(x.low, float(cut)), (x.high, float(cut))]) for cut in cuts]
    return [("Matches of every entry", line_chart("Matches by rank", lines, x, y)), summed]


def _excerpts(rows: Sequence[dict[str, Any]], settings: ReportSettings) -> list[dict[str, Any]]:
    return [{**row, "text": shorten(row["text"], settings.excerpt_characters)} for row in rows]


def _datasets(tables: Tables) -> list[dict[str, Any]]:
    if "datasets" not in tables:
        return []
    shown = tables["datasets"].withColumn("published", F.date_format("published_at", "yyyy-MM-dd HH:mm"))
    return small_rows(shown.drop("published_at").orderBy("name", "version"))

"""The command `lakesift`: few verbs; exit code 0 done, 1 failed, 2 wrong usage or recipe."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from lakesift.cli.analysis import diff, profile, thresholds
from lakesift.cli.generation import bundle, schema
from lakesift.cli.options import debug_option, lake_option, reports_errors, set_option, source_option


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lakesift", prog_name="lakesift")
@debug_option
def cli() -> None:
    """Turn a web crawl into a versioned, explainable training set."""


for command in (diff, profile, thresholds, schema, bundle):
    cli.add_command(command)


@cli.command()
@click.argument("recipe")
@lake_option
@source_option
@set_option
@click.option("--from", "first", metavar="STAGE", help="First stage that may run.")
@click.option("--to", "last", metavar="STAGE", help="Last stage to run.")
@click.option("--only", metavar="STAGE", help="The one stage that may run.")
@click.option("--phase", metavar="PHASE", help="Only the stages of a phase: ingest, measure, deduplicate, score, ...")
@click.option("--strict", is_flag=True, help="Exit with 1 when a source could not be read.")
@click.option("--again", is_flag=True, help="Take in anew what an earlier lakesift's code has taken in.")
@click.option("--allow-empty", is_flag=True, help="Publish a data set even where nothing is left for it.")
@click.option("--conf", multiple=True, metavar="KEY=VALUE", help="A Spark setting.")
@click.option("--no-mlflow", is_flag=True, help="Do not write to MLflow.")
@reports_errors
def run(recipe: str, lake: str, strict: bool, **options: Any) -> None:
    """Run RECIPE (a file, or the name of a shipped one) on a lake; stages that are up to date are skipped."""
    from lakesift.commands.run import run as run_command

    result = run_command(recipe, lake, **options)
    for name, rows in result.sizes.items():
        click.echo(f"{'up to date:' if name in result.unchanged else 'published'} {name} ({rows:,} rows)")
    if result.failures:
        click.echo(
            f"sources that could not be taken in: {result.failures} (table sources, status = 'failed'); "
            "next: make them readable, the same command tries them again",
            err=True,
        )
        if strict:
            sys.exit(1)


@cli.command()
@click.argument("recipe")
@lake_option
@source_option
@set_option
@reports_errors
def plan(recipe: str, lake: str, **options: Any) -> None:
    """Show stages, settings, input versions and what is up to date; write nothing."""
    from lakesift.commands.run import plan as plan_command

    click.echo(plan_command(recipe, lake, **options))


@cli.command()
@click.argument("url_or_id")
@lake_option
@click.option(
    "--recipe", "-r", default=None, help="Whose last run to tell; that of the recipe that ran last when left out."
)
@reports_errors
def explain(url_or_id: str, lake: str, **options: Any) -> None:
    """Tell one page's whole way, with values and thresholds."""
    from lakesift.commands.explain import explain as explain_command

    click.echo(explain_command(url_or_id, lake, **options))


@cli.command()
@lake_option
@click.option(
    "--output", "-o", default=None, type=click.Path(dir_okay=False, path_type=Path), help="HTML file to write."
)
@click.option("--dataset", default=None, help="name or name@version; without it the last run is told.")
@reports_errors
def report(lake: str, **options: Any) -> None:
    """Write one self-contained HTML file about a lake."""
    from lakesift.commands.run import report as report_command

    click.echo(report_command(lake, **options))


@cli.command()
@click.argument("dataset")
@click.argument("target")
@lake_option
@click.option("--format", "file_format", type=click.Choice(["parquet", "jsonl"]), default="parquet", show_default=True)
@click.option("--shard-bytes", default=None, help="Size of a shard, such as 256MB.")
@reports_errors
def export(dataset: str, target: str, lake: str, **options: Any) -> None:
    """Write DATASET (name or name@version) as shards with a manifest, sums and a data card into the folder TARGET."""
    from lakesift.commands.run import export as export_command

    click.echo(export_command(dataset, target, lake, **options))


@cli.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--pages", default=2000, show_default=True, type=click.IntRange(20))
@click.option("--seed", default=1, show_default=True)
@reports_errors
def sample(directory: Path, pages: int, seed: int) -> None:
    """Write WARC files of a small invented web into DIRECTORY, with its truth beside it."""
    from lakesift.sample import write_sample

    click.echo(str(write_sample(directory, pages, seed)))


@cli.group()
def scorer() -> None:
    """Train and list scorers."""


@scorer.command()
@click.argument("name")
@click.option("--labelled", required=True, help="Parquet, JSONL or Delta table with a text and a 0/1 label.")
@click.option("--text", default="text", show_default=True, help="Column of the text.")
@click.option("--label", default="label", show_default=True, help="Column of the label; 1 is the text to keep.")
@click.option("--id", "id_column", default=None, help="Column of an identifier; the text's digest when left out.")
@click.option("--kind", type=click.Choice(["fasttext", "spark_nlp"]), default="fasttext", show_default=True)
@click.option("--alias", default="champion", show_default=True, help="Alias that recipes use.")
@lake_option
@reports_errors
def train(name: str, lake: str, **options: Any) -> None:
    """Train the scorer NAME, evaluate it on a held-out part and register it."""
    from lakesift.commands.train_scorer import train as train_command

    click.echo(train_command(name, lake, **options))


@cli.group()
def extractor() -> None:
    """Train lakesift's own extractor, and judge extractors."""


@extractor.command("train")
@click.argument("pages", type=click.Path(path_type=Path))
@click.option(
    "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File of weights to write."
)
@reports_errors
def train_extractor(pages: Path, output: Path) -> None:
    """Train the extractor on PAGES (JSONL, also .gz).

    Each line has `url`, `html` and either `text`, the page's whole main content, or the lists `with` and `without`, texts
    that are and are not in it. docs/main_content.md says more.
    """
    from lakesift.commands.extractor import train_extractor as train_command

    click.echo(train_command(pages, output))


@extractor.command("judge")
@click.argument("pages", type=click.Path(path_type=Path))
@click.option(
    "--model", type=click.Path(dir_okay=False, path_type=Path), help="File of weights to judge beside lakesift's own."
)
@reports_errors
def judge_extractors(pages: Path, model: Path | None) -> None:
    """Say what the extractors find of the main content of PAGES, and how much else.

    PAGES are as for `train`, but of sites that the weights were not trained on.
    """
    from lakesift.commands.extractor import judge_extractors as judge_command

    click.echo(judge_command(pages, model))


@cli.command()
@click.argument("directory", default="demo", type=click.Path(file_okay=False, path_type=Path))
@click.option("--pages", default=1500, show_default=True, type=click.IntRange(200))
@reports_errors
def demo(directory: Path, pages: int) -> None:
    """Write a sample crawl into DIRECTORY, run the main job on it and compare the result with the truth."""
    from lakesift.cli.demo import run_demo

    for line in run_demo(directory, pages):
        click.echo(line)


@cli.command()
@reports_errors
def doctor() -> None:
    """Check Python, Java, Spark's jars and the packages of this machine."""
    from lakesift.cli.doctor import examine

    findings = examine()
    for finding in findings:
        click.echo(f"{'ok  ' if finding.good else 'BAD '} {finding.text}")
    if not all(finding.good for finding in findings):
        sys.exit(1)


def main(arguments: list[str] | None = None) -> None:
    """Entry point of the console script and of a Databricks task, which takes even SystemExit(0) for a failure."""
    try:
        cli(arguments, prog_name="lakesift")
    except SystemExit as ended:
        if ended.code:
            raise


def job(arguments: list[str]) -> None:
    """Run `lakesift run` with these arguments, for the files in jobs/."""
    main(["run", *arguments])

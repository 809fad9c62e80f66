"""The commands that answer questions about recipes from what a lake has measured already."""

from __future__ import annotations

from typing import Any

import click

from lakesift.cli.options import lake_option, reports_errors, set_option


@click.command()
@click.argument("a")
@click.argument("b")
@lake_option
@click.option("--set-a", "overrides_a", multiple=True, metavar="STAGE.KEY=VALUE", help="Change one setting of A.")
@click.option("--set-b", "overrides_b", multiple=True, metavar="STAGE.KEY=VALUE", help="Change one setting of B.")
@reports_errors
def diff(a: str, b: str, lake: str, **options: Any) -> None:
    """Compare what A and B choose: each a recipe, applied to what is measured already, or a data set name@version."""
    from lakesift.commands.compare import diff as diff_command

    click.echo(diff_command(a, b, lake, **options))


@click.command()
@lake_option
@click.option("--recipe", "-r", default=None, help="Whose thresholds to tell.")
@set_option
@click.option("--language", "languages", multiple=True, help="Only this one; else all with 1 % of the documents.")
@reports_errors
def profile(lake: str, **options: Any) -> None:
    """Show quantiles of every signal by language, and what each threshold of a recipe would drop."""
    from lakesift.commands.compare import profile as profile_command

    click.echo(profile_command(lake, **options))


@click.command()
@click.argument("recipe")
@lake_option
@set_option
@click.option("--language", "languages", multiple=True, required=True, help="Code, as documents has it.")
@click.option("--like", default="en", show_default=True, help="Reference language of the method quantile.")
@click.option("--method", type=click.Choice(["quantile", "tail"]), default="quantile", show_default=True)
@click.option(
    "--tail",
    default=0.1,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Share that the method tail drops.",
)
@reports_errors
def thresholds(recipe: str, lake: str, **options: Any) -> None:
    """Derive a language's thresholds for RECIPE's rules from its own documents: the YAML of a file conf/languages/XX.yml.

    quantile: the same share is dropped as the threshold drops of the language --like. tail: the share --tail is.
    """
    from lakesift.commands.compare import thresholds as thresholds_command

    click.echo("\n---\n".join(map(str, thresholds_command(recipe, lake, **options))))

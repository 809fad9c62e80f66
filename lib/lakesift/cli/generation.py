"""The commands that write other tools' files from recipes and operators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lakesift.cli.options import reports_errors, set_option


@click.command()
@reports_errors
def schema() -> None:
    """Print the JSON Schema of recipe files, with all operators that are installed: for editors.

    An editor reads it where a recipe begins with `# yaml-language-server: $schema=FILE`.
    """
    from lakesift.commands.reference import schema_text

    click.echo(schema_text(), nl=False)


@click.command()
@click.argument("recipe")
@click.option("--lake", "-l", default="${var.lake}", show_default=True, help="Where the tables live: catalog.schema.")
@set_option
@click.option("--name", default="lakesift", show_default=True, help="Key and name of the job.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@reports_errors
def bundle(recipe: str, output: Path | None, **options: Any) -> None:
    """Print a Databricks job for RECIPE: a task for each phase. Run it in the folder of databricks.yml."""
    from lakesift.commands.bundle import DEFAULT, bundle_text

    text = bundle_text(recipe, output or DEFAULT, **options)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")

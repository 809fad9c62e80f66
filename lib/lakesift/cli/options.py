"""What the commands of `lakesift` have in common: options, and how an error is told."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click

from lakesift.errors import LakesiftError, first_line

P = ParamSpec("P")

lake_option = click.option(
    "--lake", "-l", default="./lake", show_default=True, help="Folder, object-store prefix or catalog.schema."
)
set_option = click.option(
    "--set", "overrides", multiple=True, metavar="STAGE.KEY=VALUE", help="Change one setting of the recipe."
)
source_option = click.option(
    "--source", "-s", multiple=True, help="Archives to take in place of the recipe's: file, folder, glob, URL."
)


def _debug(context: click.Context, parameter: click.Parameter, chosen: bool) -> None:
    context.find_root().obj = chosen or bool(context.find_root().obj)


debug_option = click.option(
    "--debug", is_flag=True, expose_value=False, callback=_debug, help="Show the traceback of an error."
)


def _is_no_interrupt(record: logging.LogRecord) -> bool:
    """py4j logs an interrupt, and what follows from it, with a traceback for each call to Java that was under way."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or not issubclass(kind, KeyboardInterrupt | ConnectionError)


def reports_errors(function: Callable[P, None]) -> Callable[P, None]:
    """Print a LakesiftError as one message with its exit code, any other as one line; a traceback only with --debug."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        for logger in ("root", "py4j.clientserver"):
            logging.getLogger(logger).addFilter(_is_no_interrupt)
        try:
            function(*args, **kwargs)
        except KeyboardInterrupt:
            click.echo("lakesift: interrupted; the same command continues where it stopped", err=True)
            sys.exit(130)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            if click.get_current_context().find_root().obj:
                traceback.print_exc()
            if isinstance(error, LakesiftError):
                click.echo(f"lakesift: {error}", err=True)
                sys.exit(error.exit_code)
            said = f"{type(error).__name__}: {first_line(error)}"
            click.echo(f"lakesift: {said}; next: run again with --debug, and report what it shows", err=True)
            sys.exit(LakesiftError.exit_code)

    return debug_option(wrapped)

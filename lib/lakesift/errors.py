"""The one tree of errors that lakesift raises on purpose; each message ends with the next step."""

from __future__ import annotations


class LakesiftError(Exception):
    """Something the user can act on.

    Args:
        message: what is wrong, one sentence.
        where: the file and line, table or record it was found in.
        expected: what would have been right.
        next_step: the command or change that continues.
    """

    exit_code = 1

    def __init__(
        self, message: str, *, where: str | None = None, expected: str | None = None, next_step: str | None = None
    ) -> None:
        parts = [f"{where}: {message}" if where else message]
        if expected:
            parts.append(f"expected {expected}")
        if next_step:
            parts.append(f"next: {next_step}")
        super().__init__("; ".join(parts))
        self.message, self.where, self.expected, self.next_step = message, where, expected, next_step


class UsageError(LakesiftError):
    """The command line or a function was called wrongly."""

    exit_code = 2


class RecipeError(LakesiftError):
    """A recipe or rule file is wrong; raised before Spark starts, with every finding in it."""

    exit_code = 2


class SourceError(LakesiftError):
    """The source of a recipe cannot be listed or read."""


class LakeError(LakesiftError):
    """The lake cannot be used as asked: not ours, newer, busy, or a table is not as expected."""


class SetupError(LakesiftError):
    """The machine lacks something: Java, jars, a package of an extra."""


class StageError(LakesiftError):
    """A stage failed or its rows do not add up."""


class ScorerError(LakesiftError):
    """A scorer cannot be trained, registered or resolved."""


def first_line(error: Exception) -> str:
    """First line of an error's message, at most 300 characters; its class where it has none (the rest is a Java stack)."""
    return (str(error).splitlines() or [type(error).__name__])[0][:300]

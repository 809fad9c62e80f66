"""The one tree of errors that lakesift raises on purpose; each message ends with the next step and tells no secret."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final


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
        super().__init__(redacted_text("; ".join(parts)))
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


# Both begin with a line that says nothing; what went wrong stands at the end.
JAVA_STACK = "An error occurred while calling"
JAVA_CAUSE = re.compile(r"^(?:Caused by|): (?:[\w.$]+: )?(.+)$", re.MULTILINE)
PYTHON_STACK = "Traceback (most recent call last)"
PYTHON_CAUSE = re.compile(r"^[\w.]+(?:Error|Exception|Exit|Interrupt)\b.*$", re.MULTILINE)
MOST_CHARACTERS = 300


def first_line(error: Exception) -> str:
    """What an error says, in one line of at most 300 characters: of a Java or Python stack its innermost cause."""
    text = str(error).strip()
    # A task of Python's that failed is told in a Java stack, too.
    pattern = PYTHON_CAUSE if PYTHON_STACK in text else JAVA_CAUSE if text.startswith(JAVA_STACK) else None
    causes = pattern.findall(text) if pattern else []
    lines = causes[-1:] or text.splitlines() or [type(error).__name__]
    return str(lines[0])[:MOST_CHARACTERS]


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that is most like `name`, as a hint (" (nearest: ...)"), or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" (nearest: {close[0]})" if close else ""


HIDDEN: Final = "***"
_WORDS: Final = (
    r"(?:secret|passw(?:or)?d|pwd|credentials?|api_?key|account_key|access_key(?:_id)?|secret_key|private_key|token)"
)
_NAME: Final = re.compile(rf"(?:^|[._-]){_WORDS}$|^key$", re.IGNORECASE)
# Options of a store are for its client library, which may call its secrets anything.
_OPTIONS: Final = "options"
_USER: Final = re.compile(r"(?<=://)[^/@\s'\"]{1,500}(?=@)")
_SIGNED: Final = re.compile(
    r"([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature|sig|se|sv|token|access_token|key)=)[^&\s'\"]+",
    re.IGNORECASE,
)
# `key: value` of YAML, `key=value` of the command line, quoted or not; the name ends with the word.
_NAMED: Final = re.compile(
    rf"((?<![\w])[\w.-]*?(?<![A-Za-z]){_WORDS}[\"']?\s*[:=]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;}}\]&]+)", re.IGNORECASE
)
_OPTION: Final = re.compile(r"(\.options\.[\w.-]+=)(\"[^\"]*\"|'[^']*'|\S+)")


def redacted(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with `***` for the values of secrets: by their names, of a store's options all."""
    return {name: _hidden(name, value) for name, value in values.items()}


def redacted_text(text: str) -> str:
    """Return a text (a recipe, a command, a message) with `***` for the secrets in it, those in URLs included."""
    text = _OPTION.sub(rf"\1{HIDDEN}", _USER.sub(HIDDEN, text))
    return _NAMED.sub(rf"\1{HIDDEN}", _SIGNED.sub(rf"\1{HIDDEN}", text))


def _hidden(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict.fromkeys(value, HIDDEN) if name == _OPTIONS else redacted(value)
    if _NAME.search(name) and isinstance(value, str):
        return HIDDEN
    if isinstance(value, list | tuple):
        return [_hidden(name, each) for each in value]
    return redacted_text(value) if isinstance(value, str) else value

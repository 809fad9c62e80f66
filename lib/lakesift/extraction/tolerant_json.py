"""JSON in the scripts of pages, read as leniently as those who write it need."""

from __future__ import annotations

import json
import re
from typing import Any, Final

_WRAPPING: Final = re.compile(r"\A\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)?")
# A string, which stays, or a comment of JavaScript; one that is not closed goes on to the end.
_STRING_OR_COMMENT: Final = re.compile(r'("(?:[^"\\]|\\.)*+"?)|//[^\n]*+|/\*(?:[\s\S]*?\*/|[\s\S]*+)')
_STRING_OR_COMMA: Final = re.compile(r'("(?:[^"\\]|\\.)*+"?)|,(?=\s*[}\]])')


def parsed_json(script: str) -> Any:
    """Parse the first value of a script.

    CDATA marks and text around it, control characters in strings, comments and commas before an end are tolerated.

    Args:
        script: its text, bounded by the caller.

    Returns:
        The value; None where there is none.
    """
    text = _WRAPPING.sub("", script, count=1).lstrip()
    decoder = json.JSONDecoder(strict=False)
    for mend in (None, _STRING_OR_COMMENT, _STRING_OR_COMMA):
        if mend is not None:
            text = mend.sub(_string_of, text).lstrip()
        try:
            return decoder.raw_decode(text)[0]
        except (ValueError, RecursionError):
            # The next attempt mends more; without one, the script says nothing.
            continue
    return None


def _string_of(match: re.Match[str]) -> str:
    return match[1] or " "

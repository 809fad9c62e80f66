"""docs/conformance.md, written from what was compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from conformance.comparing import Agreement
from lakesift.reporting.wording import shorten

PAGE = Path(__file__).resolve().parents[1] / "docs" / "conformance.md"
EXPLANATIONS = Path(__file__).with_name("explanations.yml")
TARGET = 0.99
_CHARACTERS = 80


def page(parts: Mapping[str, Sequence[Agreement]], about: str) -> str:
    """The page: a table per part, then every disagreement with its explanation.

    Args:
        parts: what was compared, by heading.
        about: what it was compared on, and with which versions.
    """
    explained = yaml.safe_load(EXPLANATIONS.read_text(encoding="utf-8")) or {}
    return "\n".join([*_lines(parts, about, explained), ""])


def _lines(parts: Mapping[str, Sequence[Agreement]], about: str, explained: Mapping[str, str]) -> Iterator[str]:
    yield "# Conformance"
    yield ""
    yield f"Written by `make conformance`. {about}"
    for heading, found in parts.items():
        below = sum(one.share < TARGET for one in found)
        yield from ("", f"## {heading}", "")
        yield f"{len(found)} compared, {sum(one.equal == one.compared for one in found)} equal throughout, {below} below 99 %."
        yield from ("", "| | compared | equal | lakesift drops | they drop |", "|---|---:|---:|---:|---:|")
        for one in found:
            dropped = "| |" if one.ours is None else f"| {one.ours} | {one.theirs} |"
            yield f"| `{one.name}` | {one.compared} | {100 * one.share:.2f} % {dropped}"
        for one in found:
            if one.equal < one.compared:
                yield from ("", f"**`{one.name}`**: {one.compared - one.equal} differ. {_why(one.name, explained)}", "")
                yield from (
                    f"* {_cell(document)}: {_cell(our)} here, {_cell(their)} there"
                    for document, our, their in one.differing
                )


def _why(name: str, explained: Mapping[str, str]) -> str:
    ends = ((key.split(" … "), text) for key, text in explained.items())
    found = [text for (start, *end), text in ends if name.startswith(start) and name.endswith(tuple(end) or "")]
    return found[0] if found else "NOT EXPLAINED YET."


def _cell(value: object) -> str:
    return "`" + shorten(value, _CHARACTERS).replace("`", "'").replace("|", "/") + "`"

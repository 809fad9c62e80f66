"""YAML with the line of every value, so that errors can say where."""

from __future__ import annotations

from typing import Any

import yaml

Path = tuple[str | int, ...]


def load_with_lines(text: str) -> tuple[Any, dict[Path, int]]:
    """Parse YAML.

    Args:
        text: one document.

    Returns:
        The plain values, and the 1-based line of each value by its path (`("stages", 0, "ingest")`).

    Raises:
        yaml.YAMLError: not YAML, or a key stands twice; its message has the line.
    """
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Path, int] = {}
        if node is None:
            return None, {(): 1}
        _walk(node, (), lines)
        return loader.construct_document(node), lines
    finally:
        loader.dispose()


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int]) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, str(key.value))
            if inner in lines:
                # YAML itself would keep the last of two silently.
                raise yaml.YAMLError(f"line {key.start_mark.line + 1}: {key.value} stands twice")
            lines[inner] = key.start_mark.line + 1
            _walk(value, inner, lines)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            _walk(value, (*path, place), lines)


def line_of(path: Path, lines: dict[Path, int]) -> int:
    """Line of a path, or of the nearest part above it that is in the file (a default, or a value of --set, has none)."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)

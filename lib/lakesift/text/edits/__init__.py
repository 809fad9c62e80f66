"""Edits by name."""

from __future__ import annotations

from lakesift.text.edits.c4_lines import C4_LINES
from lakesift.text.edits.edit import Edit
from lakesift.text.edits.pii import PII_DATATROVE

EDITS: dict[str, Edit] = {edit.name: edit for edit in (*C4_LINES, PII_DATATROVE)}

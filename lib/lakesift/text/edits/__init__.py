"""Edits by name, one file each."""

from __future__ import annotations

from lakesift.text.catalogue import Catalogue
from lakesift.text.edits.edit import Edit

EDITS: Catalogue[Edit] = Catalogue(Edit, "lakesift.text.edits", "lakesift.edits")
"""All edits by name."""

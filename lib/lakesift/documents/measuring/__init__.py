"""Machinery of the one pass: steps, templates, columns."""

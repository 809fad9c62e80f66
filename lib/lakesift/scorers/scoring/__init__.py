"""Applying scorers."""

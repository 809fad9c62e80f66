"""Kinds of scorers and their model folders."""

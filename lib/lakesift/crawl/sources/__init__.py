"""Listing and reading sources: archives and tables of texts."""

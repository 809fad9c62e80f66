"""Machinery that several deduplication operators share."""

"""Deduplication: exact, near and semantic duplicates, repeated paragraphs and substrings, benchmarks' text, weights."""

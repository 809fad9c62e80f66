"""Data sets of documents and of pairs."""

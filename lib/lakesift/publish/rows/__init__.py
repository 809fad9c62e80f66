"""Columns that data sets of documents and of pairs share."""

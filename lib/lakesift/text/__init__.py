"""Measure and edit one document's text.

Tokens, families of signals, edits, language, and MinHash signatures.
"""

"""Substrings that occur more than once.

They are found by anchors and grouped by the hashes of whole windows.
"""

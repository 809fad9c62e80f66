"""Substrings that occur more than once, found by anchors and grouped by the hashes of whole windows."""

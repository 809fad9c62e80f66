"""Extractors side by side on real pages: what comes out, how fast, and with how much memory."""

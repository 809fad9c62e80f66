"""Runs recipes: plans, fingerprints, row accounts."""

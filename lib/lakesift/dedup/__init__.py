"""Deduplication: near-duplicate clusters from MinHash band keys, and which document of a cluster is kept."""

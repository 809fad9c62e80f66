"""The published implementations, each run in an environment of its own."""

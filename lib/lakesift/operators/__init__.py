"""The operator contract."""

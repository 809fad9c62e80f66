"""Training and evaluating scorers."""

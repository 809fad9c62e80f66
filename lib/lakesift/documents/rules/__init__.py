"""Rules, and the verdict of all rules on every document."""

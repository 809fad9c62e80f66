"""What runs in the peers' own virtual environment; imports nothing of lakesift."""

"""Language identification, codes and language files."""

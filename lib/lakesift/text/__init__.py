"""What is measured on and changed in one document's text: tokens, signal families, edits, language, MinHash."""

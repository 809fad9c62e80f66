"""One pass over every document, and the rules over what it measured."""

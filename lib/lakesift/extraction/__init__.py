"""HTML to the text of its main content: blocks, a model that tells content from boilerplate, and their assembly."""

"""HTML to the text of its main content.

The steps are blocks, a model that separates content from boilerplate, and assembly of the text.
"""

"""Vectors of texts by Spark NLP: for scorers, and to tell what documents say."""

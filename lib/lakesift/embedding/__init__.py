"""Vectors of texts by Spark NLP, for scorers and semantic deduplication."""

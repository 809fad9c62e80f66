"""Documents of similar meaning: embeddings, k-means, SemDeDup, and pruning.

The k-means is spherical; pruning drops documents by cluster.
"""

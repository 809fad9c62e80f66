"""Documents that say what others say: embeddings, spherical k-means, SemDeDup, and pruning by cluster."""

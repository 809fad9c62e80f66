"""SemDeDup and spherical k-means in a few lines of NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def unit(vectors: Matrix) -> Matrix:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def most_similar_earlier(vectors: Matrix) -> tuple[Matrix, NDArray[np.int64]]:
    """For each vector the largest cosine to an earlier one, 0 at least, and the first one that has it."""
    above = np.triu(unit(vectors) @ unit(vectors).T, k=1)
    return above.max(axis=0), above.argmax(axis=0)


def lloyd(vectors: Matrix, centroids: Matrix, rounds: int) -> tuple[NDArray[np.int64], Matrix]:
    """Cluster and cosine to its centroid of each vector after some rounds of spherical k-means."""
    vectors, centroids = unit(vectors), unit(centroids)
    for _ in range(rounds):
        nearest = (vectors @ centroids.T).argmax(axis=1)
        for cluster in set(nearest.tolist()):
            centroids[cluster] = unit(vectors[nearest == cluster].sum(axis=0, keepdims=True))[0]
    cosines = vectors @ centroids.T
    return cosines.argmax(axis=1), cosines.max(axis=1)

"""Hennig's cluster-wise stability, written as it is told, without any care for speed."""

from __future__ import annotations

import numpy as np
from sklearn.cluster import KMeans


def clusterwise_jaccard(X: np.ndarray, labels: np.ndarray, B: int, seed: int) -> np.ndarray:
    """Follow Hennig (2007), sec. 2, step by step with scikit-learn's k-means."""
    rng = np.random.default_rng(seed)
    k = int(labels.max()) + 1
    found: list[list[float]] = [[] for _ in range(k)]
    for b in range(B):
        drawn = rng.integers(len(X), size=len(X))
        again = KMeans(k, n_init=10, random_state=b).fit_predict(X[drawn])
        original = {j: {i for i in drawn.tolist() if labels[i] == j} for j in range(k)}
        new = [set(drawn[again == j].tolist()) for j in range(k)]
        for j, members in original.items():
            if members:
                found[j].append(max(len(members & one) / len(members | one) for one in new))
    return np.array([np.mean(values) for values in found])

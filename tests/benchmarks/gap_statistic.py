"""The gap statistic, to be compared with; the portal itself does not use it."""

from __future__ import annotations

import numpy as np

from segmentation.cluster.algorithms.partition import kmeans_partitions

REFERENCES = 20


def gap_choice(X: np.ndarray, within: list[float], rng: np.random.Generator) -> int:
    """Choose k by Tibshirani, Walther and Hastie (2001), sec. 3, with uniform references.

    Parameters
    ----------
    X : ndarray of float32, shape (n, p)
        Centered.
    within : list of float
        Sum of squares for k = 1, 2, …

    Returns
    -------
    int
        The least k with Gap(k) ≥ Gap(k + 1) - s(k + 1), the last one where there is none.
    """
    low, high = X.min(axis=0), X.max(axis=0)
    ks = range(2, len(within) + 1)
    logs = np.empty((REFERENCES, len(within)))
    for row in logs:
        box = rng.uniform(low, high, X.shape).astype(np.float32)
        box -= box.mean(axis=0)
        row[0] = np.log((box.astype(float) ** 2).sum())
        row[1:] = [np.log(part.within) for part in kmeans_partitions(box, ks, rng, starts=3)]
    gap = logs.mean(axis=0) - np.log(np.maximum(within, 1e-9))
    spread = logs.std(axis=0) * np.sqrt(1 + 1 / REFERENCES)
    good = np.flatnonzero(gap[:-1] >= gap[1:] - spread[1:])
    return int(good[0]) + 1 if len(good) else len(within)

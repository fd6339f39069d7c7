"""The rule for k: each index votes, and each vote has the weight that it has earned.

Every index of quality fails somewhere: the silhouette prefers few segments where groups overlap
or differ in size, the likelihood prefers many where groups are not Gaussian. The rule adds up
what each says about each k, relative to what it says about its own favorite, with weights
fitted once on simulated tables with known groups (multinomial logit, McFadden 1974,
*Conditional logit analysis of qualitative choice behavior*, eq. (11)).
``tests/benchmarks/choosing_k.py`` draws the tables, fits the weights on one half, and reports
on the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from segmentation.cluster.evidence import KEvidence
from segmentation.cluster.mixtures import Criteria

Floats = npt.NDArray[np.float64]

#: What votes, and its weight.
WEIGHTS: dict[str, float] = {
    "tied icl": 1.26,
    "tied icl best": 0.44,
    "tied bic": 0.36,
    "diagonal icl": 0.14,
    "diagonal icl best": 0.44,
    "diagonal bic": -0.42,
    "diagonal bic best": 0.36,
    "silhouette": 0.45,
    "davies bouldin": 1.30,
    "calinski harabasz": 1.37,
    "elbow": 1.23,
    "log k": -0.94,
}

#: A k whose score is within this of the best one is a runner-up: odds of 1 to 20.
RUNNER_UP = 3.0


def votes(
    evidence: Sequence[KEvidence],
    tied: Sequence[Criteria],
    diagonal: Sequence[Criteria],
    rows: int,
    allowed: npt.NDArray[np.bool_],
) -> Floats:
    """Return what each index says about each k.

    Parameters
    ----------
    evidence : sequence of KEvidence, length K
        For rising k.
    tied, diagonal : sequence of Criteria, length K
    rows : int
        Rows behind the criteria.
    allowed : ndarray of bool, shape (K,)
        Which k may be chosen; bests are taken among them.

    Returns
    -------
    ndarray of float64, shape (K, V)
        One column for each entry of `WEIGHTS`, in its order.
    """
    columns: dict[str, Floats] = {}
    for family, found in (("tied", tied), ("diagonal", diagonal)):
        for name in ("icl", "bic"):
            lower = np.array([getattr(one, name) for one in found])
            worse = np.maximum(lower - lower[allowed].min(), 0) / rows
            columns[f"{family} {name}"] = -np.log1p(20 * worse)
            columns[f"{family} {name} best"] = (worse == 0).astype(np.float64)
    width = np.array([e.silhouette for e in evidence])
    columns["silhouette"] = 5 * (width / max(float(width[allowed].max()), 1e-6) - 1)
    similarity = np.log(np.maximum([e.davies_bouldin for e in evidence], 1e-6))
    columns["davies bouldin"] = 3 * (similarity[allowed].min() - similarity)
    ratio = np.log(np.clip([e.calinski_harabasz for e in evidence], 1e-6, 1e12))
    columns["calinski harabasz"] = 3 * (ratio - ratio[allowed].max())
    columns["elbow"] = _elbow(np.array([e.inertia for e in evidence]))
    columns["log k"] = np.log([e.k for e in evidence])
    return np.column_stack([columns[name] for name in WEIGHTS])


def scores(table: Floats, allowed: npt.NDArray[np.bool_]) -> Floats:
    """Return the sum of the weighted votes for each k, -inf for one that is not allowed."""
    total = table @ np.array(list(WEIGHTS.values()))
    result: Floats = np.where(allowed, total, -np.inf)
    return result


def _elbow(inertia: Floats) -> Floats:
    """Return how much sharper the fall of the log inertia is before k than after; shape (K,)."""
    fall = -np.diff(np.log(np.maximum(inertia, 1e-9)))
    result = np.zeros(len(inertia))
    if len(fall) > 1:
        result[1:-1] = 5 * np.clip(fall[:-1] - fall[1:], -2, 2)
    return result

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

from segmentation.cluster.selection.evidence import KEvidence
from segmentation.cluster.selection.gaussian_mixtures import Criteria

Floats = npt.NDArray[np.float64]

#: What votes, and its weight.
WEIGHTS: dict[str, float] = {
    "tied likelihood": 1.12,
    "diagonal likelihood": 0.89,
    "silhouette": 0.52,
    "davies bouldin": 0.63,
    "calinski harabasz": 0.72,
    # Fitted alone, with the others as they stand: as many sets right as without it, and surer of
    # them in both halves. Without it ten segments that dissolve can win by a hair over four.
    "stability": 1.5,
    "log k": -2.08,
}

#: A k whose ICL for each row is this much behind the best loses log 2 of the vote, one ten times
#: as far behind only log 11: large differences do not drown the other votes.
ICL_UNIT = 0.1

#: A k whose score is within this of the best one is a runner-up: odds of 1 to 7.
RUNNER_UP = 2.0
RUNNERS_UP = 3


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
        lower = np.array([one.icl for one in found])
        worse = np.maximum(lower - lower[allowed].min(), 0) / rows
        columns[f"{family} likelihood"] = -np.log1p(worse / ICL_UNIT)
    width = np.array([e.silhouette for e in evidence])
    columns["silhouette"] = 5 * (width / max(float(width[allowed].max()), 1e-6) - 1)
    similarity = np.log(np.maximum([e.davies_bouldin for e in evidence], 1e-6))
    columns["davies bouldin"] = 3 * (similarity[allowed].min() - similarity)
    ratio = np.log(np.clip([e.calinski_harabasz for e in evidence], 1e-6, 1e12))
    columns["calinski harabasz"] = 3 * (ratio - ratio[allowed].max())
    columns["stability"] = np.array([e.stability or 0.0 for e in evidence])
    columns["log k"] = np.log([e.k for e in evidence])
    return np.column_stack([columns[name] for name in WEIGHTS])


def scores(table: Floats, allowed: npt.NDArray[np.bool_]) -> Floats:
    """Return the sum of the weighted votes for each k, -inf for one that is not allowed."""
    total = table @ np.array(list(WEIGHTS.values()))
    result: Floats = np.where(allowed, total, -np.inf)
    return result

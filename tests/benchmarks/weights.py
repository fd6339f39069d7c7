"""Fit the weights of the votes: a conditional logit with a small penalty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

#: Strength of the squared penalty: one pseudo-observation against each large weight.
PENALTY = 1.0


def fit_weights(tables: Sequence[tuple[np.ndarray, np.ndarray, int]]) -> np.ndarray:
    """Maximize the likelihood of the right k (McFadden 1974, eq. (18)).

    Parameters
    ----------
    tables : sequence of (votes of shape (K, V), allowed of shape (K,), place of the right k)

    Returns
    -------
    ndarray, shape (V,)
    """
    from scipy.optimize import minimize

    votes = np.array([table[0] for table in tables])
    allowed = np.array([table[1] for table in tables])
    right = np.array([table[2] for table in tables])
    rows = np.arange(len(right))
    # A right k that is not allowed (its smallest group fell below the limit) teaches nothing.
    known = allowed[rows, right]
    votes, allowed, right, rows = votes[known], allowed[known], right[known], rows[: known.sum()]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        score = np.where(allowed, votes @ weights, -np.inf)
        score -= score.max(axis=1, keepdims=True)
        chance = np.exp(score)
        chance /= chance.sum(axis=1, keepdims=True)
        slope = (votes[rows, right] - np.einsum("sk,skv->sv", chance, votes)).sum(axis=0)
        value = -np.log(np.maximum(chance[rows, right], 1e-12)).sum()
        return value + PENALTY * weights @ weights / 2, PENALTY * weights - slope

    return minimize(loss, np.zeros(votes.shape[2]), jac=True, method="L-BFGS-B").x

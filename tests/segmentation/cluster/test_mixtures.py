"""Likelihood criteria agree with scikit-learn's and see what silhouettes cannot."""

import numpy as np
import pytest

from segmentation.cluster.algorithms.partition import kmeans_partitions
from segmentation.cluster.selection.gaussian_mixtures import FLOOR, criteria, dequantized


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(8)


def test_the_criteria_of_one_gaussian_are_those_of_the_formula(rng):
    X = rng.normal(size=(500, 3)).astype(np.float32)
    X -= X.mean(axis=0)
    (tied,), (diagonal,) = criteria(X, [(1, np.zeros(500, dtype=np.intp))], rng)
    covariance = np.cov(X.T, bias=True) + np.diag(FLOOR * X.var(axis=0))
    squared = np.einsum("ij,ij->i", X @ np.linalg.inv(covariance), X)
    log = -0.5 * (squared + np.log(np.linalg.det(2 * np.pi * covariance))).sum()
    assert tied.bic == pytest.approx(-2 * log + 9 * np.log(500), rel=1e-4)
    # One group is certain of its members: no entropy.
    assert tied.icl == pytest.approx(tied.bic)
    assert diagonal.bic == pytest.approx(tied.bic, rel=0.02)


def test_the_tied_fit_is_as_likely_as_that_of_scikit_learn(rng):
    from sklearn.mixture import GaussianMixture

    centers = np.array([[0, 0], [4, 0], [0, 4]])
    X = (centers[rng.integers(3, size=600)] + rng.normal(size=(600, 2))).astype(np.float32)
    X -= X.mean(axis=0)
    part = kmeans_partitions(X, [3], rng)[0]
    (tied,), _ = criteria(X, [(3, part.labels)], rng)
    theirs = GaussianMixture(3, covariance_type="tied", n_init=3, random_state=0).fit(X)
    assert tied.bic == pytest.approx(theirs.bic(X.astype(float)), rel=0.01)


def test_groups_hidden_by_columns_of_noise_are_counted(rng):
    signal = rng.integers(3, size=900)[:, np.newaxis] * 8 + rng.normal(size=(900, 1))
    X = np.column_stack([signal, signal.std() * rng.normal(size=(900, 2))]).astype(np.float32)
    X -= X.mean(axis=0)
    parts = kmeans_partitions(X, range(2, 6), rng)
    tied, _ = criteria(X, [(p.k, p.labels) for p in parts], rng)
    assert parts[int(np.argmin([c.icl for c in tied]))].k == 3


def test_a_recorded_scale_is_spread_over_its_steps_and_nothing_else_moves(rng):
    X = np.column_stack([rng.integers(1, 6, 3000), rng.normal(size=3000)]).astype(np.float32)
    X -= X.mean(axis=0)
    spread = dequantized(X, rng) - X
    assert np.abs(spread[:, 0]).max() < 0.55
    assert spread[:, 0].var() == pytest.approx(1 / 12, rel=0.1)
    assert np.abs(spread[:, 1]).max() < 1e-5


def test_levels_of_a_scale_are_not_groups(rng):
    X = rng.integers(1, 4, size=(600, 3)).astype(np.float32)
    X -= X.mean(axis=0)
    everybody = (1, np.zeros(600, dtype=np.intp))
    parts = kmeans_partitions(X, range(2, 9), rng)
    tied, _ = criteria(X, [everybody, *((p.k, p.labels) for p in parts)], rng)
    assert np.argmin([c.icl for c in tied]) == 0


def test_groups_of_equal_rows_stay_finite(rng):
    X = np.repeat(np.eye(3), 20, axis=0).astype(np.float32)
    X -= X.mean(axis=0)
    parts = kmeans_partitions(X, [2, 3], rng)
    tied, diagonal = criteria(X, [(p.k, p.labels) for p in parts], rng)
    assert np.isfinite([c.icl for c in tied + diagonal]).all()

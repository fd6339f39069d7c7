"""Indices agree with numbers worked out by hand and with scikit-learn."""

import numpy as np
import pytest

from segmentation.cluster.algorithms.distances import distance_matrix
from segmentation.cluster.algorithms.partition import kmeans_partitions, partition_of
from segmentation.cluster.selection.quality_indices import (
    adjusted_rand,
    calinski_harabasz,
    davies_bouldin,
    mean_interval,
    silhouettes,
)


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(300, 4)) + 3 * rng.integers(2, size=(300, 4))
    return (X - X.mean(axis=0)).astype(np.float32)


def test_silhouettes_of_four_points_on_a_line_by_hand():
    X = np.array([[0.0], [1.0], [4.0], [5.0]], dtype=np.float32)
    (widths,) = silhouettes(distance_matrix(X), [np.array([0, 0, 1, 1])])
    # The outer points: a = 1, b = (4 + 5) / 2; the inner ones: a = 1, b = (3 + 4) / 2.
    np.testing.assert_allclose(widths, [3.5 / 4.5, 2.5 / 3.5, 2.5 / 3.5, 3.5 / 4.5], rtol=1e-6)


def test_davies_bouldin_of_four_points_on_a_line_by_hand():
    X = np.array([[0.0], [1.0], [4.0], [5.0]], dtype=np.float32)
    centers = np.array([[0.5], [4.5]])
    # Both spreads are 0.5, the centers lie 4 apart.
    assert davies_bouldin(X, np.array([0, 0, 1, 1]), centers) == pytest.approx(0.25)


@pytest.mark.parametrize("k", [2, 3, 7])
def test_all_indices_agree_with_scikit_learn(points, k):
    from sklearn import metrics

    part = kmeans_partitions(points, [k], np.random.default_rng(0))[0]
    total = float((points.astype(float) ** 2).sum())
    (widths,) = silhouettes(distance_matrix(points), [part.labels])
    assert widths == pytest.approx(metrics.silhouette_samples(points, part.labels), abs=1e-5)
    assert calinski_harabasz(part.within, total, len(points), k) == pytest.approx(
        metrics.calinski_harabasz_score(points, part.labels), rel=1e-4
    )
    assert davies_bouldin(points, part.labels, part.centers) == pytest.approx(
        metrics.davies_bouldin_score(points, part.labels), rel=1e-4
    )
    other = np.random.default_rng(1).integers(3, size=len(points))
    assert adjusted_rand(part.labels, other) == pytest.approx(
        metrics.adjusted_rand_score(part.labels, other)
    )


def test_one_distance_matrix_serves_all_partitions(points):
    parts = kmeans_partitions(points, [2, 5], np.random.default_rng(0))
    distances = distance_matrix(points)
    together = silhouettes(distances, [part.labels for part in parts])
    for part, widths in zip(parts, together, strict=True):
        np.testing.assert_array_equal(silhouettes(distances, [part.labels])[0], widths)


def test_a_segment_of_one_point_has_silhouette_zero():
    X = np.array([[0.0], [1.0], [9.0]], dtype=np.float32)
    (widths,) = silhouettes(distance_matrix(X), [np.array([0, 0, 1])])
    assert widths[2] == 0


def test_the_interval_covers_the_mean_of_many_customers_in_95_of_100_samples():
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(400):
        _, low, high = mean_interval(rng.uniform(-0.2, 0.8, 100))
        covered += low <= 0.3 <= high
    assert 0.92 < covered / 400 < 0.98


def test_an_empty_segment_does_not_disturb_the_others():
    X = np.array([[0.0], [1.0], [4.0], [5.0]], dtype=np.float32)
    part = partition_of(X, np.array([0, 0, 2, 2]), 3)
    assert np.isfinite(davies_bouldin(X, part.labels, part.centers))
    assert np.isfinite(silhouettes(distance_matrix(X), [part.labels])[0]).all()

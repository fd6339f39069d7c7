"""Every algorithm of the registry keeps the same promises."""

import numpy as np
import pytest

from segmentation.cluster.algorithms.nearest_center import assign_points
from segmentation.cluster.algorithms.registry import ALGORITHMS, algorithm_named
from segmentation.cluster.selection.quality_indices import adjusted_rand
from segmentation.errors import ParameterError

NAMES = list(ALGORITHMS)


def blobs(n: int = 600, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=n)
    centers = np.array([[0, 0, 0], [8, 0, 0], [0, 8, 8]])
    return (centers[labels] + rng.normal(size=(n, 3))).astype(np.float32), labels


@pytest.mark.parametrize("name", NAMES)
def test_well_separated_groups_are_found(name):
    X, labels = blobs()
    found = ALGORITHMS[name].fit(X, 3)
    held = found.labels >= 0
    assert found.k == 3
    assert held.mean() > 0.8
    assert adjusted_rand(labels[held], found.labels[held]) > 0.99


@pytest.mark.parametrize("name", NAMES)
def test_the_scorer_alone_gives_the_training_labels(name):
    X, _ = blobs()
    found = ALGORITHMS[name].fit(X, 4)
    again = assign_points(X, found.centers, found.scorer)
    np.testing.assert_array_equal(again, found.labels)
    np.testing.assert_array_equal(assign_points(X[7:9], found.centers, found.scorer), again[7:9])


@pytest.mark.parametrize("name", NAMES)
def test_row_order_and_jobs_change_nothing(name):
    X, _ = blobs()
    order = np.random.default_rng(0).permutation(len(X))
    first = ALGORITHMS[name].fit(X, 4, n_jobs=1)
    second = ALGORITHMS[name].fit(X[order], 4, n_jobs=2)
    np.testing.assert_array_equal(second.labels, first.labels[order])
    np.testing.assert_allclose(second.centers, first.centers, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "X",
    [np.zeros((50, 2)), np.zeros((1, 3)), np.eye(3), np.repeat(np.eye(4), 50, axis=0)],
    ids=["all equal", "one row", "three rows", "few different rows"],
)
def test_degenerate_data_gives_at_most_its_different_rows(name, X):
    points = X.astype(np.float32)
    found = ALGORITHMS[name].fit(points, 6)
    assert 1 <= found.k <= len(np.unique(points, axis=0))
    assert found.labels.shape == (len(points),)
    assert set(found.labels.tolist()) <= set(range(-1, found.k))
    assert np.isfinite(found.centers).all()
    assert found.inertia >= 0


def test_outliers_are_left_unassigned_by_density():
    X, _ = blobs()
    X[0] = 100.0
    for name in ("dbscan", "hdbscan"):
        assert ALGORITHMS[name].fit(X, 3).labels[0] == -1


def test_k_means_is_as_good_as_the_best_of_ten_starts_of_scikit_learn():
    from sklearn.cluster import KMeans

    X = np.random.default_rng(5).normal(size=(1500, 4)).astype(np.float32)
    for k in (3, 6):
        theirs = KMeans(k, n_init=10, random_state=0).fit(X)
        assert ALGORITHMS["kmeans"].fit(X, k).inertia <= theirs.inertia_ * 1.001


def test_parameters_outside_their_limits_are_refused():
    X, _ = blobs(60)
    with pytest.raises(ParameterError, match="between 2 and 100"):
        ALGORITHMS["dbscan"].fit(X, 3, parameters={"neighbors": 1})
    with pytest.raises(ParameterError, match="whole number"):
        ALGORITHMS["dbscan"].fit(X, 3, parameters={"neighbors": 2.5})
    with pytest.raises(ParameterError, match="no parameter 'speed'"):
        ALGORITHMS["kmeans"].fit(X, 3, parameters={"speed": 1})
    with pytest.raises(ParameterError, match="Unknown algorithm 'magic'"):
        algorithm_named("magic")

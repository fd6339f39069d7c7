"""Each segment's stability means what Hennig's scale says, whatever the order and the jobs."""

import numpy as np
import pytest

from segmentation.cluster.algorithms.registry import ALGORITHMS
from segmentation.cluster.selection.stability import segment_stability
from segmentation.errors import CancelledError


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    rng = np.random.default_rng(4)
    centers = np.array([[0, 0], [9, 0], [0, 9]])
    return (centers[rng.integers(3, size=300)] + rng.normal(size=(300, 2))).astype(np.float32)


@pytest.fixture(scope="module")
def labels(points) -> np.ndarray:
    return ALGORITHMS["kmeans"].fit(points, 3).labels


def test_separated_groups_are_highly_stable(points, labels):
    assert segment_stability(points, labels, B=30).min() > 0.97


def test_a_group_cut_in_two_is_dissolved_and_the_others_are_not(points, labels):
    cut = np.where(labels == 2, 2 + (points[:, 0] > np.median(points[labels == 2, 0])), labels)
    found = segment_stability(points, cut, B=30)
    assert found[:2].min() > 0.85
    assert found[2:].max() < 0.75


def test_row_order_and_jobs_change_nothing(points, labels):
    order = np.random.default_rng(0).permutation(len(points))
    one = segment_stability(points, labels, B=20, n_jobs=1)
    two = segment_stability(points[order], labels[order], B=20, n_jobs=2)
    np.testing.assert_array_equal(one, two)


def test_noise_belongs_to_no_segment(points, labels):
    with_noise = labels.copy()
    with_noise[:20] = -1
    assert segment_stability(points, with_noise, B=10).shape == (3,)


def test_any_algorithm_can_be_repeated(points, labels):
    found = segment_stability(
        points, labels, lambda X, seed: ALGORITHMS["ward"].fit(X, 3, seed).labels, B=5
    )
    assert found.min() > 0.95


def test_one_segment_is_as_stable_as_can_be(points):
    assert segment_stability(points, np.zeros(len(points), dtype=int)).tolist() == [1.0]


def test_progress_is_told_and_can_cancel(points, labels):
    seen: list[float] = []
    segment_stability(points, labels, B=30, progress=lambda _, share: seen.append(share))
    assert seen == pytest.approx([1 / 3, 2 / 3, 1.0])

    def stop(_stage: str, _share: float) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        segment_stability(points, labels, B=30, n_jobs=2, progress=stop)

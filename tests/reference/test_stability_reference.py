"""Our fast stability agrees with a plain re-telling of the paper."""

import numpy as np
import pytest

from segmentation.cluster.algorithms.registry import ALGORITHMS
from segmentation.cluster.selection.stability import segment_stability
from tests.reference.hennig import clusterwise_jaccard


@pytest.mark.parametrize(("spread", "k"), [(1.0, 3), (1.0, 4), (2.2, 3)])
def test_cluster_wise_jaccard_agrees_with_the_paper_within_sampling_error(spread, k):
    rng = np.random.default_rng(11)
    centers = np.array([[0, 0], [6, 0], [0, 6]])
    X = centers[rng.integers(3, size=240)] + spread * rng.normal(size=(240, 2))
    X = X.astype(np.float32)
    labels = ALGORITHMS["kmeans"].fit(X, k).labels
    ours = segment_stability(X, labels, B=100)
    theirs = clusterwise_jaccard(X, labels, B=60, seed=1)
    # The standard error of the mean of 60 coefficients with a spread of 0.25 is 0.03.
    np.testing.assert_allclose(ours, theirs, atol=0.1)

"""Data without groups keeps what it should keep and loses the rest."""

import numpy as np
import pytest

from segmentation.cluster.selection.modes import count_modes, has_several_modes
from segmentation.cluster.selection.null_models import Nulls


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def correlated(rng: np.random.Generator, n: int = 800) -> np.ndarray:
    X = rng.normal(size=(n, 3)) @ np.array([[1, 0.9, 0], [0, 0.5, 0], [0, 0, 3]])
    return (X - X.mean(axis=0)).astype(np.float32)


def test_independent_columns_keep_their_values_and_lose_their_correlation(rng):
    X = correlated(rng)
    drawn = Nulls.of(X).independent(rng)
    np.testing.assert_allclose(np.sort(drawn, axis=0), np.sort(X, axis=0), atol=1e-5)
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.15


def test_the_features_of_one_column_move_together(rng):
    X = np.eye(3, dtype=np.float32)[rng.integers(3, size=300)]
    X -= X.mean(axis=0)
    drawn = Nulls.of(X, [slice(0, 3)]).independent(rng)
    assert {tuple(row) for row in drawn.round(4).tolist()} == {
        tuple(row) for row in X.round(4).tolist()
    }


def test_the_cloud_has_the_covariance_of_the_data(rng):
    X = correlated(rng, 5000)
    drawn = Nulls.of(X).elliptical(rng)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(X.T), atol=0.35)


def test_groups_in_one_column_do_not_survive_into_the_null(rng):
    column = np.concatenate([rng.normal(-5, 1, 300), rng.normal(5, 1, 300)])
    X = rng.permutation(column)[:, np.newaxis].astype(np.float32)
    assert has_several_modes(X[:, 0])
    drawn = Nulls.of(X).independent(rng)
    assert (np.abs(drawn) < 2).mean() > 0.15
    assert drawn.std() == pytest.approx(X.std(), rel=0.1)


@pytest.mark.parametrize("draw", ["normal", "exponential", "standard_normal"])
def test_one_mode_is_not_taken_for_several(draw):
    rng = np.random.default_rng(0)
    said = [has_several_modes(getattr(rng, draw)(size=400)) for _ in range(20)]
    assert sum(said) <= 2


def test_a_scale_of_few_values_has_no_modes(rng):
    assert not has_several_modes(rng.integers(1, 6, 500).astype(float))


def test_modes_merge_as_the_bandwidth_grows(rng):
    values = np.concatenate([rng.normal(i * 6, 1, 200) for i in range(4)])
    assert [count_modes(values, width) for width in (0.8, 20.0)] == [4, 1]

"""Principal components agree with the definition and never flip their sign."""

import numpy as np
import pytest

from segmentation.cluster.projection import Projection


@pytest.fixture
def points() -> np.ndarray:
    rng = np.random.default_rng(7)
    return (rng.normal(size=(300, 4)) @ rng.normal(size=(4, 4))).astype(np.float32)


def test_components_agree_with_scikit_learn(points):
    from sklearn.decomposition import PCA

    ours, theirs = Projection.fit(points), PCA(3).fit(points.astype(float))
    np.testing.assert_allclose(np.abs(ours.components), np.abs(theirs.components_), atol=1e-5)
    np.testing.assert_allclose(
        ours.explained_variance_ratio, theirs.explained_variance_ratio_, atol=1e-6
    )


def test_row_order_changes_neither_signs_nor_shares(points):
    ours, turned = Projection.fit(points), Projection.fit(points[::-1])
    np.testing.assert_allclose(ours.components, turned.components, atol=1e-9)


def test_a_row_is_projected_alike_alone_and_among_others(points):
    ours = Projection.fit(points)
    np.testing.assert_array_equal(ours.transform(points)[5:6], ours.transform(points[5:6]))


@pytest.mark.parametrize("p", [1, 2])
def test_fewer_columns_than_axes_leave_empty_axes(p):
    flat = Projection.fit(np.arange(10.0 * p).reshape(10, p) ** 1.5)
    assert flat.components.shape == (3, p)
    assert not flat.transform(np.ones((2, p)))[:, p:].any()


def test_equal_rows_have_no_axis():
    flat = Projection.fit(np.ones((5, 3)))
    assert not flat.explained_variance_ratio.any()
    assert flat.axis_title(0) == "PC1 (0 %)"


def test_axis_titles_name_the_leading_features():
    x = np.linspace(-1, 1, 50)
    flat = Projection.fit(np.column_stack([x, x, 0.01 * np.cos(9 * x)]), ["age", "spend", "n"])
    assert flat.axis_title(0) == "PC1 · age, spend (100 %)"

"""Association and summary agree with numbers worked out by hand and with scipy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from segmentation import Table, association, sample_customers, summarize
from segmentation.table.association import absolute_correlation, correlation_ratio, cramers_v


def test_correlation_agrees_with_scipy() -> None:
    rng = np.random.default_rng(1)
    a = rng.normal(size=200)
    b = 0.5 * a + rng.normal(size=200)

    assert absolute_correlation(a, b) == pytest.approx(abs(stats.pearsonr(a, b).statistic))
    assert absolute_correlation(a, -a) == pytest.approx(1.0)


def test_numbers_of_any_size_are_compared() -> None:
    a = np.array([1.0, 2, 3, 4])

    assert absolute_correlation(a * 1e300, a * 1e-300) == pytest.approx(1.0)
    assert absolute_correlation(a, np.ones(4)) == 0.0
    assert absolute_correlation(a, np.full(4, np.nan)) == 0.0


def test_correlation_ratio_by_hand() -> None:
    # groups 1,3 and 5,7: means 2 and 6, overall 4; between 16, total 20
    value = correlation_ratio(np.array([0, 0, 1, 1]), np.array([1.0, 3, 5, 7]))

    assert value == pytest.approx(np.sqrt(16 / 20))


def test_cramers_v_is_corrected_for_bias() -> None:
    # 2 x 2 table [[30, 10], [10, 30]]: phi² = 20 / 80, corrected by 1 / 79 (Bergsma 2013)
    a = np.repeat([0, 0, 1, 1], [30, 10, 10, 30])
    b = np.repeat([0, 1, 0, 1], [30, 10, 10, 30])
    chi2 = stats.chi2_contingency([[30, 10], [10, 30]], correction=False).statistic
    phi2 = chi2 / 80 - 1 / 79
    expected = np.sqrt(phi2 / (2 - 1 / 79 - 1))

    assert cramers_v(a, b) == pytest.approx(expected)


def test_independent_categories_read_near_zero() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 8, 400), rng.integers(0, 9, 400)

    assert cramers_v(a, b) < 0.1


def test_the_matrix_is_symmetric_with_ones_and_between_zero_and_one() -> None:
    table = Table.from_frame(sample_customers(300, missing=0.05))
    matrix = association(table.frame, table.columns)

    assert "Customer ID" not in matrix.columns
    assert np.allclose(matrix, matrix.T)
    assert (np.diag(matrix) == 1).all()
    assert ((matrix >= 0) & (matrix <= 1)).all().all()
    assert matrix.loc["Total Spend", "Items Purchased"] > 0.9
    assert matrix.loc["Age", "Gender"] < 0.2


def test_summary_by_hand() -> None:
    table = Table.from_frame(
        pd.DataFrame({"x": [1.5, 2.5, 3.5, None], "c": ["a", "b", "a", None], "d": [1, 2, 1, 2]})
    )
    numeric, categorical = summarize(table)

    assert numeric.to_dict("records") == [
        {
            "column": "x", "count": 3, "missing": 1, "mean": 2.5, "std": 1.0, "min": 1.5,
            "q1": 2.0, "median": 2.5, "q3": 3.0, "max": 3.5,
        }
    ]  # fmt: skip
    assert categorical["column"].tolist() == ["c", "d"]
    assert categorical.loc[0, ["count", "missing", "distinct", "top"]].tolist() == [3, 1, 2, "a"]
    assert categorical.loc[0, "top_share"] == pytest.approx(2 / 3)
    assert categorical.loc[1, "top"] == "1"


def test_a_table_without_numbers_or_categories_has_an_empty_summary() -> None:
    numeric, categorical = summarize(Table.from_frame(pd.DataFrame({"a": [1.5, 2.5, 4.5]})))

    assert len(numeric) == 1
    assert categorical.empty
    assert "top_share" in categorical.columns

"""Statistics of parts add up to those of the whole."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.cluster.encoding.column_fitting import fit_column
from segmentation.cluster.encoding.column_statistics import (
    ColumnStatistics,
    NumberStatistics,
    NumberTally,
)
from segmentation.cluster.encoding.encoder import Encoder
from segmentation.cluster.encoding.moments import Moments
from segmentation.cluster.encoding.quantiles import QUANTILE_ERROR, Counted
from segmentation.table.schema.columns import Column, Role, Use

VALUES = st.lists(
    st.floats(-1e12, 1e12, allow_nan=False).map(lambda x: x if abs(x) > 1e-9 else 0.0),
    min_size=1, max_size=60,
)  # fmt: skip


def parts_of(values: np.ndarray, count: int) -> list[np.ndarray]:
    return [part for part in np.array_split(values, count) if len(part)]


@given(values=VALUES, count=st.integers(1, 5))
def test_moments_of_parts_are_those_of_the_whole(values: list[float], count: int) -> None:
    whole = np.array(values)
    merged = functools.reduce(Moments.merged, map(Moments.of, parts_of(whole, count)))
    at_once = Moments.of(whole)
    scale = max(np.abs(whole).max(), 1e-9)
    assert merged.count == len(whole)
    assert merged.center == pytest.approx(at_once.center, abs=1e-12 * scale)
    assert merged.deviation == pytest.approx(at_once.deviation, rel=1e-9, abs=1e-7 * scale)


def test_moments_by_hand() -> None:
    moments = Moments.of(np.array([1.0, 2.0, 6.0]))
    assert moments.center == pytest.approx(3)
    assert moments.deviation == pytest.approx(np.sqrt(14 / 3))
    assert moments.skewness == pytest.approx((-8 - 1 + 27) / 3 / (14 / 3) ** 1.5)
    assert moments.with_repeated(3.0, 3).deviation == pytest.approx(np.sqrt(14 / 6))


def test_amounts_near_the_end_of_the_range_do_not_overflow() -> None:
    merged = Moments.of(np.array([1e300, 3e300])).merged(Moments.of(np.array([2.0])))
    assert merged.center == pytest.approx(4e300 / 3)
    assert np.isfinite(merged.deviation)


@given(values=VALUES, count=st.integers(1, 5), share=st.floats(0, 1))
def test_quantiles_of_parts_keep_the_stated_bound(
    values: list[float], count: int, share: float
) -> None:
    whole = np.array(values)
    merged = functools.reduce(Counted.merged, map(Counted.of, parts_of(whole, count)))
    found = merged.quantiles([share])[0]
    ranks = np.sort(whole)[[int(f((len(whole) - 1) * share)) for f in (np.floor, np.ceil)]]
    bound = QUANTILE_ERROR * np.abs(ranks).max()
    assert abs(found - np.quantile(whole, share)) <= bound * (1 + 1e-9)
    at_once = Counted.of(whole)
    assert np.array_equal(merged.codes, at_once.codes)
    assert np.array_equal(merged.counts, at_once.counts)


def test_quantiles_of_amounts_and_of_ages_by_group() -> None:
    rng = np.random.default_rng(1)
    amounts = rng.lognormal(6, 2, 20_000)
    ages = rng.integers(18, 90, 20_000).astype(float)
    groups = rng.integers(0, 3, 20_000)
    for values, bound in ((amounts, QUANTILE_ERROR), (ages, 0.0)):
        counted = Counted.of(values, groups, 3)
        for group in range(3):
            exact = np.quantile(values[groups == group], [0, 0.25, 0.5, 0.75, 1])
            assert counted.quantiles((0, 0.25, 0.5, 0.75, 1), group) == pytest.approx(
                exact, rel=bound
            )
        assert counted.together().quantiles([0.5])[0] == pytest.approx(np.median(values), rel=bound)


def test_a_group_without_values_has_no_quantiles() -> None:
    counted = Counted.of(np.array([1.0, 2.0]), np.array([0, 0]), 2)
    assert np.isnan(counted.quantiles([0.5], 1)).all()
    assert np.isnan(Counted.of(np.zeros(0)).quantiles([0.5])).all()


def test_a_column_of_parts_is_encoded_like_the_whole_column() -> None:
    rng = np.random.default_rng(2)
    spend = rng.lognormal(5, 1, 1_000).round(2)
    spend[::9] = np.nan
    column = Column("Spend", Role.NUMERIC, Use.BASIS, "")
    whole = Encoder.fit(pd.DataFrame({"Spend": spend}), [column]).columns[0]
    tally = functools.reduce(NumberTally.merged, map(NumberTally.of, np.array_split(spend, 7)))
    numbers: NumberStatistics = tally.statistics()
    merged = fit_column(ColumnStatistics(len(spend), True, numbers), column, "auto", 1.0)
    assert merged.kind == whole.kind == "log"
    assert merged.reason == whole.reason
    assert merged.center == pytest.approx(whole.center, rel=1e-4)
    assert merged.scale == pytest.approx(whole.scale, rel=1e-4)
    assert merged.fill == pytest.approx(whole.fill, rel=QUANTILE_ERROR)
    assert (merged.minimum, merged.maximum) == (whole.minimum, whole.maximum)

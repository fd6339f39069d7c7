"""Profiles against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from segmentation.segments.profiles.column_values import Measured, NumericValues, measure
from segmentation.segments.profiles.importance import cramers_v, eta_squared, importances
from segmentation.segments.profiles.profile import profiles, revenue_shares
from segmentation.segments.profiles.summaries import NumericSummary, summarize
from segmentation.table.schema.columns import Column, Role, Use

LABELS = np.array([0, 0, 1, 1])


def columns() -> tuple[Column, ...]:
    return (
        Column("Spend", Role.NUMERIC, Use.BASIS, "", meaning="spend"),
        Column("Tier", Role.ORDINAL, Use.DESCRIPTOR, "", levels=("Bronze", "Gold")),
        Column("Since", Role.DATE, Use.BASIS, ""),
        Column("Note", Role.TEXT, Use.IGNORED, ""),
    )


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Spend": [10.0, 30.0, 60.0, np.nan],
            "Tier": ["Gold", "Gold", "Bronze", None],
            "Since": pd.to_datetime(["2024-01-10", "2024-01-08", "2024-01-01", None]),
            "Note": ["a", "b", "c", "d"],
        }
    )


def summed(values: np.ndarray) -> NumericSummary:
    """One numeric column summed up by the segments of LABELS."""
    column = Column("Spend", Role.NUMERIC, Use.BASIS, "")
    measured = Measured(len(values), (NumericValues(column, values, math.nan),), ())
    return summarize(measured, LABELS, 2).numeric[0]


def test_a_numeric_column_is_profiled_in_its_own_units() -> None:
    everybody, (first, second) = profiles(summarize(measure(frame(), columns()), LABELS, 2))
    assert (first.size, first.share) == (2, 0.5)
    spend = first.numeric["Spend"]
    assert (spend.mean, spend.median, spend.q1, spend.q3) == (20, 20, 15, 25)
    assert (spend.minimum, spend.maximum) == (10, 30)
    assert spend.index == pytest.approx(60)  # everybody's mean is 100 / 3
    deviation = np.std([10, 30, 60])
    assert spend.z == pytest.approx((20 - 100 / 3) / deviation)
    assert second.numeric["Spend"].mean == 60
    assert everybody.numeric["Spend"].index == 100


def test_shares_and_lifts_are_of_known_values() -> None:
    everybody, (first, second) = profiles(summarize(measure(frame(), columns()), LABELS, 2))
    assert [one.level for one in first.levels["Tier"]] == ["Bronze", "Gold"]
    assert [one.share for one in first.levels["Tier"]] == [0, 1]
    assert first.levels["Tier"][1].lift == pytest.approx(1.5)  # 1 against two thirds
    assert second.levels["Tier"][0].share == 1
    assert everybody.levels["Tier"][1].lift == 1


def test_dates_are_profiled_in_days_before_the_newest() -> None:
    _, (first, second) = profiles(summarize(measure(frame(), columns()), LABELS, 2))
    assert first.numeric["Since"].mean == 1
    assert second.numeric["Since"].maximum == 9


def test_ignored_columns_have_no_profile() -> None:
    everybody, _ = profiles(summarize(measure(frame(), columns()), LABELS, 2))
    assert "Note" not in everybody.levels
    assert "Note" not in everybody.numeric


def test_an_index_needs_a_positive_mean() -> None:
    negative = frame().assign(Spend=[-1.0, 1.0, -2.0, 1.0])
    everybody, _ = profiles(summarize(measure(negative, columns()), LABELS, 2))
    assert everybody.numeric["Spend"].index is None


def test_a_column_without_values_in_a_segment_is_unknown_there() -> None:
    empty = frame().assign(Spend=[1.0, 2.0, np.nan, np.nan])
    _, (_, second) = profiles(summarize(measure(empty, columns()), LABELS, 2))
    assert math.isnan(second.numeric["Spend"].mean)
    assert second.numeric["Spend"].index is None


def test_unassigned_rows_count_among_everybody_only() -> None:
    labels = np.array([0, 0, 1, -1])
    everybody, (first, second) = profiles(summarize(measure(frame(), columns()), labels, 2))
    assert everybody.size == 4
    assert (first.size, second.size) == (2, 1)


def test_revenue_is_shared_out_by_amount() -> None:
    assert revenue_shares(summed(np.array([1.0, 2.0, 1.0, np.nan]))) == (0.75, 0.25)
    assert revenue_shares(summed(np.array([1.0, -2.0, 1.0, 5.0]))) == (None, None)


def test_eta_squared_is_the_share_of_variance_between_segments() -> None:
    values = np.array([1.0, 3.0, 5.0, 7.0])
    # between: 2 × (2−4)² + 2 × (6−4)² = 16; total: 9 + 1 + 1 + 9 = 20
    assert eta_squared(summed(values).moments[1:]) == pytest.approx(0.8)
    assert eta_squared(summed(np.ones(4)).moments[1:]) == 0


def test_cramers_v_of_independent_columns_is_zero() -> None:
    assert cramers_v(np.array([[20.0, 20.0], [20.0, 20.0]])) == 0
    assert cramers_v(np.array([[30.0, 0.0], [0.0, 30.0]])) == pytest.approx(1)
    assert cramers_v(np.array([[30.0, 5.0]])) == 0


def test_importance_ranks_the_columns_that_tell_segments_apart() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 200)
    noise = rng.normal(size=(2, 400))
    told = pd.DataFrame({"Spend": labels * 10 + noise[0], "Noise": noise[1]})
    described = [Column(name, Role.NUMERIC, Use.BASIS, "") for name in told]
    found = importances(summarize(measure(told, described), labels, 2))
    assert [one.column for one in found] == ["Spend", "Noise"]
    assert found[0].value > 0.9
    assert found[1].value < 0.1


@pytest.mark.parametrize("values", [[-4.0, -2, 1, 9], [-1.0, 1, -1, 1], [0.0] * 999 + [1.0]])
def test_an_index_is_left_out_where_a_hundred_means_nothing(values: list[float]) -> None:
    frame = pd.DataFrame({"Balance": values})
    columns = (Column("Balance", Role.NUMERIC, Use.BASIS, ""),)
    labels = np.arange(len(values)) % 2
    everybody, own = profiles(summarize(measure(frame, columns), labels, 2))
    assert [one.numeric["Balance"].index for one in (everybody, *own)] == [None] * 3

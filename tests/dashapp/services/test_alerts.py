"""Alerts: what in the data may disturb segments, among whom the filters leave."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dashapp.services.alerts import alerts
from dashapp.services.filters import LevelFilter, RangeFilter
from segmentation import Table

N = 200
# In town visits are skewed and half of the scores are missing; in the country nothing is odd.
TOWN = np.arange(N) < N // 2
EVEN = np.tile(np.linspace(0, 10, N // 2), 2)


@pytest.fixture(scope="module")
def table() -> Table:
    frame = pd.DataFrame(
        {
            "Place": np.where(TOWN, "town", "country"),
            "Visits": np.where(TOWN, np.exp(EVEN), EVEN),
            "Score": np.where(TOWN & (np.arange(N) % 2 == 0), np.nan, EVEN[::-1] + 3),
            "Fees": EVEN * 2 + 1,
            "Costs": EVEN * 4 + np.where(np.arange(N) % 2 == 0, 0.01, 0.0),
        }
    )
    return Table.from_frame(frame, name="made")


def kinds(table: Table, *filters: RangeFilter | LevelFilter) -> set[tuple[str, str]]:
    return {(alert.column, alert.kind) for alert in alerts(table, filters)}


def test_skew_missing_values_and_twins_are_found_among_all(table: Table) -> None:
    found = kinds(table)
    assert {("Visits", "skew"), ("Score", "missing values")} <= found
    assert ("Fees and Costs", "nearly identical") in found
    told = {alert.column: alert.finding for alert in alerts(table)}
    assert told["Score"] == "25 % of its values are missing."


def test_a_mistyped_value_is_told_as_it_is() -> None:
    ages = np.arange(N) % 40 + 20
    ages[3] = 199

    def told() -> str:
        table = Table.from_frame(pd.DataFrame({"Age": ages, "Other": EVEN}), name="made")
        return next(a.finding for a in alerts(table) if (a.column, a.kind) == ("Age", "outliers"))

    assert told() == "1 value lies far outside the usual range: 199."
    ages[4] = -70
    assert told() == "2 values lie far outside the usual range, from −70 to 199."


def test_filters_narrow_what_alerts_look_at(table: Table) -> None:
    country, town = LevelFilter("Place", ("country",)), LevelFilter("Place", ("town",))
    assert not {"Visits", "Score"} & {column for column, _ in kinds(table, country)}
    told = {alert.column: alert.finding for alert in alerts(table, [town])}
    assert told["Score"] == "50 % of its values are missing."


def test_one_value_left_of_a_column_is_told_unless_its_own_filter_left_it(
    table: Table,
) -> None:
    assert kinds(table, LevelFilter("Place", ("town",))).isdisjoint({("Place", "nearly constant")})
    some = Table.from_frame(table.frame.assign(Rank=np.where(TOWN, 1, 2)), name="made")
    assert ("Place", "nearly constant") in kinds(some, RangeFilter("Rank", 1, 1))


def test_nobody_left_is_nothing_to_be_alerted_of(table: Table) -> None:
    assert alerts(table, [RangeFilter("Fees", -2, -1)]) == ()

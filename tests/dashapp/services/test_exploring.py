"""Filters: what a browser sends, and the rows that are left."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.services.filters import (
    LevelFilter,
    RangeFilter,
    apply_filters,
    asked_filters,
    associated,
    filterable,
    named_pair,
    narrowing,
    parse_filters,
    slider_step,
    strongest_pair,
)
from segmentation import Table, sample_customers

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3)
    ),
    max_leaves=8,
)

SMALL = Table.from_frame(sample_customers(20, 1), name="sample")


@pytest.fixture(scope="module")
def table() -> Table:
    return Table.from_frame(sample_customers(200, 1), name="sample")


def test_a_range_and_a_level_must_both_hold(table: Table) -> None:
    rules = (RangeFilter("Age", 30, 50), LevelFilter("Membership Type", ("Gold",)))
    left = apply_filters(table.frame, rules)
    assert left["Age"].between(30, 50).all()
    assert set(left["Membership Type"]) == {"Gold"}
    ages, kinds = table.frame["Age"], table.frame["Membership Type"]
    assert len(left) == int((ages.between(30, 50) & (kinds == "Gold")).sum())


@given(st.integers(-10_000, 10_000), st.integers(1, 100_000), st.booleans())
def test_a_slider_reaches_both_ends_and_is_not_coarse(low: int, wide: int, halves: bool) -> None:
    frame = pd.DataFrame({"Paid": [low, low + wide, low + 0.5 if halves else low]})
    step = slider_step(frame, "Paid")
    steps = wide / step
    assert abs(steps - round(steps)) < 1e-6
    assert steps >= min(wide, 25)
    assert halves or wide > 100 or step == 1


def test_a_full_range_and_an_empty_list_leave_everybody(table: Table) -> None:
    low, high = table.frame["Age"].min(), table.frame["Age"].max()
    assert parse_filters({"Age": [low, high], "City": []}, table) == ()


def test_a_narrow_range_becomes_a_filter(table: Table) -> None:
    assert parse_filters({"Age": [30, 40]}, table) == (RangeFilter("Age", 30.0, 40.0),)


def test_unknown_columns_are_left_out(table: Table) -> None:
    assert parse_filters({"No such column": [1, 2]}, table) == ()


def test_identifiers_are_no_filters(table: Table) -> None:
    assert "Customer ID" not in filterable(table)
    assert "Membership Type" in filterable(table)


@given(value=JSON)
def test_whatever_a_browser_sends_gives_filters_or_nothing(value: object) -> None:
    rules = parse_filters({"Age": value, "City": value}, SMALL)
    assert len(apply_filters(SMALL.frame, rules)) <= len(SMALL.frame)


@given(names=st.lists(st.text(max_size=9)))
def test_only_two_compared_columns_are_a_pair(names: list[str]) -> None:
    assert named_pair(names, SMALL) is None


def test_a_clicked_cell_gives_its_two_columns(table: Table) -> None:
    pair = named_pair(["Age", "Total Spend"], table)
    assert pair is not None
    assert [column.name for column in pair] == ["Age", "Total Spend"]


@given(given=st.dictionaries(st.sampled_from(["Age", "City", "x"]), st.lists(st.text(max_size=9))))
def test_whatever_an_address_asks_for_gives_filters_that_the_widgets_can_show(
    given: dict[str, list[str]],
) -> None:
    asked = asked_filters(given, SMALL)
    assert narrowing(asked, SMALL) == asked
    assert set(asked) <= set(filterable(SMALL))


def test_an_address_gives_back_the_filters_that_it_was_given(table: Table) -> None:
    chosen = narrowing({"Age": [30.5, 40], "City": ["Chicago", "Miami"]}, table)
    texts = {name: [str(value) for value in values] for name, values in chosen.items()}
    assert asked_filters(texts, table) == {
        "Age": [30.5, 40.0],
        "City": sorted(["Chicago", "Miami"], key=table.column("City").levels.index),
    }


def test_an_asked_range_is_cut_to_what_was_seen_and_nonsense_is_left_out(table: Table) -> None:
    highest = float(table.frame["Age"].max())
    asked = {"Age": ["40", "1e300"], "Total Spend": ["nan", "3"], "City": ["Atlantis"]}
    assert asked_filters(asked, table) == {"Age": [40.0, highest]}


def test_the_strongest_pair_is_the_one_that_was_made_so() -> None:
    generator = np.random.default_rng(3)
    base = generator.normal(size=300)
    frame = pd.DataFrame(
        {"a": base, "b": base + generator.normal(0, 0.05, 300), "c": generator.normal(size=300)}
    )
    table = Table.from_frame(frame, name="made")
    found = strongest_pair(associated(frame, table.columns)[0], table.columns)
    assert {column.name for column in found} == {"a", "b"}


def test_the_strength_of_many_customers_is_measured_on_a_stated_sample_of_them() -> None:
    many = Table.from_frame(sample_customers(60_000, 1), name="sample")
    columns = [many.column(name) for name in ("Age", "Total Spend", "Membership Type")]
    found, rows = associated(many.frame, columns)
    every, all_rows = associated(many.frame.head(50_000), columns)
    assert (rows, all_rows) == (50_000, 50_000)
    np.testing.assert_allclose(found, every, atol=0.02)
    assert associated(many.frame, columns)[0].equals(found)  # the same rows each time


def test_only_rows_that_pass_count_and_they_alone_are_drawn_from() -> None:
    many = Table.from_frame(sample_customers(120_000, 1), name="sample")
    columns = [many.column(name) for name in ("Total Spend", "Membership Type")]
    old = np.flatnonzero((many.frame["Age"] > 40).to_numpy())
    few = old[:900]

    assert associated(many.frame, columns, few)[0].equals(
        associated(many.frame.iloc[few], columns)[0]
    )
    found, rows = associated(many.frame, columns, old)
    assert rows == 50_000 < len(old)
    assert found.equals(associated(many.frame.iloc[old], columns)[0])


def test_the_fewer_rows_the_more_columns_are_compared() -> None:
    wide = Table.from_frame(
        pd.DataFrame(np.random.default_rng(0).normal(size=(20_000, 100))).rename(
            columns=lambda place: f"Metric {place}"
        ),
        name="wide",
    )
    matrix, rows = associated(wide.frame, list(wide.columns))
    assert matrix.shape == (100, 100)
    assert 5_000 < rows < 10_000

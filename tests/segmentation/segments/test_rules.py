"""Rules say what they claim, counted on the table."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import SegmentModel
from segmentation.segments.profiles.column_values import measure
from segmentation.segments.rules import MAX_RULES, segment_rules
from segmentation.table.schema.columns import Column, Role, Use

COLUMNS = (
    Column("Spend", Role.NUMERIC, Use.BASIS, ""),
    Column("Tier", Role.NOMINAL, Use.BASIS, "", levels=("a", "b")),
)


def table(spend: np.ndarray, tier: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"Spend": spend, "Tier": tier})


def test_a_threshold_that_separates_is_found_and_is_exact() -> None:
    spend = np.r_[np.linspace(0, 40, 50), np.linspace(60, 100, 50)]
    labels = np.repeat([0, 1], 50)
    low, high = segment_rules(measure(table(spend, np.array(["a"] * 100)), COLUMNS), labels, 2)
    assert (low[0].coverage, low[0].precision) == (1, 1)
    assert (high[0].coverage, high[0].precision) == (1, 1)
    threshold = float(high[0].text.removeprefix("Spend at least "))
    assert 40 < threshold <= 60


def test_a_threshold_between_dates_is_a_date() -> None:
    since = pd.to_datetime(["2024-01-01"] * 50 + ["2025-06-01"] * 50)
    column = Column("Since", Role.DATE, Use.BASIS, "")
    frame = pd.DataFrame({"Since": since})
    early, late = segment_rules(measure(frame, (column,)), np.repeat([0, 1], 50), 2)
    words, _, day = early[0].text.rpartition(" ")
    assert words == "Since up to"
    assert pd.Timestamp("2024-01-01") <= pd.Timestamp(day) < pd.Timestamp("2025-06-01")
    assert late[0].text == f"Since after {day}"


def test_two_conditions_are_joined_where_one_is_not_enough() -> None:
    spend = np.tile([10.0, 90.0], 100)
    tier = np.repeat(["a", "b"], 100)
    labels = ((spend > 50) & (tier == "b")).astype(int)
    _, rules = segment_rules(measure(table(spend, tier), COLUMNS), labels, 2)
    assert rules[0].precision == 1
    assert " and " in rules[0].text
    assert "Tier b" in rules[0].text


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_coverage_and_precision_are_shares(seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = table(rng.normal(size=60).round(2), rng.choice(["a", "b"], 60))
    labels = rng.integers(0, 3, 60)
    for rules in segment_rules(measure(data, COLUMNS), labels, 3):
        assert len(rules) <= MAX_RULES
        assert all(0 < rule.coverage <= 1 and 0 < rule.precision <= 1 for rule in rules)
        assert len({rule.text for rule in rules}) == len(rules)


def test_everybody_in_one_segment_needs_no_rule() -> None:
    data = table(np.arange(10.0), np.array(["a", "b"] * 5))
    assert segment_rules(measure(data, COLUMNS), np.zeros(10, dtype=int), 1) == ((),)


def test_the_sample_s_segments_each_have_a_good_rule(model: SegmentModel) -> None:
    for segment in model.segments:
        best = segment.rules[0]
        assert best.coverage > 0.8
        assert best.precision > 0.8

"""The playbook: archetypes, their numbers, and a user's own file with its mistakes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation import CustomerSegmentation, PlaybookError, SegmentModel, sample_customers
from segmentation.segments.advice.conditions import Facts
from segmentation.segments.advice.playbook import Play, built_in, load_playbook
from segmentation.segments.explanation import median_positions
from segmentation.segments.profiles.column_values import measure
from segmentation.segments.profiles.profile import profiles
from segmentation.segments.profiles.summaries import summarize
from segmentation.table.schema.columns import Column, Role, Use

SPEND = Column("Spend", Role.NUMERIC, Use.BASIS, "", meaning="spend")
RATING = Column("Stars", Role.NUMERIC, Use.BASIS, "", meaning="rating")

ACTIONS = {
    "High Spenders": [
        "VIP treatment",
        "Premium products",
        "Exclusive offers",
        "Personal service",
    ],
    "Loyal Customers": [
        "Loyalty rewards",
        "Points program",
        "Regular engagement",
        "Referral bonus",
    ],
    "Occasional Shoppers": ["Discount offer", "Flash sale", "Free shipping", "Bundles"],
    "Dissatisfied Customers": [
        "Follow-up call",
        "Compensation",
        "Priority support",
        "Feedback survey",
    ],
}

VALID = """
[[archetype]]
name = "Big"
reason = "They matter."
[[archetype.when]]
meaning = "spend"
position_at_least = 0.6
[[archetype.action]]
title = "Call"
detail = "Call them."
rests_on = ["spend"]
"""


def play_of(spend: list[float], stars: list[float]) -> Play | None:
    """The archetype of the first half of the customers."""
    frame = pd.DataFrame({"Spend": spend, "Stars": stars})
    labels = np.repeat([0, 1], len(spend) // 2)
    measured = measure(frame, (SPEND, RATING))
    summaries = summarize(measured, labels, 2)
    everybody, own = profiles(summaries)
    positions = median_positions(summaries)
    return built_in().archetype(Facts(own[0], everybody, positions[0], (SPEND, RATING)))


def name_of(play: Play | None) -> str | None:
    return None if play is None else play.name


def test_absolute_amounts_apply_where_the_scale_matches() -> None:
    assert name_of(play_of([1200, 1300, 400, 450], [4.5, 4.6, 4, 4])) == "High Spenders"
    assert name_of(play_of([700, 760, 350, 420], [4.2, 4.1, 4, 4])) == "Loyal Customers"
    assert name_of(play_of([200, 240, 900, 950], [3.9, 4.0, 4, 4])) == "Occasional Shoppers"


def test_an_amount_that_everybody_spends_puts_nobody_at_the_top() -> None:
    spend = [1350.0] * 50 + [1320.0] * 20 + [1100.0] * 15 + [1500.0] * 15
    play = play_of(spend, [4.5] * 100)
    assert play is not None
    assert play.name == "Loyal Customers"


def test_positions_apply_where_the_scale_is_another() -> None:
    assert name_of(play_of([9e6, 8e6, 1e6, 2e6], [4.5, 4.6, 4, 4])) == "High Spenders"
    assert name_of(play_of([1.0, 2.0, 8.0, 9.0], [3.9, 4.0, 4, 4])) == "Occasional Shoppers"


def test_unhappy_customers_are_dissatisfied_whatever_they_spend() -> None:
    assert name_of(play_of([1200, 1300, 400, 450], [2.5, 2.0, 4, 4])) == "Dissatisfied Customers"


def test_each_archetype_has_its_four_actions_with_numbers(model: SegmentModel) -> None:
    titles = {s.archetype: [action.title for action in s.actions] for s in model.segments}
    assert titles == ACTIONS
    for segment in model.segments:
        assert all(any(c.isdigit() for c in action.because) for action in segment.actions)


def test_the_numbers_are_those_of_the_profile(model: SegmentModel) -> None:
    top = next(s for s in model.segments if s.archetype == "High Spenders")
    mean = top.profile.numeric["Total Spend"].mean
    assert f"Spends {mean:,.0f} on average" in top.actions[1].because


def test_a_segment_that_is_no_archetype_gets_advice_too() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {"Visits": np.r_[rng.normal(5, 1, 80), rng.normal(50, 1, 80)], "Size": rng.normal(size=160)}
    )
    segments = CustomerSegmentation(n_clusters=2).fit(frame).segments_
    assert all(segment.archetype is None for segment in segments)
    assert all(segment.actions for segment in segments)


def test_words_find_columns_that_have_no_classic_meaning() -> None:
    rng = np.random.default_rng(3)
    visits = np.r_[rng.normal(5, 1, 80), rng.normal(50, 1, 80)]
    frame = pd.DataFrame({"Store visits": visits, "Size": rng.normal(size=160)})
    segments = CustomerSegmentation(n_clusters=2).fit(frame).segments_
    titles = {s.actions[0].title: s.profile.numeric["Store visits"].mean for s in segments}
    assert titles["Reward the habit"] > 40
    assert titles["Win the next visit"] < 10
    assert all("everybody" in s.actions[0].because for s in segments)


def advice_for(frame: pd.DataFrame) -> list[list[str]]:
    """What is advised for each of two segments, and what each piece rests on."""
    segments = CustomerSegmentation(n_clusters=2).fit(frame).segments_
    assert all(segment.archetype is None for segment in segments)
    return [[f"{a.title}: {a.because}" for a in segment.actions] for segment in segments]


def test_advice_suits_the_trade_and_begins_with_what_sets_a_segment_apart() -> None:
    rng = np.random.default_rng(5)
    half = np.repeat([0, 1], 100)
    age = 700 * half + rng.integers(0, 300, 200)
    frame = pd.DataFrame(
        {
            "Seats": rng.normal(20, 4, 200) + 200 * half,
            "Open tickets": rng.normal(3, 1, 200) + 2 * half,
            "Signup date": pd.Timestamp("2026-10-01") - pd.to_timedelta(age, "D"),
            "Contract": np.where((half == 0) | (rng.random(200) < 0.2), "Monthly", "Two years"),
            "Churn": np.where(rng.random(200) < np.where(half, 0.1, 0.6), "Yes", "No"),
        }
    )
    large, small = sorted(advice_for(frame), key=lambda told: "named contact" not in told[0])
    assert large[0].startswith("Give them a named contact: Seats 22")
    assert [told.partition(":")[0] for told in large[1:]] == [
        "Thank them for staying", "Remove the cause",
    ]  # fmt: skip
    titles = {told.partition(":")[0] for told in small}
    assert titles == {
        "Let them help themselves", "Help them settle in", "Offer a longer commitment",
        "Keep the rest from leaving",
    }  # fmt: skip
    assert any(" days later than average" in told for told in small)
    assert any(" churn, among everybody " in told for told in small)


def test_advice_never_rests_on_a_mean_that_says_the_opposite() -> None:
    rng = np.random.default_rng(5)
    # The middle customer of the first half spends more than others, the mean is far below.
    spending = np.r_[rng.normal(60, 1, 100), rng.normal(20, 1, 95), [5000.0] * 5]
    far = np.r_[rng.normal(0, 1, 100), rng.normal(90, 1, 100)]
    frame = pd.DataFrame({"Extra spend": spending, "Height": far})
    told = " ".join(" ".join(each) for each in advice_for(frame))
    assert "Look after them" not in told
    assert "Widen the basket" not in told


def test_a_category_without_an_order_has_no_top() -> None:
    levels = ["Blue", "Red", "Green"] * 40
    frame = pd.DataFrame({"Tier": levels, "Height": np.arange(120.0)})
    segments = CustomerSegmentation(n_clusters=3).fit(frame).segments_
    titles = {action.title for segment in segments for action in segment.actions}
    assert titles.isdisjoint({"Make the status felt", "Show the way up"})
    frame["Tier"] = frame["Tier"].replace({"Blue": "Member", "Red": "Silver", "Green": "Gold"})
    segments = CustomerSegmentation(n_clusters=3, columns=["Tier"]).fit(frame).segments_
    titles = {action.title for segment in segments for action in segment.actions}
    assert titles >= {"Make the status felt", "Show the way up"}


def test_a_user_s_own_playbook_names_the_segments(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(VALID)
    model = CustomerSegmentation(n_clusters=2, playbook=file).fit(sample_customers(200))
    assert "Big" in {segment.archetype for segment in model.segments_}
    big = next(segment for segment in model.segments_ if segment.archetype == "Big")
    assert [action.title for action in big.actions] == ["Call"]


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('name = "Big"', 'name = ""', "needs a name"),
        ('reason = "They matter."', "", "needs a reason"),
        ('meaning = "spend"', 'meaning = "money"', "no known meaning"),
        ('meaning = "spend"', "", "either a meaning or a column"),
        ("position_at_least = 0.6", "position_at_least = 60", "between 0 and 1"),
        ("position_at_least = 0.6", 'position_at_least = "top"', "must be a number"),
        ("position_at_least = 0.6", "", "sets no bound"),
        ("position_at_least = 0.6", "positon = 0.6", "unknown entry “positon”"),
        ("position_at_least = 0.6", 'levels = "highest"', "share_at_least"),
        ("position_at_least = 0.6", 'levels = "top"\nshare_at_least = 0.5', "levels must be"),
        ("position_at_least = 0.6", 'at_least = 1\nrole = "sum"', "“sum” is no role"),
        ("position_at_least = 0.6", "at_least = 1\nmedian_within = [5, 1]", "lowest first"),
        ("position_at_least = 0.6", 'below = 1\nneeded = "no"', "true or false"),
        ('rests_on = ["spend"]', 'rests_on = "spend"', "must be a list"),
        ("[[archetype.action]]", "[[archetype.deed]]", "unknown entry “deed”"),
        ('title = "Call"', "", "needs a title"),
        ('meaning = "spend"', "words = 3", "must be a list"),
        ("[[archetype]]", "[[archetype", "not valid TOML"),
        (VALID, "", "empty"),
        (VALID, VALID + VALID, "two archetypes called “Big”"),
        (VALID, "archetype = 3", "[[archetype]]"),
    ],
)
def test_mistakes_in_a_playbook_are_named(
    tmp_path: Path, before: str, after: str, says: str
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(VALID.replace(before, after, 1))
    with pytest.raises(PlaybookError) as caught:
        load_playbook(file)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value).strip()


def test_a_playbook_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError, match="cannot be read"):
        load_playbook(tmp_path / "none.toml")

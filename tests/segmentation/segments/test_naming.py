"""Names and traits read as people speak, and no two are alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation import CustomerSegmentation, SegmentModel, read_table, sample_customer_kinds
from segmentation.segments.naming.segment_names import shortened, unique_names
from segmentation.segments.naming.traits import distinctive_traits
from segmentation.segments.profiles.column_values import measure
from segmentation.segments.profiles.profile import profiles
from segmentation.segments.profiles.summaries import summarize
from segmentation.table.schema.columns import Column, Role, Use

COLUMNS = (
    Column("Age", Role.NUMERIC, Use.BASIS, "", meaning="age"),
    Column("Spending Score (1-100)", Role.NUMERIC, Use.BASIS, ""),
)


def young_and_old() -> tuple[object, tuple[object, ...]]:
    frame = pd.DataFrame({"Age": [20.0, 22, 60, 62], "Spending Score (1-100)": [90.0, 80, 15, 20]})
    return profiles(summarize(measure(frame, COLUMNS), np.array([0, 0, 1, 1]), 2))


def test_without_an_archetype_two_traits_make_the_name() -> None:
    everybody, own = young_and_old()
    names = unique_names([None, None], own, everybody, COLUMNS, {})
    assert names == ("Young, high spending score", "Older, low spending score")


def test_traits_carry_their_numbers() -> None:
    everybody, (young, _) = young_and_old()
    traits = distinctive_traits(young, everybody, COLUMNS)
    phrases = {trait.column: trait.phrase for trait in traits}
    assert phrases == {
        "Age": "21 years old on average",
        "Spending Score (1-100)": "High spending score: 85 (everybody 51.2)",
    }


def test_segments_of_one_archetype_are_told_apart() -> None:
    everybody, own = young_and_old()
    names = unique_names(["VIPs", "VIPs"], own, everybody, COLUMNS, {})
    assert names == ("VIPs, younger", "VIPs, older")


def test_a_name_that_was_kept_is_not_given_again() -> None:
    everybody, own = young_and_old()
    names = unique_names(["VIPs", "VIPs"], own, everybody, COLUMNS, {1: "VIPs"})
    assert names[1] == "VIPs"
    assert names[0] != "VIPs"


def test_segments_without_any_difference_get_numbers() -> None:
    frame = pd.DataFrame({"Age": [20.0, 20, 20, 20], "Spending Score (1-100)": [5.0, 5, 5, 5]})
    everybody, own = profiles(summarize(measure(frame, COLUMNS), np.array([0, 0, 1, 1]), 2))
    names = unique_names([None, None], own, everybody, COLUMNS, {})
    assert names == ("Average customers", "Average customers 2")


@pytest.mark.parametrize("k", [2, 7, 12])
def test_names_are_unique_however_many_segments(customers: pd.DataFrame, k: int) -> None:
    names = [s.name for s in CustomerSegmentation(n_clusters=k).fit(customers).segments_]
    assert len({name.casefold() for name in names}) == k
    assert all(1 <= len(name) <= 60 for name in names)


def test_the_hidden_kinds_come_back_by_name(model: SegmentModel, customers: pd.DataFrame) -> None:
    kinds = pd.Series(sample_customer_kinds(400, seed=7))
    given = model.assign(customers)["segment"]
    majority = kinds.groupby(given.to_numpy()).agg(lambda values: values.mode()[0])
    assert dict(majority) == {
        "High Spenders": "High Spender",
        "Loyal Customers": "Loyal Customer",
        "Occasional Shoppers": "Occasional Shopper",
        "Dissatisfied Customers": "Dissatisfied Customer",
    }


def test_a_qualifier_is_what_the_others_of_its_kind_are_not() -> None:
    frame = pd.DataFrame(
        {"Age": [20.0, 22, 60, 62, 41, 43], "Spending Score (1-100)": [95.0, 90, 90, 95, 5, 5]}
    )
    everybody, own = profiles(summarize(measure(frame, COLUMNS), np.array([0, 0, 1, 1, 2, 2]), 3))
    names = unique_names(["VIPs", "VIPs", None], own, everybody, COLUMNS, {})
    assert names[:2] == ("VIPs, younger", "VIPs, older")


@pytest.mark.parametrize("k", [6, 7])
def test_what_a_kind_has_in_common_tells_nobody_apart(shared_data: Path, k: int) -> None:
    table = read_table(shared_data / "ecommerce_customers.csv")
    names = [s.name for s in CustomerSegmentation(n_clusters=k).fit(table).segments_]
    unhappy = [name.partition(", ")[2] for name in names if name.startswith("Dissatisfied")]
    apart = ["longer inactive", "more recently active", "older"] if k == 7 else ["younger", "older"]
    assert unhappy == apart


def test_column_names_are_written_as_the_user_writes_them() -> None:
    odd = ("=cmd|' /C calc'!A0", "metric_39", "Detergents_Paper")
    columns = tuple(Column(name, Role.NUMERIC, Use.BASIS, "") for name in odd)
    frame = pd.DataFrame({name: [1.0, 2, 8, 9 + i] for i, name in enumerate(odd)})
    everybody, own = profiles(summarize(measure(frame, columns), np.array([0, 0, 1, 1]), 2))
    traits = distinctive_traits(own[1], everybody, columns)
    assert {trait.column: trait.short for trait in traits} == {n: f"high {n}" for n in odd}


def test_sixty_columns_of_noise_still_give_short_names_without_repetition() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"metric_{i}": rng.normal(size=300) for i in range(60)})
    names = [s.name for s in CustomerSegmentation(n_clusters=6).fit(frame).segments_]
    parts = [name.casefold().split(", ") for name in names]
    assert all(len(set(said)) == len(said) for said in parts)
    assert all(len(name) <= 60 for name in names)


@pytest.mark.parametrize("longest", range(12, 60))
def test_a_long_name_ends_with_a_whole_word_and_an_ellipsis(longest: int) -> None:
    name = "Mostly from households with several children (two or more), living abroad"
    short = shortened(name, longest)
    head = short.removesuffix("…")
    assert len(short) <= longest
    assert head != short
    assert name.startswith(head)
    assert not name[len(head)].isalnum()


def test_names_of_very_long_categories_are_not_cut_within_a_word() -> None:
    level = "Professional, scientific and technical activities of head offices and consultancies"
    levels = np.array([level, "Retail"])
    frame = pd.DataFrame({"Industry": np.repeat(levels, 60), "Post": np.repeat(["A", "B"], 60)})
    names = [s.name for s in CustomerSegmentation(n_clusters=2).fit(frame).segments_]
    (long,) = (name.removesuffix("…") for name in names if name.endswith("…"))
    assert long.split()[-1] in level.replace(",", "").split()

"""A model file tells of groups: nobody is found in it, by id, by value or by level."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation import CustomerSegmentation, SegmentModel, Table, sample_customers
from segmentation.options import Settings
from segmentation.scoring.anonymize import without_customers
from segmentation.scoring.artifact import unpack
from segmentation.segments.refit_identity import Members
from segmentation.training import train


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """Customers of whom some stand out: the richest, the oldest, and one from a city alone."""
    frame = sample_customers(401, seed=3)
    rng = np.random.default_rng(0)
    frame["Income"] = rng.lognormal(10, 0.6, len(frame)).round(2)
    frame.loc[5, "Total Spend"] = 987_654.32
    frame.loc[6, "Age"] = 97
    frame["City"] = frame["City"].astype("object")
    frame.loc[7, "City"] = "UNIQUEPERSON"
    frame.loc[8:10, "City"] = "Threeville"
    return frame


@pytest.fixture(scope="module")
def found(people: pd.DataFrame) -> SegmentModel:
    table = Table.from_frame(people, "people.csv")
    names = ["Age", "City", "Total Spend", "Income", "Days Since Last Purchase"]
    return train(table.frame, table.columns, Settings(columns=names)).model


def everything(file: bytes) -> tuple[set[float], str]:
    """All numbers of a file, those in its sentences included, and all of its texts."""
    document, arrays = unpack(file)
    text = json.dumps(document, ensure_ascii=False)
    numbers = {float(value) for array in arrays.values() for value in array.ravel().tolist()}
    numbers |= {float(one.replace(",", "")) for one in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}
    return numbers, text


def test_no_number_of_a_single_customer_is_in_the_file(
    people: pd.DataFrame, found: SegmentModel
) -> None:
    numbers, _ = everything(found.to_bytes())
    for name in ("Total Spend", "Income"):
        values = people[name]
        # Numbers of four digits meet by chance; one that is written in full names somebody.
        single = {v for v in values if (values == v).sum() == 1 and float(f"{v:.4g}") != v}
        assert len(single) > 300
        assert single.isdisjoint(numbers), name
    assert {97.0, 987_654.32}.isdisjoint(numbers)


def test_a_level_of_fewer_than_five_customers_is_not_in_the_file(found: SegmentModel) -> None:
    _, inside = everything(found.to_bytes(customers=True))
    _, told = everything(found.to_bytes())
    for city in ("UNIQUEPERSON", "Threeville"):
        assert city in inside
        assert city not in told
    assert "Chicago" in told


def test_no_id_comes_back_by_trying_all(people: pd.DataFrame, found: SegmentModel) -> None:
    document, arrays = unpack(found.to_bytes())
    ids = people["Customer ID"]
    whole = {int(v) for a in arrays.values() if a.dtype.kind in "iu" for v in a.ravel().tolist()}
    guesses = Members.sketch(pd.Series(np.arange(100_000)), np.zeros(100_000, dtype=np.int64))
    assert whole.isdisjoint(guesses.hashes.tolist())
    assert whole.isdisjoint(ids.tolist())
    assert not any(f'"{one}"' in json.dumps(document) for one in ids)
    for segment in SegmentModel.from_bytes(found.to_bytes()).segments:
        assert segment.typical == segment.borderline == ()


def test_customers_get_the_same_answers_from_the_file(
    people: pd.DataFrame, found: SegmentModel
) -> None:
    told = SegmentModel.from_bytes(found.to_bytes())
    same: Any = ~people["City"].isin(["UNIQUEPERSON", "Threeville"])
    pd.testing.assert_frame_equal(told.assign(people[same]), found.assign(people[same]))
    assert np.array_equal(told.project(people[same]), found.project(people[same]))
    problem = told.assign(people[~same])["problems"].iloc[0]
    assert problem == "City UNIQUEPERSON was not there in training; it counts as other."


def test_a_level_with_a_feature_of_its_own_leaves_it_nameless() -> None:
    rng = np.random.default_rng(1)
    city = np.array(["Paris"] * 60 + ["Lyon"] * 56 + ["Nice"] * 4)
    spend = np.where(city == "Paris", 100, 10) + rng.normal(size=120).round(1)
    frame = pd.DataFrame({"City": city, "Spend": spend})
    model = CustomerSegmentation(n_clusters=2, columns=["City", "Spend"]).fit(frame).model_
    told = model.without_customers()
    assert "City = Nice" in model.encoder.feature_names
    assert "City = (rare 1)" in told.encoder.feature_names
    usual = frame[frame["City"] != "Nice"]
    pd.testing.assert_frame_equal(told.assign(usual), model.assign(usual))


def test_what_was_said_of_nobody_stays_as_it_is(found: SegmentModel) -> None:
    once = without_customers(found)
    assert without_customers(once) is once
    again = SegmentModel.from_bytes(once.to_bytes())
    assert again.describe() == once.describe()
    assert again.to_bytes() == once.to_bytes() == found.to_bytes()


def test_the_store_of_the_customers_keeps_all(found: SegmentModel) -> None:
    again = SegmentModel.from_bytes(found.to_bytes(customers=True))
    assert again.describe() == found.describe()
    assert np.array_equal(again.members.hashes, found.members.hashes)


def test_segments_keep_their_names_across_refits_without_the_sketch(
    people: pd.DataFrame, found: SegmentModel
) -> None:
    told = SegmentModel.from_bytes(found.to_bytes()).rename("s1", "Our best")
    table = Table.from_frame(people, "people.csv")
    names = [column.name for column in told.encoder.columns]
    refit = train(table.frame, table.columns, Settings(columns=names), previous=told).model
    assert refit.segment("s1").name == "Our best"


def test_a_segment_of_a_few_customers_has_no_profile_of_its_numbers() -> None:
    spend = np.r_[np.linspace(10, 20, 200), 5_000.5, 5_100.5]
    frame = pd.DataFrame({"Spend": spend, "Visits": np.r_[np.arange(200) % 9, 40, 41]})
    model = CustomerSegmentation(n_clusters=2).fit(frame).model_
    told = SegmentModel.from_bytes(model.to_bytes())
    small = min(told.segments, key=lambda segment: segment.size)
    assert small.size == 2
    assert np.isnan(small.profile.numeric["Spend"].mean)

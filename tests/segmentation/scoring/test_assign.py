"""One customer gets one answer, whoever asks and however many are asked about at once."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import CustomerSegmentation, DataError, SegmentModel, sample_customers
from segmentation.scoring.boundaries import calibrate, place


def test_the_answer_has_the_promised_columns_and_index(
    model: SegmentModel, customers: pd.DataFrame
) -> None:
    some = customers.set_index(pd.Index([f"row {i}" for i in range(400)])).iloc[5:9]
    found = model.assign(some)
    assert list(found.columns) == [
        "segment_id", "segment", "runner_up", "confidence", "fits", "problems",
    ]  # fmt: skip
    assert list(found.index) == list(some.index)
    assert (found["problems"] == "").all()


def test_training_rows_get_the_segment_they_were_trained_into(customers: pd.DataFrame) -> None:
    estimator = CustomerSegmentation(n_clusters=4).fit(customers)
    names = [segment.name for segment in estimator.segments_]
    assert estimator.assign(customers)["segment"].tolist() == [names[i] for i in estimator.labels_]
    assert (estimator.predict(customers) == estimator.labels_).all()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 399), min_size=1, max_size=40))
def test_a_row_s_answer_depends_on_that_row_alone(rows: list[int]) -> None:
    frame = sample_customers(400, seed=7)
    model = _model_once()
    everything = model.assign(frame)
    some = model.assign(frame.iloc[rows])
    pd.testing.assert_frame_equal(some, everything.iloc[rows], check_exact=True)


def _model_once(cache: list[SegmentModel] = []) -> SegmentModel:  # noqa: B006 - a cache on purpose
    if not cache:
        cache.append(CustomerSegmentation(n_clusters=4).fit(sample_customers(400, seed=7)).model_)
    return cache[0]


@pytest.mark.parametrize("algorithm", ["kmeans", "gmm", "hdbscan"])
def test_a_record_and_a_table_agree_to_the_last_bit(
    customers: pd.DataFrame, algorithm: str
) -> None:
    model = CustomerSegmentation(n_clusters=4, algorithm=algorithm).fit(customers).model_
    found = model.assign(customers)
    for row in range(0, 400, 37):
        one = model.score(customers.iloc[row].to_dict())
        assert one.segment_id == found["segment_id"].iloc[row]
        assert one.confidence == found["confidence"].iloc[row]
        assert one.fits == found["fits"].iloc[row]


def test_confidence_is_one_half_on_the_border_and_near_one_at_the_centers() -> None:
    rng = np.random.default_rng(5)
    cloud = rng.normal(size=(4000, 1))  # one cloud cut in two: the worst case
    labels = (cloud[:, 0] > 0).astype(int)
    centers = np.array([[cloud[labels == i].mean()] for i in (0, 1)])
    boundaries = calibrate(cloud, labels, centers, {})
    at = np.vstack([centers, centers.mean(axis=0, keepdims=True)])
    confidence = place(at, boundaries).confidence
    assert (confidence[:2] > 0.95).all()
    assert confidence[2] == pytest.approx(0.5)


def test_confidence_is_the_share_that_is_right_in_overlapping_normal_groups() -> None:
    rng = np.random.default_rng(8)
    truth = np.repeat([0, 1], 50_000)
    points = rng.normal(size=(100_000, 2)) + truth[:, np.newaxis] * [2.5, 0.0]
    centers = np.array([[0.0, 0.0], [2.5, 0.0]])
    found = place(points, calibrate(points, truth, centers, {}))
    for low in (0.5, 0.6, 0.7, 0.8, 0.9):
        inside = (found.confidence >= low) & (found.confidence < low + 0.1)
        right = (found.nearest == truth)[inside].mean()
        assert right == pytest.approx(found.confidence[inside].mean(), abs=0.03)


def test_one_in_a_hundred_training_customers_does_not_fit(customers: pd.DataFrame) -> None:
    estimator = CustomerSegmentation(n_clusters=4).fit(customers)
    fits = estimator.assign(customers)["fits"]
    assert 0.97 <= fits.mean() < 1


def test_a_customer_far_from_everybody_does_not_fit(
    model: SegmentModel, customers: pd.DataFrame
) -> None:
    far = customers.iloc[0].to_dict() | {"Age": 500, "Days Since Last Purchase": 20_000}
    found = model.score(far)
    assert not found.fits
    assert any("Age 500" in problem for problem in found.problems)


def test_problems_name_missing_values_and_unknown_levels(
    model: SegmentModel, customers: pd.DataFrame
) -> None:
    odd = customers.iloc[[0, 1]].astype(object)
    odd.iloc[0, odd.columns.get_loc("Age")] = None
    odd.iloc[0, odd.columns.get_loc("Membership Type")] = "Diamond"
    found = model.assign(odd)
    assert "Age is missing" in found["problems"].iloc[0]
    assert "Diamond" in found["problems"].iloc[0]
    assert found["problems"].iloc[1] == ""


def test_a_row_with_most_columns_missing_is_unassigned(
    model: SegmentModel, customers: pd.DataFrame
) -> None:
    bases = list(model.bases)
    empty = customers.iloc[[0]].astype(object)
    empty[bases[: len(bases) // 2 + 1]] = None
    found = model.assign(empty).iloc[0]
    assert (found["segment_id"], found["confidence"], found["fits"]) == ("unassigned", 0.0, False)
    assert "More than half" in found["problems"]
    one = model.score(empty.iloc[0].to_dict())
    assert (one.segment_id, one.confidence, one.fits) == ("unassigned", 0.0, False)


def test_an_absent_column_counts_as_missing(model: SegmentModel, customers: pd.DataFrame) -> None:
    found = model.assign(customers.drop(columns="Age"))
    assert found["problems"].str.contains("Age is missing").all()
    same = (found["segment"] == model.assign(customers)["segment"]).mean()
    assert same > 0.9


def test_a_table_of_another_kind_is_refused(model: SegmentModel) -> None:
    with pytest.raises(DataError, match="lacks"):
        model.assign(pd.DataFrame({"Age": [30], "Shoe size": [42]}))


def test_no_rows_give_no_answers(model: SegmentModel, customers: pd.DataFrame) -> None:
    assert len(model.assign(customers.iloc[:0])) == 0
    assert model.project(customers.iloc[:0]).shape == (0, 3)


def test_contributions_add_up_to_the_log_odds(model: SegmentModel, customers: pd.DataFrame) -> None:
    uncertain = model.assign(customers)["confidence"].to_numpy().argsort()[:5]
    for row in uncertain:
        one = model.score(customers.iloc[row].to_dict())
        log_odds = np.log(one.confidence / (1 - one.confidence))
        assert sum(part for _, part in one.contributions) == pytest.approx(log_odds, abs=1e-6)
        sizes = [abs(part) for _, part in one.contributions]
        assert sizes == sorted(sizes, reverse=True)


def test_distances_name_every_segment_and_the_nearest_wins(
    model: SegmentModel, customers: pd.DataFrame
) -> None:
    one = model.score(customers.iloc[3].to_dict())
    assert set(one.distances) == {segment.id for segment in model.segments}
    assert min(one.distances, key=one.distances.__getitem__) == one.segment_id


def test_one_customer_takes_under_two_milliseconds(
    model: SegmentModel, customers: pd.DataFrame
) -> None:
    record = customers.iloc[0].to_dict()
    model.score(record)
    times = []
    for _ in range(20):
        start = time.perf_counter()
        model.score(record)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.002


def test_a_hundred_thousand_rows_take_under_two_seconds(model: SegmentModel) -> None:
    many = sample_customers(100_000, seed=3, missing=0.02)
    start = time.perf_counter()
    model.assign(many)
    assert time.perf_counter() - start < 2

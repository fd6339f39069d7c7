"""Training as a whole: progress, cancelling, and data in which nothing can be found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation import (
    CancelledError,
    CustomerSegmentation,
    DataError,
    ParameterError,
    SegmentModel,
    sample_customers,
)


def test_progress_rises_from_nothing_to_all(customers: pd.DataFrame) -> None:
    told: list[tuple[str, float]] = []
    CustomerSegmentation().fit(customers, progress=lambda words, share: told.append((words, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert all(words and words[0].isupper() for words, _ in told)
    assert len(told) > 10


@pytest.mark.parametrize("at", [0.0, 0.3, 0.8])
def test_the_user_can_stop_it(customers: pd.DataFrame, at: float) -> None:
    def stop(words: str, share: float) -> None:
        if share >= at:
            raise CancelledError

    estimator = CustomerSegmentation()
    with pytest.raises(CancelledError):
        estimator.fit(customers, progress=stop)
    assert not hasattr(estimator, "model_")


def test_the_stages_are_timed(model: SegmentModel) -> None:
    assert set(model.seconds) == {"read", "encode", "choose", "fit", "explain", "total"}
    assert model.seconds["total"] >= model.seconds["choose"]


def test_segments_stand_by_spend_and_otherwise_by_size(model: SegmentModel) -> None:
    means = [segment.profile.numeric["Total Spend"].mean for segment in model.segments]
    assert model.monetary == "Total Spend"
    assert means == sorted(means, reverse=True)
    assert [segment.id for segment in model.segments] == ["s1", "s2", "s3", "s4"]
    rng = np.random.default_rng(1)
    sizes = np.r_[rng.normal(0, 1, 40), rng.normal(20, 1, 100), rng.normal(40, 1, 60)]
    plain = CustomerSegmentation(n_clusters=3).fit(pd.DataFrame({"Height": sizes}))
    assert [segment.size for segment in plain.segments_] == [100, 60, 40]


def test_shares_of_customers_and_revenue_add_up_to_one(model: SegmentModel) -> None:
    assert sum(segment.share for segment in model.segments) == pytest.approx(1)
    assert sum(segment.revenue_share or 0 for segment in model.segments) == pytest.approx(1)


def test_a_regular_fee_is_revenue_too_but_spending_comes_first() -> None:
    rng = np.random.default_rng(1)
    seats = np.r_[rng.integers(2, 9, 100), rng.integers(90, 120, 100)]
    frame = pd.DataFrame({"Seats": seats, "MRR": seats * 20.0})
    large, small = CustomerSegmentation(n_clusters=2).fit(frame).segments_
    assert large.revenue_share == pytest.approx(seats[100:].sum() / seats.sum())
    assert small.revenue_share == pytest.approx(seats[:100].sum() / seats.sum())
    # No shop's archetype: nobody wins a subscriber with free shipping.
    assert (large.archetype, small.archetype) == (None, None)
    both = CustomerSegmentation(n_clusters=2).fit(frame.assign(Spend=1000.0 + seats))
    assert both.model_.monetary == "Spend"


def test_typical_customers_are_surer_than_borderline_ones(
    model: SegmentModel, customers: pd.DataFrame
) -> None:
    scores = model.assign(customers)
    for segment in model.segments:
        rows = [*segment.typical, *segment.borderline]
        assert set(scores["segment_id"].iloc[rows]) == {segment.id}
        typical = scores["confidence"].iloc[list(segment.typical)]
        borderline = scores["confidence"].iloc[list(segment.borderline)]
        assert typical.min() >= borderline.max()


def test_bases_that_the_user_names_drive_the_segments(customers: pd.DataFrame) -> None:
    model = CustomerSegmentation(n_clusters=2, columns=["Age"]).fit(customers)
    assert model.model_.bases == ("Age",)
    assert "Total Spend" in model.model_.everybody.numeric
    assert set(model.encoding_) == {"Age"}


def test_a_form_asks_in_the_order_of_the_table(
    model: SegmentModel, customers: pd.DataFrame
) -> None:
    asked = [column.name for column in model.columns]
    assert asked == [name for name in customers.columns if name in asked]
    defaults = {column.name: column.default for column in model.columns}
    assert defaults["Age"] == int(customers["Age"].median())
    assert defaults["City"] == customers["City"].mode()[0]
    assert not model.score(defaults).problems


def test_the_profile_is_a_table_with_everybody_last(customers: pd.DataFrame) -> None:
    profile = CustomerSegmentation(n_clusters=2).fit(customers).profile_
    assert profile["segment"].iloc[-1] == "Everybody"
    spend = profile[profile["column"] == "Total Spend"]
    assert len(spend) == 3
    assert spend["mean"].iloc[-1] == pytest.approx(customers["Total Spend"].mean())


def test_rows_with_most_columns_missing_are_set_aside(customers: pd.DataFrame) -> None:
    holey = customers.astype(object)
    bases = list(CustomerSegmentation(n_clusters=2).fit(customers).model_.bases)
    holey.loc[:9, bases] = None
    estimator = CustomerSegmentation(n_clusters=4).fit(holey)
    assert (estimator.model_.n_rows, estimator.model_.n_used) == (400, 390)
    assert (estimator.labels_[:10] == -1).all()
    assert (estimator.labels_[10:] >= 0).all()


def test_a_model_file_makes_an_estimator_that_scores(
    customers: pd.DataFrame, tmp_path: pytest.TempPathFactory
) -> None:
    estimator = CustomerSegmentation(n_clusters=3).fit(customers)
    path = f"{tmp_path}/m.segmodel"
    estimator.save(path)
    again = CustomerSegmentation.load(path)
    assert (again.predict(customers) == estimator.labels_).all()
    assert not hasattr(again, "labels_")


ONES = pd.DataFrame({"a": [1.0] * 20, "b": ["x"] * 20})
TWO = pd.DataFrame({"a": [1.5, 2.5], "b": [3.5, 4.5]})
NOTHING = pd.DataFrame({"a": [np.nan] * 10, "b": [None] * 10})


@pytest.mark.parametrize(
    ("data", "k", "says"),
    [
        (ONES, "auto", "No column can drive"),
        (NOTHING, "auto", "No column can drive"),
        (TWO, 3, "at least 3 different rows"),
        (TWO.iloc[:1], "auto", "at least 2 customers"),
        (np.array([[np.inf, 1.0], [2.0, 3.0]]), "auto", "infinity"),
        (np.ones((20, 2)), 2, "at least 2 different rows"),
    ],
)
def test_data_without_anything_to_find_is_refused(data: object, k: str | int, says: str) -> None:
    with pytest.raises(DataError, match=says):
        CustomerSegmentation(n_clusters=k).fit(data)


@pytest.mark.parametrize(
    "data",
    [
        np.ones((20, 2)),
        TWO,
        pd.DataFrame({"a": np.random.default_rng(0).normal(size=200)}),
        pd.DataFrame({"a": [np.inf, 1.0, 2.0, 3.5] * 20, "b": np.arange(80.0) % 7}),
        pd.DataFrame({"a": np.repeat([1.5, 2.5], 5_000), "b": np.tile(np.arange(10.0), 1_000)}),
    ],
    ids=["all equal", "two rows", "one column", "infinite", "many duplicates"],
)
def test_odd_data_get_an_honest_answer(data: object) -> None:
    estimator = CustomerSegmentation().fit(data)
    k = len(estimator.segments_)
    assert estimator.verdict_.k == k >= 1
    assert sum(segment.size for segment in estimator.segments_) == len(estimator.labels_)
    if k == 1:
        assert estimator.segments_[0].name == "All customers"
        assert estimator.segments_[0].archetype is None


@pytest.mark.parametrize(
    "options",
    [
        {"n_clusters": 0},
        {"n_clusters": "many"},
        {"n_clusters": True},
        {"n_clusters": 51},
        {"k_range": (5, 2)},
        {"algorithm": "magic"},
        {"encoding": "magic"},
        {"min_segment_share": 2},
        {"random_state": -1},
        {"weights": {"Shoe size": 2}},
        {"columns": ["Shoe size"]},
        {"columns": ["Customer ID"]},
    ],
    ids=str,
)
def test_impossible_options_are_refused(
    customers: pd.DataFrame, options: dict[str, object]
) -> None:
    with pytest.raises(ParameterError):
        CustomerSegmentation(**options).fit(customers)


def test_many_columns_are_explained_in_seconds() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat([0, 1, 2], 300)
    wide = {f"m{j}": rng.normal(size=900) + groups * (j % 7) for j in range(40)}
    model = CustomerSegmentation(n_clusters=3).fit(pd.DataFrame(wide)).model_
    assert len(model.everybody.numeric) == 40
    assert model.seconds["explain"] < 5


def test_density_algorithms_report_noise_and_count_what_they_found() -> None:
    found = CustomerSegmentation(algorithm="hdbscan").fit(sample_customers(300, seed=2))
    scores = found.assign(sample_customers(300, seed=2))
    assert found.verdict_.k == len(found.segments_)
    assert ((scores["segment_id"] == "unassigned") == (found.labels_ == -1)).all()

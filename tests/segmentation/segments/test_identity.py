"""Segments keep who they are when the data are fitted again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation import CustomerSegmentation, read_table, sample_customers
from segmentation.segments.refit_identity import SKETCH, Members, overlap, shared_labels, trace


def test_a_pair_above_one_half_is_the_same_segment() -> None:
    counts = np.array([[8.0, 1, 0], [0, 9, 0], [0, 0, 0]])
    found = trace(counts, ["s1", "s2"])
    assert [(one.segment_id, one.status) for one in found] == [("s1", "matched"), ("s2", "matched")]
    assert found[0].jaccard == pytest.approx(8 / 9)


def test_halves_of_an_old_segment_are_a_split() -> None:
    counts = np.array([[50.0, 50, 0], [0, 0, 0]])
    found = trace(counts, ["s1"])
    assert [one.status for one in found] == ["split", "split"]
    assert found[0].previous == ("s1",)


def test_a_segment_that_took_in_two_is_merged() -> None:
    counts = np.array([[50.0, 0], [50, 0], [0, 0]])
    (one,) = trace(counts, ["s1", "s2"])
    assert one.status == "merged"
    assert one.previous == ("s1", "s2")


def test_a_segment_from_nowhere_is_new() -> None:
    counts = np.array([[50.0, 0, 0], [0, 0, 0], [0, 40, 0]])
    assert [one.status for one in trace(counts, ["s1", "s2"])] == ["matched", "new"]


def test_customers_without_a_segment_count_in_the_last_row_and_column() -> None:
    counts = overlap(np.array([0, -1, 0]), np.array([0, 0, -1]), 1, 1)
    assert counts.tolist() == [[1, 1], [1, 0]]


def test_sketches_share_the_same_customers_whatever_the_order() -> None:
    ids = pd.Series([f"c{i}" for i in range(20_000)])
    labels = np.arange(20_000) % 3
    shuffled = np.random.default_rng(0).permutation(20_000)
    first = Members.sketch(ids, labels)
    second = Members.sketch(ids.iloc[shuffled], labels[shuffled])
    assert len(first.hashes) == SKETCH
    old, new = shared_labels(first, second) or (np.empty(0), np.empty(0))
    assert len(old) == SKETCH
    assert (old == new).all()


def test_too_few_shared_customers_say_nothing() -> None:
    some = Members.sketch(pd.Series(range(100)), np.zeros(100, dtype=int))
    other = Members.sketch(pd.Series(range(90, 190)), np.zeros(100, dtype=int))
    assert shared_labels(some, other) is None
    assert shared_labels(some, Members.sketch(None, np.zeros(3, dtype=int))) is None


@pytest.fixture(scope="module")
def earlier() -> CustomerSegmentation:
    model = CustomerSegmentation(n_clusters=4).fit(sample_customers(400, seed=1))
    model.model_ = model.model_.rename("s2", "Our regulars")
    return model


def kept(model: CustomerSegmentation) -> dict[str, tuple[str, int]]:
    return {s.id: (s.name, s.color) for s in model.segments_}


def test_ids_names_and_colors_are_kept_on_shared_customers(earlier: CustomerSegmentation) -> None:
    fewer = sample_customers(400, seed=1).iloc[50:]
    again = CustomerSegmentation(n_clusters=4, random_state=3).fit(fewer, previous=earlier)
    assert kept(again) == kept(earlier)
    assert {one.status for one in again.model_.lineage} == {"matched"}


def test_centers_decide_where_no_customer_is_shared(earlier: CustomerSegmentation) -> None:
    others = sample_customers(400, seed=2).assign(**{"Customer ID": np.arange(900_000, 900_400)})
    again = CustomerSegmentation(n_clusters=4).fit(others, previous=earlier.model_)
    assert kept(again) == kept(earlier)


def test_new_segments_get_ids_and_colors_that_were_free(earlier: CustomerSegmentation) -> None:
    more = CustomerSegmentation(n_clusters=6).fit(sample_customers(400, seed=1), previous=earlier)
    statuses = {one.segment_id: one.status for one in more.model_.lineage}
    assert len(more.segments_) == len({s.color for s in more.segments_}) == 6
    fresh = {s for s, status in statuses.items() if status != "matched"}
    assert fresh
    assert fresh.isdisjoint({"s1", "s2", "s3", "s4"})
    assert "Our regulars" in {s.name for s in more.segments_}


def test_merged_segments_name_both_origins(earlier: CustomerSegmentation) -> None:
    fewer = CustomerSegmentation(n_clusters=2).fit(sample_customers(400, seed=1), previous=earlier)
    assert {one.status for one in fewer.model_.lineage} <= {"matched", "merged"}
    merged = [one for one in fewer.model_.lineage if one.status == "merged"]
    assert all(len(one.previous) >= 2 for one in merged)


def test_a_name_from_the_data_goes_when_it_is_no_longer_true(shared_data: Path) -> None:
    table = read_table(shared_data / "ecommerce_customers.csv")
    seven = CustomerSegmentation(n_clusters=7).fit(table)
    three = CustomerSegmentation(n_clusters=3).fit(table, previous=seven)
    continued = [one.segment_id for one in three.model_.lineage if one.status == "matched"]
    assert "s2" in continued  # all of New York before, half of its customers now
    assert seven.model_.segment("s2").name == "High Spenders in New York"
    assert three.model_.segment("s2").name == "High Spenders"
    assert not three.model_.segment("s2").named_by_user


def test_a_name_that_a_user_gave_stays_whatever_it_says(shared_data: Path) -> None:
    table = read_table(shared_data / "ecommerce_customers.csv")
    seven = CustomerSegmentation(n_clusters=7).fit(table)
    named = seven.model_.rename("s2", "The New Yorkers")
    again = CustomerSegmentation(n_clusters=3).fit(table, previous=named).model_
    assert again.segment("s2").name == "The New Yorkers"
    assert again.segment("s2").named_by_user


def test_another_kind_of_table_starts_afresh(earlier: CustomerSegmentation) -> None:
    rng = np.random.default_rng(0)
    other = pd.DataFrame({"Visits": np.r_[rng.normal(5, 1, 60), rng.normal(50, 1, 60)]})
    again = CustomerSegmentation(n_clusters=2).fit(other, previous=earlier)
    assert {one.status for one in again.model_.lineage} == {"new"}
    assert {s.id for s in again.segments_} == {"s5", "s6"}

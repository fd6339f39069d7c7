"""Known answers on data made by others, and on the sample's hidden kinds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation import (
    CustomerSegmentation,
    Table,
    read_table,
    sample_customer_kinds,
    sample_customers,
)
from segmentation.cluster.selection.quality_indices import adjusted_rand


@pytest.fixture(scope="module")
def ecommerce(shared_data: Path) -> Table:
    return read_table(shared_data / "ecommerce_customers.csv")


def every_column_but_the_id(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.role != "identifier"]


def test_six_segments_are_the_six_cities(ecommerce: Table) -> None:
    columns = every_column_but_the_id(ecommerce)
    model = CustomerSegmentation(n_clusters=6, columns=columns).fit(ecommerce)
    cities = pd.factorize(ecommerce.frame["City"])[0]
    assert adjusted_rand(cities, model.labels_) >= 0.98
    assert sorted(s.size for s in model.segments_) == [58, 58, 58, 58, 59, 59]


def test_the_automatic_choice_is_six_or_seven_and_strong(ecommerce: Table) -> None:
    model = CustomerSegmentation(columns=every_column_but_the_id(ecommerce)).fit(ecommerce)
    assert model.verdict_.k in {6, 7}
    assert model.verdict_.grade == "strong"


@pytest.mark.parametrize("seed", range(10))
def test_the_hidden_kinds_come_back(seed: int) -> None:
    model = CustomerSegmentation().fit(sample_customers(500, seed))
    kinds = np.unique(sample_customer_kinds(500, seed), return_inverse=True)[1]
    assert len(model.segments_) == 4
    assert adjusted_rand(kinds, model.labels_) >= 0.9
    assert {segment.archetype for segment in model.segments_} == {
        "High Spenders",
        "Loyal Customers",
        "Occasional Shoppers",
        "Dissatisfied Customers",
    }


def test_the_order_of_the_rows_changes_nothing(ecommerce: Table) -> None:
    shuffled = np.random.default_rng(4).permutation(len(ecommerce))
    first = CustomerSegmentation().fit(ecommerce.frame)
    second = CustomerSegmentation(n_jobs=2).fit(ecommerce.frame.iloc[shuffled])
    assert (first.labels_[shuffled] == second.labels_).all()
    for one, other in zip(first.segments_, second.segments_, strict=True):
        assert (one.name, one.profile, one.rules) == (other.name, other.profile, other.rules)
        assert (one.stability, one.actions) == (other.stability, other.actions)
    assert first.inertia_ == second.inertia_
    assert first.evidence_ == second.evidence_


def test_skewed_spending_is_read_on_a_log_scale(shared_data: Path) -> None:
    model = CustomerSegmentation().fit(read_table(shared_data / "wholesale_customers.csv"))
    kinds = {column.name: column.kind for column in model.model_.encoder.columns}
    assert kinds["Grocery"] == "log"
    assert min(segment.share for segment in model.segments_) >= 0.03

"""The sample customers are a known answer: four hidden kinds that any good engine finds."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    silhouette_score,
)

from segmentation.datasets.sample_customers import (
    CITIES,
    COLUMNS,
    MEMBERSHIPS,
    SATISFACTIONS,
    sample_customer_kinds,
    sample_customers,
)
from segmentation.datasets.sample_transactions import sample_transactions
from segmentation.errors import ParameterError

NUMBERS = [
    "Age",
    "Total Spend",
    "Items Purchased",
    "Average Rating",
    "Days Since Last Purchase",
]


def design_matrix(frame: pd.DataFrame) -> np.ndarray:
    """Encode by hand as METHOD says, so that the generator is not tested with our own encoder."""
    columns = [frame[name].astype(float) for name in NUMBERS]
    columns = [
        np.log1p(c) if ((c - c.mean()) ** 3).mean() / c.std() ** 3 > 1.5 else c for c in columns
    ]
    for name, order in (("Membership Type", MEMBERSHIPS), ("Satisfaction Level", SATISFACTIONS)):
        columns.append(frame[name].map({level: i for i, level in enumerate(order)}).astype(float))
    columns.append(frame["Discount Applied"].astype(float))
    X = np.column_stack(columns)
    return (X - X.mean(axis=0)) / X.std(axis=0)


def fit(X: np.ndarray, k: int) -> np.ndarray:
    return KMeans(k, n_init=5, random_state=0).fit_predict(X)


@pytest.mark.parametrize("seed", [*range(21), 42])
def test_k_means_recovers_the_hidden_kinds(seed: int) -> None:
    X = design_matrix(sample_customers(500, seed))
    kinds = sample_customer_kinds(500, seed)

    assert adjusted_rand_score(kinds, fit(X, 4)) >= 0.97
    assert 0.3 <= silhouette_score(X, kinds) <= 0.6


@pytest.mark.parametrize("seed", [0, 7, 42])
def test_silhouette_and_calinski_harabasz_peak_at_four(seed: int) -> None:
    X = design_matrix(sample_customers(500, seed))
    labels = {k: fit(X, k) for k in range(2, 11)}

    assert max(labels, key=lambda k: silhouette_score(X, labels[k])) == 4
    assert max(labels, key=lambda k: calinski_harabasz_score(X, labels[k])) == 4


def test_values_look_like_a_real_export() -> None:
    frame = sample_customers(2000, seed=3)

    assert tuple(frame.columns) == COLUMNS
    assert frame["Customer ID"].tolist() == list(range(10001, 12001))
    assert frame["Age"].between(18, 79).all()
    assert frame["Average Rating"].between(1.0, 5.0).all()
    assert (frame["Average Rating"] * 10 == (frame["Average Rating"] * 10).round()).all()
    assert (frame["Total Spend"] * 100 - (frame["Total Spend"] * 100).round()).abs().max() < 1e-6
    assert set(frame["City"]) == set(CITIES)
    assert frame["City"].value_counts().iloc[0] > 3 * frame["City"].value_counts().iloc[-1]
    assert set(frame["Membership Type"]) == set(MEMBERSHIPS)


def test_kinds_are_what_their_names_say() -> None:
    frame, kinds = sample_customers(3000, seed=1), sample_customer_kinds(3000, seed=1)
    by_kind = frame.groupby(kinds)

    assert by_kind["Total Spend"].median()["High Spender"] > 1000
    assert 500 < by_kind["Total Spend"].median()["Loyal Customer"] < 1000
    assert by_kind["Total Spend"].median()["Occasional Shopper"] < 500
    assert by_kind["Average Rating"].mean()["Dissatisfied Customer"] < 3.0
    ages = by_kind["Age"].mean()
    assert ages.max() - ages.min() < 8


def test_the_same_seed_gives_the_same_customers() -> None:
    pd.testing.assert_frame_equal(sample_customers(50, seed=5), sample_customers(50, seed=5))
    assert not sample_customers(50, seed=5).equals(sample_customers(50, seed=6))


def test_missing_cells_and_copies_come_when_asked() -> None:
    frame = sample_customers(1000, seed=2, missing=0.05, duplicates=0.1)

    assert len(frame) == 1100
    assert frame["Customer ID"].notna().all()
    share = frame.drop(columns="Customer ID").isna().to_numpy().mean()
    assert 0.04 < share < 0.06
    assert frame.iloc[1000:]["Customer ID"].isin(frame.iloc[:1000]["Customer ID"]).all()
    assert frame.duplicated().sum() == 100


@pytest.mark.parametrize(
    "wrong",
    [{"n": 0}, {"n": -3}, {"seed": -1}, {"missing": 1.5}, {"missing": -0.1}, {"duplicates": 2}],
)
def test_impossible_wishes_get_a_sentence(wrong: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match=r"was given|were asked"):
        sample_customers(**wrong)  # type: ignore[arg-type]


def test_a_million_customers_take_seconds() -> None:
    start = time.perf_counter()
    frame = sample_customers(1_000_000)

    assert len(frame) == 1_000_000
    assert time.perf_counter() - start < 10  # about 1 s alone; others may use the machine


def test_transactions_belong_to_the_sample_customers() -> None:
    invoices = sample_transactions(300, seed=9)
    kinds = pd.Series(sample_customer_kinds(300, seed=9), index=range(10001, 10301))

    assert set(invoices["Customer ID"]) == set(range(10001, 10301))
    assert invoices["Invoice Date"].is_monotonic_increasing
    assert invoices["Invoice Date"].dt.year.eq(2025).all()
    assert invoices["Invoice"].is_unique
    assert (invoices["Amount"] > 0).all()
    yearly = invoices.groupby("Customer ID")["Amount"].sum().groupby(kinds).median()
    assert yearly["High Spender"] > yearly["Loyal Customer"] > yearly["Occasional Shopper"]


def test_transactions_need_a_customer() -> None:
    with pytest.raises(ParameterError, match="at least 1 customer"):
        sample_transactions(0)

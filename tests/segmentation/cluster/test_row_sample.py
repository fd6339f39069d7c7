"""The sample of customers is uniform, and the same whatever the order of the rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation import sample_customers
from segmentation.cluster.row_sample import frame_hashes, repeats, sampled

ROWS = 3_000


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return sample_customers(ROWS, seed=8, missing=0.02)


def test_the_same_customers_are_drawn_from_shuffled_rows(customers: pd.DataFrame) -> None:
    shuffled = customers.sample(frac=1, random_state=1)
    one, other = sampled(customers, 400, 7), sampled(shuffled, 400, 7)
    assert one is not None
    assert other is not None
    first, second = (
        frame.iloc[rows]["Customer ID"] for frame, rows in ((customers, one), (shuffled, other))
    )
    assert sorted(first) == sorted(second)
    assert (np.diff(one) > 0).all()


def test_small_tables_are_not_sampled(customers: pd.DataFrame) -> None:
    assert sampled(customers, ROWS, 7) is None


def test_equal_rows_are_drawn_one_by_one() -> None:
    # Were all copies of a row drawn together, one kind would fill the sample.
    frame = pd.DataFrame({"kind": np.repeat(["a", "b", "c", "d"], 1_000)})
    rows = sampled(frame, 1_000, 7)
    assert rows is not None
    drawn = frame["kind"].iloc[rows].value_counts()
    # Of 1,000 draws 250 are expected of each kind, give or take four times 12.
    assert drawn.between(202, 298).all()
    assert len(drawn) == 4


def test_each_seed_draws_its_own_uniform_sample(customers: pd.DataFrame) -> None:
    times = np.zeros(ROWS)
    for seed in range(200):
        rows = sampled(customers, 300, seed)
        assert rows is not None
        times[rows] += 1
    # Binomial with 200 draws and p = 0.1: mean 20, variance 18.
    assert times.mean() == 20
    assert times.var() == pytest.approx(18, rel=0.12)


def test_types_and_spelling_make_no_difference_but_columns_do() -> None:
    plain = pd.DataFrame({"n": [1, 0], "t": ["Gold", "new york"], "f": [True, False]})
    other = pd.DataFrame(
        {
            "f": ["True", "False"],
            "t": pd.Categorical(["gold", "New York"]),
            "n": pd.array([1, -0.0], "Float64"),
        }
    )
    assert frame_hashes(plain).tolist() == frame_hashes(other).tolist()
    swapped = plain.rename(columns={"n": "t", "t": "n"})
    assert not set(frame_hashes(plain).tolist()) & set(frame_hashes(swapped).tolist())


def test_missing_cells_are_values_of_their_own() -> None:
    frame = pd.DataFrame({"a": [1.0, None, None], "b": [None, 1.0, None]})
    assert len(set(frame_hashes(frame).tolist())) == 3


def test_repeats_count_the_equal_rows_before() -> None:
    places, numbers = repeats(np.array([9, 4, 9, 1, 4, 9], dtype=np.uint64))
    assert places.tolist() == [2, 4, 5]
    assert numbers.tolist() == [1, 1, 2]

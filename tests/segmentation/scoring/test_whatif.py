"""What would move a customer: each change works, and nothing much smaller does."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from segmentation import CustomerSegmentation, SegmentModel
from segmentation.scoring.boundaries import Surroundings, nearness


def test_every_change_leads_where_it_says(model: SegmentModel, customers: pd.DataFrame) -> None:
    moved = 0
    for row in range(0, 400, 25):
        record = customers.iloc[row].to_dict()
        home = model.score(record).segment_id
        for change in model.whatif(record):
            after = model.score(record | {change.column: change.needed})
            assert after.segment_id == change.segment_id != home
            moved += 1
    assert moved > 0


def one_line() -> SegmentModel:
    rng = np.random.default_rng(1)
    visits = np.r_[rng.normal(10, 1, 100), rng.normal(30, 1, 100)].round(1)
    noise = rng.normal(size=200).round(1)
    return (
        CustomerSegmentation(n_clusters=2)
        .fit(pd.DataFrame({"Visits": visits, "Noise": noise}))
        .model_
    )


def test_a_number_moves_no_further_than_the_border() -> None:
    model = one_line()
    (change,) = model.whatif({"Visits": 12.0, "Noise": 0.0})
    assert change.column == "Visits"
    assert float(change.needed) == pytest.approx(20, abs=0.6)
    before = model.score({"Visits": float(change.needed) - 0.2, "Noise": 0.0})
    assert before.segment_id != change.segment_id


def test_a_column_that_decides_nothing_is_left_out() -> None:
    changes = one_line().whatif({"Visits": 12.0, "Noise": 0.0})
    assert [change.column for change in changes] == ["Visits"]


def test_a_model_with_one_segment_moves_nobody(customers: pd.DataFrame) -> None:
    model = CustomerSegmentation(n_clusters=1).fit(customers).model_
    assert model.whatif(customers.iloc[0].to_dict()) == ()
    assert model.score(customers.iloc[0].to_dict()).runner_up is None


def test_dates_move_as_dates() -> None:
    rng = np.random.default_rng(2)
    days = np.r_[rng.integers(0, 20, 100), rng.integers(300, 320, 100)]
    seen = pd.Timestamp("2024-01-01") + pd.to_timedelta(days, unit="D")
    frame = pd.DataFrame({"Last visit": seen, "Noise": rng.normal(size=200)})
    columns = ["Last visit", "Noise"]
    model = CustomerSegmentation(n_clusters=2, columns=columns).fit(frame).model_
    changes = {c.column: c for c in model.whatif({"Last visit": "2024-01-05", "Noise": 0.0})}
    assert "2024-05-01" < str(changes["Last visit"].needed) < "2024-08-01"


@pytest.mark.parametrize("algorithm", ["kmeans", "gmm", "hdbscan"])
def test_a_change_of_one_column_measures_as_the_whole_row_does(
    customers: pd.DataFrame, algorithm: str
) -> None:
    model = CustomerSegmentation(n_clusters=4, algorithm=algorithm).fit(customers).model_
    start = model.encoder.transform_record(customers.iloc[0].to_dict()).astype(np.float64)
    around = Surroundings.of(start[0], model.boundaries)
    rng = np.random.default_rng(0)
    for block in model.encoder.blocks:
        steps = rng.normal(size=(5, block.stop - block.start))
        changed = np.repeat(start, 5, axis=0)
        changed[:, block] += steps
        exact = nearness(changed, model.boundaries)
        assert np.abs(around.nearness(steps, block) - exact).max() <= around.slack


def test_the_time_for_one_customer_grows_as_the_columns_do() -> None:
    def seconds(columns: int) -> float:
        rng = np.random.default_rng(0)
        points = rng.normal(size=(40, columns)) + 3 * rng.integers(0, 2, (40, 1))
        frame = pd.DataFrame(points).add_prefix("Column ")
        model = CustomerSegmentation(n_clusters=2).fit(frame).model_
        record, times = frame.iloc[0].to_dict(), []
        for _ in range(5):
            began = time.process_time()
            model.score(record)
            model.whatif(record)
            times.append(time.process_time() - began)
        return min(times)

    assert seconds(300) < 8 * seconds(75)  # linear: 4 times; quadratic: 16

"""Whatever the table: a model that agrees with itself, or one clear sentence."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segmentation import CustomerSegmentation, SegmentationError, SegmentModel

NAMES = ("Age", "Total Spend", "City", "Rating", '[x] "q", y', "Ünï", "Days since", "m", "Tier")
ALGORITHMS = ("kmeans", "kmeans", "bisecting", "gmm", "ward", "hdbscan", "dbscan")
CHECKED = 5


def column(rng: np.random.Generator, n: int) -> pd.Series:
    """One column of any kind, with any number of holes."""
    days = pd.to_timedelta(rng.integers(0, 2000, n), unit="D")
    kinds = (
        rng.normal(size=n) * 10.0 ** rng.integers(-8, 9),
        rng.integers(0, rng.integers(1, 50) + 1, n),
        rng.choice(["a", "b", "Ä", "x y", ", "], n),
        rng.choice(["Low", "Medium", "High"], n),
        rng.choice([True, False], n),
        pd.Timestamp("2020-01-01") + days,
        np.exp(rng.normal(size=n) * 4),
        np.full(n, 7),
        rng.choice([1e30, -1e30, 0.0, 1e-30, np.inf, 1.0], n),
    )
    found = pd.Series(kinds[rng.integers(len(kinds))])
    holes = rng.random(n) < rng.choice([0.0, 0.0, 0.05, 0.5, 0.95])
    return found.astype(object).mask(holes) if holes.any() else found


@settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.integers(0, 2**32 - 1))
def test_a_model_agrees_with_itself_or_says_why_there_is_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 120))
    names = rng.permutation(NAMES)[: rng.integers(1, 7)]
    frame = pd.DataFrame({name: column(rng, n) for name in names})
    algorithm = str(rng.choice(ALGORITHMS))
    k = "auto" if rng.random() < 0.6 else int(rng.integers(1, 8))
    estimator = CustomerSegmentation(k, algorithm=algorithm)
    try:
        estimator.fit(frame)
    except SegmentationError:  # the only kind of error that a table can cause
        return
    model = SegmentModel.from_bytes(estimator.model_.to_bytes())
    assert model.to_bytes() == estimator.model_.to_bytes()
    assert model.verdict.k == len({segment.name for segment in model.segments})
    found = model.assign(frame)
    given_names = np.array([*(segment.name for segment in model.segments), "Unassigned"])
    assert found["segment"].tolist() == given_names[estimator.labels_].tolist()
    check_records(model, frame, found)


def check_records(model: SegmentModel, frame: pd.DataFrame, found: pd.DataFrame) -> None:
    """Records get the table's answers, and every change leads where it says."""
    for row in range(min(len(frame), CHECKED)):
        record = frame.iloc[row].to_dict()
        one = model.score(record)
        assert one.segment_id == found["segment_id"].iloc[row]
        assert one.confidence == found["confidence"].iloc[row]
        assert " ".join(one.problems) == found["problems"].iloc[row]
        for change in model.whatif(record):
            moved = model.score(record | {change.column: change.needed})
            assert moved.segment_id == change.segment_id

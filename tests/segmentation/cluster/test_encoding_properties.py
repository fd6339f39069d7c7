"""Whatever a file holds, points are finite and a row alone decides its own."""

import math

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segmentation.cluster.encoding.encoder import Encoder
from segmentation.errors import DataError
from segmentation.table.schema.columns import Column, Role, Use

CELLS = {
    Role.NUMERIC: st.floats() | st.sampled_from([0.0, -0.0, 1e300, -1e300, math.inf]),
    Role.NOMINAL: st.none() | st.text(max_size=3),
    Role.ORDINAL: st.none() | st.sampled_from(["Low", "Medium", "High"]),
    Role.BINARY: st.none() | st.sampled_from(["no", "yes"]),
    Role.DATE: st.none() | st.datetimes().map(pd.Timestamp),
}
COLUMNS = [Column(str(role), role, Use.BASIS, "") for role in CELLS]
ROWS = st.lists(st.tuples(*CELLS.values()), min_size=1, max_size=12)


@example(
    [(1e300, "a", "Low", "no", None), (5e-324, "b", "High", "yes", None)],
    [(-1.7e308,) + (None,) * 4],
)
@example(
    [(5.0, "a", None, None, None), (6.0, "b", None, None, None)],
    [(0.0,) + (None,) * 4, (-0.0,) + (None,) * 4],
)
@example(
    [(1.0, "a", None, None, None), (1 + 1e-9, "b", None, None, None)], [(1.7e308,) + (None,) * 4]
)
@settings(max_examples=40, deadline=None, derandomize=True)
@given(ROWS, ROWS)
def test_points_are_finite_in_training_and_later(training, later):
    names = [column.name for column in COLUMNS]
    frame = pd.DataFrame(training, columns=names, dtype=object)
    new = pd.DataFrame(later, columns=names, dtype=object)
    try:
        encoder = Encoder.fit(frame, COLUMNS)
    except DataError:
        return
    for rows in (frame, new):
        points = encoder.transform(rows)
        assert np.isfinite(points).all()
        assert np.isfinite(np.square(points).sum())
        assert len(encoder.problems(rows)) == len(rows)
        for row, record in enumerate(rows.to_dict("records")):
            np.testing.assert_array_equal(encoder.transform_record(record)[0], points[row])
            assert encoder.problems_record(record) == encoder.problems(rows)[row]

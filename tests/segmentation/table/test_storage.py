"""Stored tables come back as they were, with as many rejected rows as there are."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation import ReadError, Table, read_table


def test_two_hundred_thousand_rejected_rows_come_back() -> None:
    good = "".join(f"{i},{i % 7},x\n" for i in range(50))
    data = f"a,b,c\n{good}“ü”,1,2,3,4\n".encode() + b"7\n" * 199_999
    table = read_table(data, delimiter=",", header_line=1)
    stored = table.to_bytes()
    again = Table.from_bytes(stored)

    assert again.rows_set_aside == len(again.rejects) == 200_000
    pd.testing.assert_frame_equal(again.rejects, table.rejects)
    pd.testing.assert_frame_equal(again.frame, table.frame)
    assert again.describe() == table.describe()
    assert len(stored) < 2_000_000  # repeated reasons and cells cost next to nothing


@pytest.mark.parametrize("kept", [0, 7, 8, 100, -1, -9])
def test_a_stored_table_that_was_cut_off_is_refused(kept: int) -> None:
    stored = read_table(b"a,b,c\n1,2,3\n2,3,4\n9\n").to_bytes()
    with pytest.raises(ReadError, match="import the file again"):
        Table.from_bytes(stored[:kept])

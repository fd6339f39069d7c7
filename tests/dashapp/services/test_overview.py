"""The first cards say what customers pay: what they spend, or else their regular fee."""

from __future__ import annotations

import pandas as pd
import pytest

from dashapp.services.overview import overview
from segmentation import Table


def table_of(**columns: list[float]) -> Table:
    return Table.from_frame(pd.DataFrame({"Seats": [2, 3, 5, 8], **columns}), name="made")


def test_a_fee_is_summed_under_its_own_name_where_nothing_says_spend() -> None:
    fees = {"MonthlyCharges": [10.5, 20.0, 30.0, 39.5]}
    facts = overview(table_of(**fees))
    assert (facts.paid, facts.average_spend, facts.total_spend) == ("MonthlyCharges", 25, 100)
    both = overview(table_of(**fees, Spend=[1.5, 2.0, 3.0, 3.5]))
    assert (both.paid, both.total_spend) == ("spend", pytest.approx(10))
    assert overview(table_of()).average_spend is None

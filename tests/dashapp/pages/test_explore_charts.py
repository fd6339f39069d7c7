"""Charts of Explore, as the page puts them together."""

from __future__ import annotations

from dashapp.pages.explore.charts import Shown, relationships
from dashapp.services.exploring import RangeFilter
from dashapp.theme import LIGHT
from segmentation import Table, sample_customers


def test_where_nobody_is_left_no_columns_go_together() -> None:
    table = Table.from_frame(sample_customers(60, 1), name="sample")
    nobody = (RangeFilter("Age", 998, 999),)
    drawn = relationships(Shown(table, nobody, LIGHT), ())["all"]
    assert drawn.reading == "No customers are left."
    assert not drawn.figure.data

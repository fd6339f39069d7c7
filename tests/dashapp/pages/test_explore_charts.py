"""Charts of Explore, as the page puts them together."""

from __future__ import annotations

import json

from dashapp.pages.explore.charts import Shown, relationships
from dashapp.services.filters import RangeFilter
from dashapp.theme import LIGHT
from segmentation import Table, sample_customers
from tests.dashapp.portal import Portal, look


def test_where_nobody_is_left_no_columns_go_together() -> None:
    table = Table.from_frame(sample_customers(60, 1), name="sample")
    nobody = (RangeFilter("Age", 998, 999),)
    drawn = relationships(Shown(table, nobody, LIGHT), ())["all"]
    assert drawn.reading == "No customers are left."
    assert not drawn.figure.data


def test_alerts_are_asked_anew_with_every_filter(portal: Portal) -> None:
    refs = portal.with_sample()
    asked = ({}, {"Membership Type": ["Gold"]}, {"Age": [998, 999]})
    told = [
        json.dumps(
            portal.fire(
                "explore-alerts.children",
                "explore-filters.data",
                look(refs, **{"explore-filters.data": filters}),
            )
        )
        for filters in asked
    ]
    assert "filters leave" not in told[0]
    assert "filters leave" in told[1]
    assert "No customers are left" in told[2]

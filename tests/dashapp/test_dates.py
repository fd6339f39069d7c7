"""Averages of dates are dates on screen, wherever they stand."""

from __future__ import annotations

import json

import pytest

from segmentation import sample_customers
from tests.dashapp.portal import Portal, look


@pytest.fixture
def words(portal: Portal) -> dict[str, str]:
    """What Profiles and Compare say of customers of whom half joined each of two days."""
    frame = sample_customers(200, 4)
    frame["Joined"] = ["2024-03-11", "2025-06-02"] * 100
    job = portal.upload("list.csv", frame.to_csv(index=False).encode()).get_json()["job"]
    refs = portal.with_model(portal.follow({"id": job}, {})["shell-refs.data"])
    return {
        tab: json.dumps(
            portal.fire(
                "segments-body.children",
                "segments-tabs.data",
                look(refs, **{"segments-tabs.data": tab}),
            )
        )
        for tab in ("profiles", "compare")
    }


# The middle of both days; what the model has are days before the newest.
MIDDLE = "2024-10-21"


def test_everybodys_average_day_stands_in_the_table_of_averages(
    words: dict[str, str],
) -> None:
    assert MIDDLE in words["profiles"]


def test_charts_tell_days_as_dates(words: dict[str, str]) -> None:
    assert f"everybody {MIDDLE}" in words["compare"]

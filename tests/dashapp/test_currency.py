"""Amounts on screen are in the currency of the data, and in nobody else's."""

from __future__ import annotations

import json
from typing import Any

from segmentation import sample_customers
from tests.dashapp.portal import Portal, look


def uploaded(portal: Portal, name: str) -> dict[str, Any]:
    """A tab with 200 customers whose amounts stand in a column of this name."""
    frame = sample_customers(200, 4).rename(columns={"Total Spend": name})
    job = portal.upload("list.csv", frame.to_csv(index=False).encode()).get_json()["job"]
    return dict(portal.follow({"id": job}, {})["shell-refs.data"])


def shown(portal: Portal, refs: dict[str, Any], tab: str = "") -> str:
    """All that a page or a tab of segments says."""
    if not tab:
        found = portal.fire("data-content.children", "shell-refs.data", look(refs))
    else:
        found = portal.fire(
            "segments-body.children",
            "segments-tabs.data",
            look(refs, **{"segments-tabs.data": tab}),
        )
    return json.dumps(found, ensure_ascii=False)


def test_cards_charts_and_reasons_agree_on_the_currency(portal: Portal) -> None:
    refs = portal.with_model(uploaded(portal, "Total Spend (€)"))
    assert "€" in shown(portal, refs)
    for tab in ("profiles", "actions"):
        words = shown(portal, refs, tab)
        assert "€" in words, tab
        assert "$" not in words, tab
    asked = {"explore-column.value": "Total Spend (€)"}
    drawn = portal.fire("explore-histogram.figure", "explore-column.value", look(refs, **asked))
    assert "€" in drawn["explore-histogram-reading.children"]


def test_a_list_without_a_currency_shows_plain_numbers_beside_one_with(portal: Portal) -> None:
    euros = uploaded(portal, "Total Spend (€)")
    plain = portal.with_model(uploaded(portal, "Total Spend"))
    assert "€" in shown(portal, euros)
    for words in (shown(portal, plain), shown(portal, plain, "profiles")):
        assert "€" not in words
        assert "$" not in words

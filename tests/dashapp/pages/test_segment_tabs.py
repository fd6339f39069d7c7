"""Tabs of the Segments page where there is little to compare."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from plotly.utils import PlotlyJSONEncoder

from dashapp.page.address import Address
from dashapp.pages.segments import views
from dashapp.pages.segments.customers_tab import grid_columns
from dashapp.theme import LIGHT
from tests import segment_samples as samples
from tests.callbacks import texts


def model(**changes: Any) -> Any:
    """A model with what the tabs ask of it."""
    given = {
        "segments": samples.segments(),
        "everybody": samples.everybody(),
        "importance": (),
        "monetary": "Total Spend",
        "evidence": samples.evidence(),
        "verdict": SimpleNamespace(k=3),
    }
    return SimpleNamespace(**given | changes)


def shown(component: Any) -> str:
    """All words of a tab."""
    return texts(json.loads(json.dumps(component, cls=PlotlyJSONEncoder)))


ONE = {"segments": samples.segments()[:1], "verdict": SimpleNamespace(k=1)}


def test_profiles_of_three_segments_have_a_heatmap_and_a_radar() -> None:
    words = shown(views.profiles_view(model(), Address(), LIGHT))
    assert "What sets each segment apart" in words
    assert "Shape of each segment" in words
    assert "0, the lowest average of a segment, to 100, the highest" in words


def test_profiles_of_one_segment_keep_only_what_says_something() -> None:
    words = shown(views.profiles_view(model(**ONE), Address(), LIGHT))
    assert "sets each segment apart" not in words
    assert "Shape of each segment" not in words
    assert "Averages in original units" in words


def test_a_table_of_categories_has_no_empty_cards() -> None:
    categories = SimpleNamespace(numeric={}, levels=samples.everybody().levels, size=100)
    words = shown(views.profiles_view(model(everybody=categories), Address(), LIGHT))
    assert "sets each segment apart" not in words
    assert "in each segment" in words
    assert "No numbers to compare" in shown(
        views.compare_view(model(everybody=categories), Address(), LIGHT)
    )


def test_one_segment_is_not_compared_with_itself() -> None:
    assert "nothing to compare" in shown(views.compare_view(model(**ONE), Address(), LIGHT))
    assert "nothing to compare" in shown(
        views.distribution_view(model(**ONE), None, Address(), LIGHT)
    )


def test_evidence_of_other_numbers_is_shown_beside_one_segment() -> None:
    words = shown(views.evidence_view(model(**ONE), LIGHT, can_choose=True))
    assert "no evidence" not in words.lower()
    assert "1 segment was found" in words


def test_no_evidence_is_said_once() -> None:
    words = shown(views.evidence_view(model(evidence=()), LIGHT, can_choose=True))
    assert words.lower().count("no evidence") == 1


def test_the_grid_marks_each_segment_in_its_color_whatever_it_is_called() -> None:
    names = SimpleNamespace(columns=(), frame=None)
    column = grid_columns(names, samples.renamed('The "best" ones'))[0]  # type: ignore[arg-type]
    assert column["cellClassRules"]["seg-0"] == 'params.value === "The \\"best\\" ones"'
    assert sorted(column["cellClassRules"]) == ["seg-0", "seg-1", "seg-2"]

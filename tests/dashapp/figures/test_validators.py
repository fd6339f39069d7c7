"""Charts that nobody draws take no memory, and can be drawn all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator

import plotly.graph_objects as go
import pytest
from plotly.validator_cache import ValidatorCache

from dashapp.figures.drawing.canvas import empty_figure
from dashapp.figures.drawing.validators import SOURCE, checks_of, learn_when_drawn


@pytest.fixture
def known() -> Iterator[dict[str, object]]:
    """What plotly knows after one empty figure."""
    before, made = ValidatorCache._json_cache, dict(ValidatorCache._cache)
    ValidatorCache._json_cache = None
    ValidatorCache._cache.clear()
    learn_when_drawn()
    empty_figure()
    yield ValidatorCache._json_cache
    ValidatorCache._json_cache = before
    ValidatorCache._cache.update(made)


def kinds(known: dict[str, object]) -> set[str]:
    return {path.split(".")[0] for path in known}


def test_a_kind_of_chart_is_learned_when_it_is_first_drawn(known: dict[str, object]) -> None:
    assert "bar" not in kinds(known)
    go.Figure({"data": [{"type": "bar", "name": "x", "hoverlabel": {"font": {"size": 12}}}]})
    assert "bar" in kinds(known)
    assert "funnel" not in kinds(known)


def test_checks_are_plotlys_own(known: dict[str, object]) -> None:
    assert go.Figure({"data": [{"type": "funnel", "x": [3, 2, 1]}]}).data[0].type == "funnel"
    with pytest.raises(ValueError, match="Invalid property"):
        go.Figure({"data": [{"type": "funnel", "sides": 3}]})


def test_together_the_kinds_are_all_that_plotly_knows() -> None:
    everything = json.loads(SOURCE.read_bytes())
    found = {}
    for kind in kinds(everything):
        found |= checks_of(kind)
    assert found == everything

"""Charts that nobody draws take no memory, and can be drawn all the same."""

from __future__ import annotations

from collections.abc import Iterator

import plotly.graph_objects as go
import pytest
from plotly.validator_cache import ValidatorCache

from dashapp.figures.canvas import empty_figure
from dashapp.figures.validators import KEPT, forget_unused


@pytest.fixture
def kept() -> Iterator[dict[str, object]]:
    """What is remembered once everything else is forgotten."""
    before, made = ValidatorCache._json_cache, dict(ValidatorCache._cache)
    ValidatorCache._json_cache = None
    ValidatorCache._cache.clear()
    empty_figure()
    forget_unused()
    yield ValidatorCache._json_cache
    ValidatorCache._json_cache = before
    ValidatorCache._cache.update(made)


def test_our_kinds_of_charts_are_all_that_is_remembered(kept: dict[str, object]) -> None:
    count = len(kept)
    for name in sorted(KEPT - {"layout", "data", "frame", "frames"}):
        go.Figure({"data": [{"type": name, "name": "x", "hoverlabel": {"font": {"size": 12}}}]})
    assert len(kept) == count
    assert {path.split(".")[0] for path in kept} == KEPT


def test_another_kind_can_be_drawn_all_the_same(kept: dict[str, object]) -> None:
    figure = go.Figure({"data": [{"type": "funnel", "x": [3, 2, 1]}]})
    assert figure.data[0].type == "funnel"
    with pytest.raises(ValueError, match="Invalid property"):
        go.Figure({"data": [{"type": "funnel", "sides": 3}]})

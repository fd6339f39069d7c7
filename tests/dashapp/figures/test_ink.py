"""What is written on colors can be read."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dashapp import figures
from dashapp.figures.drawing.contrast import color_at, contrast, ink_on
from dashapp.theme import DARK, LIGHT, Theme
from tests import segment_samples as samples

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
# WCAG AA: text, and parts of a chart that are no text.
TEXT, SHAPE = 4.5, 3.0


@THEMES
def test_numbers_can_be_read_anywhere_on_the_scales(theme: Theme) -> None:
    for scale in (theme.sequential, theme.diverging):
        for place in np.linspace(0, 1, 201):
            color = color_at(scale, float(place))
            assert contrast(ink_on(color), color) >= TEXT, (place, color)


@THEMES
def test_texts_of_charts_can_be_read_on_cards(theme: Theme) -> None:
    for ground in (theme.surface, theme.background, theme.surface_soft):
        for ink in (theme.text, theme.muted):
            assert contrast(ink, ground) >= TEXT, (ink, ground)
    for word in (theme.good, theme.bad):
        assert contrast(word, theme.surface) >= TEXT, word


@THEMES
def test_segments_and_data_stand_out_from_the_card(theme: Theme) -> None:
    for color in (*theme.segments, theme.unassigned, theme.accent):
        assert contrast(color, theme.surface) >= SHAPE, color


@THEMES
def test_each_number_of_a_heatmap_has_the_ink_of_its_cell(theme: Theme) -> None:
    matrix = pd.DataFrame(
        [[1, 0.02, 0.97], [0.02, 1, 0.5], [0.97, 0.5, 1]], index=list("abc"), columns=list("abc")
    )
    _, written = figures.association_heatmap(matrix, theme=theme).data
    assert list(written.text) == ["0.02", "0.97", "0.50"]
    inks = [ink_on(color_at(theme.sequential, value)) for value in (0.02, 0.97, 0.5)]
    assert list(written.textfont.color) == inks


def test_the_numbers_on_a_heatmap_are_no_data_of_their_own() -> None:
    for figure in (
        figures.index_heatmap(samples.segments(), samples.COLUMNS),
        figures.association_heatmap(pd.DataFrame([[1, 0.5], [0.5, 1]], index=list("ab"))),
    ):
        heatmap, written = figure.data
        assert written.meta == {"helper": True}
        assert written.hoverinfo == "skip"
        assert tuple(figure.layout.xaxis.range) == (-0.5, len(heatmap.x) - 0.5)

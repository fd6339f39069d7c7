"""Figures begin with the room that their words will need: plotly draws them once, not twice."""

from __future__ import annotations

import dataclasses

from dashapp import figures
from dashapp.figures.drawing.canvas import (
    LEGEND_ROOM,
    TITLE_BELOW_LABELS,
    Canvas,
    below_labels,
    label_axis,
    number_axis,
)
from dashapp.theme import LIGHT, MARGIN
from tests import segment_samples as samples


def left_of(*labels: str) -> int:
    """The room at the left of a chart with these labels."""
    return int(Canvas(LIGHT, "x", yaxis=label_axis(labels, "Column")).layout["margin"]["l"])


def test_longer_labels_get_more_room_up_to_the_length_of_a_line() -> None:
    assert left_of("Age", "City") < left_of("Age", "Satisfaction")
    assert left_of("Days Since Last Purchase") == left_of("Days Since Last")


def test_what_is_not_written_takes_no_room() -> None:
    assert left_of("a < b") == left_of("a + b")


def test_labels_at_a_slant_get_room_below() -> None:
    slanted = {**label_axis(["Days Since Last Purchase"], "Column"), "tickangle": -45}
    assert Canvas(LIGHT, "x", xaxis=slanted).layout["margin"]["b"] > MARGIN["b"]


def test_a_legend_gets_room_above_and_a_margin_that_is_given_stays() -> None:
    assert Canvas(LIGHT, "x", showlegend=True).layout["margin"]["t"] == LEGEND_ROOM
    assert Canvas(LIGHT, "x", showlegend=True, margin={"t": 99}).layout["margin"]["t"] == 99


def test_a_map_with_a_title_in_two_lines_gets_a_line_more() -> None:
    short, long = "PC1 (45 %)", "PC1 · " + "a very long name of a column " * 4 + "(45 %)"
    one, two = (
        figures.segment_map(samples.points(60), samples.segments(), (title, title)).layout.margin
        for title in (short, long)
    )
    assert two.l > one.l
    assert two.b > one.b


def test_a_title_below_a_plot_that_labels_make_narrow_has_short_lines() -> None:
    title = below_labels(number_axis("Average value of a basket in twelve months"), "Mean of ")
    lines = title["title"]["text"].split("<br>")
    assert len(lines) > 1
    assert max(map(len, lines)) <= TITLE_BELOW_LABELS


def test_words_around_the_radar_fit_beside_it_on_a_phone() -> None:
    names = ["Gesamtumsatz seit der ersten Registrierung", "Zufriedenheit insgesamt", "Alter"]
    of_one = samples.segments()[0].profile
    found = dict(zip(names, of_one.numeric.values(), strict=False))
    profile = dataclasses.replace(of_one, numeric=found)
    segments = [dataclasses.replace(each, profile=profile) for each in samples.segments()]
    ring = figures.profile_radar(segments, names).data[0].theta
    assert max(len(line) for name in ring for line in name.split("<br>")) <= 13

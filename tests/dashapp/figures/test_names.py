"""Names of segments where there is little room."""

from __future__ import annotations

import dataclasses

from dashapp.figures.drawing.short_names import dotted, short_names
from dashapp.theme import LIGHT
from tests import segment_samples as samples

ALIKE = ["High number of cds, lower dollar value", "High number of cds, higher dollar value"]


def test_names_that_begin_and_end_alike_are_told_apart() -> None:
    short = short_names(ALIKE, 26)
    assert len(set(short.values())) == 2
    assert "lower" in short[ALIKE[0]]
    assert "higher" in short[ALIKE[1]]


def test_a_name_that_two_lines_hold_is_written_whole() -> None:
    segment = dataclasses.replace(samples.segments()[0], name="High Spenders, higher spending")
    assert "High Spenders,<br>higher spending" in dotted([segment], LIGHT)[0]

"""What the Predict page says about one customer."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from plotly.utils import PlotlyJSONEncoder

from dashapp import figures
from dashapp.figures.one_customer_charts import sides
from dashapp.pages.predict.batch import batch_upload, first_rows
from dashapp.pages.predict.form import FIRST_FIELDS, divided
from dashapp.pages.predict.views import changes, misfit, typical
from segmentation import Change
from tests import segment_samples as samples
from tests.callbacks import texts

TITLES = ("PC1 · spend (50 %)", "PC2 · age (20 %)", "PC3 (10 %)")


def test_high_confidence_beside_a_misfit_is_explained() -> None:
    found = replace(samples.assignment(), confidence=0.99, fits=False)
    assert misfit(found).endswith(
        "The confidence only compares two segments: High Spenders is clearly nearer than Loyal "
        "Customers, and both are far away."
    )


def test_an_unsure_misfit_needs_no_explanation() -> None:
    assert "confidence" not in misfit(replace(samples.assignment(), fits=False))


def test_the_map_names_only_the_two_segments_in_question() -> None:
    figure = figures.customer_map(
        samples.points(60), samples.model(), TITLES, np.array([1.0, 2.0, 3.0]),
        written=samples.NAMES[:2],
    )  # fmt: skip
    assert [note.text for note in figure.layout.annotations] == list(samples.NAMES[:2])


def test_a_map_of_one_customer_can_keep_the_legend_of_the_map_of_all() -> None:
    place = np.array([1.0, 2.0, 3.0])
    points, model = samples.points(60), samples.model()
    plain = figures.segment_map(points, samples.segments(), TITLES)
    marked = figures.customer_map(points, model, TITLES, place, legend=True)
    assert marked.layout.showlegend is None
    assert marked.layout.margin == plain.layout.margin
    assert figures.customer_map(points, model, TITLES, place).layout.showlegend is False


def test_names_on_the_map_keep_off_the_star_and_each_other() -> None:
    centers = np.array([[0.0, 0.0], [2.0, 0.0], [0.5, -6.0]])
    names = ["Occasional Shoppers", "Loyal Customers"]
    star_above_second = sides(centers, [0, 1], names, (2.0, 0.5))
    assert star_above_second == (True, False)
    star_below_second = sides(centers, [0, 1], names, (2.0, -0.5))
    assert star_below_second == (False, True)


def test_names_of_near_centres_keep_off_each_other_on_a_phone() -> None:
    centers = np.array([[0.0, 0.0], [1.0, 0.2], [2.4, 0.4]])
    above = sides(centers, [0, 1], ["Occasional Shoppers", "Loyal Customers"], (0.1, 0.1))
    assert above[0] is not above[1]


@pytest.mark.parametrize(
    "name", ["a very long name of a column ", "Durchschnittlicher Warenkorbwert im Kundenportal "]
)
def test_a_long_axis_title_takes_at_most_two_lines(name: str) -> None:
    long = "PC1 · " + name * 4 + "(45 %)"
    figure = figures.segment_map(samples.points(60), samples.segments(), (long, long, long))
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        assert axis.title.text.count("<br>") <= 1
        assert axis.title.text.endswith("(45 %)")


def model_of(count: int) -> Any:
    """A model with this many columns, the last ones the most important."""
    columns = [SimpleNamespace(name=f"c{place}", use="basis") for place in range(count)]
    importance = [SimpleNamespace(column=column.name) for column in reversed(columns)]
    return SimpleNamespace(columns=columns, importance=importance)


def test_a_few_columns_are_all_asked_for_at_once() -> None:
    first, rest = divided(model_of(8))
    assert len(first) == 8
    assert not rest


def test_of_many_columns_the_most_important_are_asked_for_in_the_tables_order() -> None:
    first, rest = divided(model_of(58))
    assert [column.name for column in first] == [f"c{i}" for i in range(58 - FIRST_FIELDS, 58)]
    assert len(rest) == 58 - FIRST_FIELDS


def shown(component: Any) -> str:
    """All words of a component."""
    return texts(json.loads(json.dumps(component, cls=PlotlyJSONEncoder)))


def test_what_would_move_a_customer_names_the_segment_in_its_color() -> None:
    moved = changes([Change("Age", 30.0, 50.0, "s2", samples.NAMES[1])], samples.segments())
    assert shown(moved) == "Age 30 → 50 moves to Loyal Customers"
    assert "seg-1" in json.dumps(moved, cls=PlotlyJSONEncoder)


def test_a_file_is_asked_for_with_the_columns_that_decide() -> None:
    columns = [SimpleNamespace(name="Age", use="basis"), SimpleNamespace(name="Id", use="ignored")]
    words = shown(batch_upload(SimpleNamespace(columns=columns)))  # type: ignore[arg-type]
    assert "Columns that decide Age A typical value" in words


def test_scored_rows_begin_with_the_answer_and_keep_columns_of_the_same_name() -> None:
    scored = pd.DataFrame(
        {"Segment": ["old"], "Age": [30], "segment_id": ["s1"], "segment": ["High Spenders"],
         "runner_up": ["Loyal Customers"], "confidence": [0.914], "fits": [False],
         "problems": [""]}
    )  # fmt: skip
    rows = first_rows(scored)
    assert list(rows) == [
        "Segment", "Confidence", "Runner-up", "Fits", "Segment (file)", "Age", "Problems"
    ]  # fmt: skip
    assert list(rows.iloc[0, :4]) == ["High Spenders", "91 %", "Loyal Customers", "no"]


def test_contact_data_of_scored_rows_are_shown_masked() -> None:
    scored = pd.DataFrame(
        {"Mail": ["ann@x.org"], "segment_id": ["s1"], "segment": ["High Spenders"],
         "runner_up": [None], "confidence": [0.9], "fits": [True], "problems": [""]}
    )  # fmt: skip
    assert first_rows(scored, ["Mail", "not there"])["Mail"].tolist() == ["a•••"]


def test_a_levels_share_beside_a_customer_is_never_split_between_lines() -> None:
    city = (SimpleNamespace(level="New York", share=0.4), SimpleNamespace(level="Rome", share=0.6))
    profile = SimpleNamespace(numeric={}, levels={"City": city})
    assert typical(profile, "City") == "Rome (60\N{NO-BREAK SPACE}%)"


@pytest.mark.parametrize(
    ("pull", "ticks"),
    [
        (4.2, ("−4", "0", "+4")),
        (0.03, ("−0.03", "0", "+0.03")),
        (18_300, ("−20,000", "0", "+20,000")),
    ],
)
def test_pulls_of_any_size_can_be_read_from_their_axis(pull: float, ticks: tuple[str, ...]) -> None:
    found = replace(samples.assignment(), contributions=(("Age", pull), ("City", -pull / 3)))
    axis = figures.contributions_bar(found).layout.xaxis
    assert axis.ticktext == ticks
    assert axis.range[1] >= axis.tickvals[-1] > 0

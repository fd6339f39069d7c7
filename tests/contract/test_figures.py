"""Every figure keeps the same promises, whatever it shows."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from dashapp import figures
from dashapp.figures.drawing.canvas import Canvas
from dashapp.theme import DARK, LIGHT, Theme
from segmentation import Column, Role, Use
from tests import segment_samples as samples

MILLION = 1_000_000
MOST_BYTES = 1_000_000
NO_WEBGL = {"scattergl", "parcoords", "splom", "scatterpolargl", "choropleth", "scattergeo"}
TITLES = ("PC1 · spend (50 %)", "PC2 · age (20 %)", "PC3 (10 %)")

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


def column(name: str, role: Role) -> Column:
    return Column(name, role, Use.BASIS, "", None, ("Bronze", "Gold"), 0, 2, ())


def of_customers(*rest: Any, **named: Any) -> Callable[[int], Arguments]:
    return lambda size: ((samples.customers(size), *rest), named)


def of_segments(*rest: Any) -> Callable[[int], Arguments]:
    return lambda size: ((samples.segments() if size else (), *rest), {})


def of_evidence(size: int) -> Arguments:
    return (samples.evidence() if size else (), 3), {}


def of_map(size: int) -> Arguments:
    return (samples.points(size), samples.segments(), TITLES), {}


def of_one_customer(size: int) -> Arguments:
    place = np.array([1.0, 2.0, 3.0])
    return (samples.points(size), samples.model(), TITLES, place), {}


def of_contributions(size: int) -> Arguments:
    found = samples.assignment()
    return (found if size else type(found)(**{**vars_of(found), "contributions": ()}),), {}


def vars_of(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def of_column(name: str) -> Callable[[int], Arguments]:
    def arguments(size: int) -> Arguments:
        frame = samples.customers(size)
        ids = samples.points(size)["segment_id"]
        return (frame, ids, samples.segments(), name), {}

    return arguments


def of_pair(first: tuple[str, Role], second: tuple[str, Role]) -> Callable[[int], Arguments]:
    return of_customers(column(*first), column(*second))


SPEND, AGE = ("Total Spend", Role.NUMERIC), ("Age", Role.NUMERIC)
TIER, CITY, SINCE = ("Membership", Role.ORDINAL), ("City", Role.NOMINAL), ("Since", Role.DATE)
MATRIX = pd.DataFrame(np.eye(3) * 0.5 + 0.5, index=list("abc"), columns=list("abc"))

CASES: dict[str, list[Callable[[int], Arguments]]] = {
    "histogram": [
        of_customers("Total Spend"), of_customers("Age", by="City"), of_customers("Since"),
    ],
    "box_plot": [of_customers("Total Spend"), of_customers("Age", by="City")],
    "category_bars": [of_customers("City"), of_customers("City", by="Membership")],
    "measure_by_category": [
        of_customers("Total Spend", "City"),
        of_customers("Total Spend", "City", statistic="median"),
    ],
    "association_heatmap": [lambda size: ((MATRIX if size else MATRIX.iloc[:0, :0],), {})],
    "pair_plot": [
        of_pair(SPEND, AGE), of_pair(SPEND, TIER), of_pair(CITY, TIER), of_pair(SINCE, AGE),
        of_pair(SINCE, CITY), of_pair(AGE, AGE),
    ],
    "segment_map": [of_map],
    "segment_map_3d": [of_map],
    "index_heatmap": [of_segments(samples.COLUMNS)],
    "profile_radar": [of_segments(samples.COLUMNS)],
    "level_shares": [of_segments("Membership")],
    "customers_donut": [of_segments()],
    "share_bars": [of_segments()],
    "column_by_segment": [of_column("Total Spend"), of_column("City"), of_column("Since")],
    "compare_segments": [of_segments(samples.everybody(), samples.COLUMNS)],
    "silhouette_by_k": [of_evidence],
    "inertia_by_k": [of_evidence],
    "stability_by_k": [of_evidence],
    "smallest_share_by_k": [of_evidence],
    "contributions_bar": [of_contributions],
    "customer_map": [of_one_customer],
}  # fmt: skip
EACH = [
    pytest.param(name, case, id=f"{name}-{place}")
    for name, cases in CASES.items()
    for place, case in enumerate(cases)
]

# Figures whose input grows with the number of customers.
GROWING = [
    pytest.param(name, case, id=f"{name}-{place}")
    for name in (
        "histogram", "box_plot", "category_bars", "measure_by_category", "pair_plot",
        "segment_map", "segment_map_3d", "customer_map", "column_by_segment",
    )
    for place, case in enumerate(CASES[name])
]  # fmt: skip


def draw(name: str, arguments: Arguments, theme: Theme = LIGHT) -> go.Figure:
    positional, named = arguments
    return figures.FIGURES[name](*positional, **named, theme=theme)


def read(name: str, arguments: Arguments) -> str:
    positional, named = arguments
    if name.startswith("segment_map"):
        return figures.segment_map_reading(samples.model())
    reading = getattr(figures, f"{name}_reading")
    if name in {"histogram", "category_bars"}:
        named = {}
    if name == "customer_map":
        return str(reading(samples.assignment()))
    return str(reading(*positional, **named))


def test_every_figure_has_a_case_here() -> None:
    assert set(CASES) == set(figures.FIGURES)


@pytest.mark.parametrize(("name", "case"), EACH)
def test_no_rows_give_a_friendly_sentence(name: str, case: Callable[[int], Arguments]) -> None:
    figure = draw(name, case(0))
    if name == "customer_map":
        assert len(figure.data) > 0  # a loaded model brings no customers, but its centres
        return
    assert not figure.data
    assert figure.layout.annotations[0].text.endswith(".")
    assert read(name, case(0)).endswith(".")


@pytest.mark.parametrize(("name", "case"), EACH)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_figures_carry_the_theme_axis_titles_and_a_revision(
    name: str, case: Callable[[int], Arguments], theme: Theme
) -> None:
    figure = draw(name, case(60), theme)
    assert figure.data
    assert figure.layout.uirevision
    assert figure.layout.template.layout.font.color == theme.text
    if name == "profile_radar":
        return
    axes = (
        [figure.layout.scene[f"{axis}axis"] for axis in "xyz"]
        if name == "segment_map_3d"
        else [figure.layout.xaxis, figure.layout.yaxis]
    )
    assert all(axis.title.text for axis in axes)


@pytest.mark.parametrize("size", [0, 60])
@pytest.mark.parametrize(("name", "case"), EACH)
def test_figures_have_only_what_plotly_knows(
    name: str, case: Callable[[int], Arguments], size: int
) -> None:
    # Checked here, since Canvas leaves it out for the sake of speed.
    go.Figure(draw(name, case(size)).to_dict())


def test_what_plotly_does_not_know_is_found() -> None:
    drawn = Canvas(LIGHT, "wrong", xaxis={"colour": "red"}).figure().to_dict()
    with pytest.raises(ValueError, match="colour"):
        go.Figure(drawn)


@pytest.mark.parametrize(("name", "case"), EACH)
def test_figures_leave_their_input_alone(name: str, case: Callable[[int], Arguments]) -> None:
    arguments = case(60)
    before = copy.deepcopy(arguments[0])
    draw(name, arguments)
    read(name, arguments)
    for given, kept in zip(arguments[0], before, strict=True):
        if isinstance(given, pd.DataFrame):
            pd.testing.assert_frame_equal(given, kept)
        elif isinstance(given, pd.Series):
            pd.testing.assert_series_equal(given, kept)
        elif isinstance(given, np.ndarray):
            np.testing.assert_array_equal(given, kept)


@pytest.mark.parametrize(("name", "case"), EACH)
def test_no_figure_needs_webgl_scatter_or_another_host(
    name: str, case: Callable[[int], Arguments]
) -> None:
    assert not {trace.type for trace in draw(name, case(60)).data} & NO_WEBGL


@pytest.mark.parametrize(("name", "case"), GROWING)
def test_a_million_customers_fit_in_a_megabyte(name: str, case: Callable[[int], Arguments]) -> None:
    sent = draw(name, case(MILLION)).to_json()
    assert len(sent) < MOST_BYTES
    assert json.loads(sent)["data"]


@pytest.mark.parametrize(("name", "case"), EACH)
def test_clicks_can_carry_customdata(name: str, case: Callable[[int], Arguments]) -> None:
    # Dash leaves customdata out of a click where it is a typed array.
    for trace in json.loads(draw(name, case(60)).to_json())["data"]:
        assert isinstance(trace.get("customdata", []), list)


@pytest.mark.parametrize(("name", "case"), EACH)
def test_readings_are_sentences(name: str, case: Callable[[int], Arguments]) -> None:
    sentence = read(name, case(60))
    assert sentence[:1].strip()
    assert sentence.endswith(".")
    assert "nan" not in sentence.lower().split()


@pytest.mark.parametrize("name", ["index_heatmap", "share_bars", "customers_donut", "segment_map"])
def test_names_cannot_smuggle_markup_into_a_figure(name: str) -> None:
    evil = '<a href="https://example.org">click</a>'
    arguments = CASES[name][0](60)
    renamed = tuple(
        samples.renamed(evil)
        if isinstance(part, tuple) and part and hasattr(part[0], "profile")
        else part
        for part in arguments[0]
    )
    layout = json.loads(draw(name, (renamed, arguments[1])).to_json())
    shown = [trace.get("name", "") for trace in layout["data"]]
    shown += [text for trace in layout["data"] for text in trace.get("labels", [])]
    for axis in ("xaxis", "yaxis"):
        shown += layout["layout"].get(axis, {}).get("ticktext", [])
    assert not any("<a " in text for text in shown)

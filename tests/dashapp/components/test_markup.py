"""Plain HTML as one component."""

from __future__ import annotations

import json
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
import pytest
from dash import dcc, html, no_update
from dash.development.base_component import Component
from plotly.utils import PlotlyJSONEncoder

from dashapp.components.tables import data_table
from dashapp.dash_patches.markup import Markup, markup


def sent(content: Any) -> Any:
    """What the browser gets."""
    return json.loads(json.dumps(content, cls=PlotlyJSONEncoder))


def components_in(content: Any) -> int:
    """How many components Dash has to follow."""
    if isinstance(content, list):
        return sum(map(components_in, content))
    if not isinstance(content, dict):
        return 0
    return 1 + components_in(content["props"].get("children"))


def test_a_table_is_one_component() -> None:
    table = data_table(pd.DataFrame({"name": ["Ann", "Ben"], "spend": [12.5, 8.0]}))

    assert components_in(sent(table)) > 8
    assert components_in(sent(markup(table))) == 1


def test_elements_attributes_and_texts_stand_in_order() -> None:
    shown = html.P(["a < b ", html.Strong("bold", className="x"), None, 3], title="t", role="note")

    tree = sent(markup(shown))["props"]["tree"]

    assert tree == [
        ["p", {"role": "note", "title": "t"},
         "a < b ", ["strong", {"className": "x"}, "bold"], None, "3"]
    ]  # fmt: skip


def test_what_a_callback_knows_stays_a_component_in_its_place() -> None:
    shown = html.Div(
        [html.H2("Title"), dcc.Graph(id="graph"), html.Div(html.P("inside"), id="body"), "end"]
    )

    found = sent(markup(shown))["props"]

    assert found["tree"] == [["div", {}, ["h2", {}, "Title"], 0, 1, "end"]]
    graph, body = found["children"]
    assert (graph["props"]["id"], graph["type"]) == ("graph", "Graph")
    assert body["props"]["id"] == "body"
    assert body["props"]["children"]["props"]["tree"] == [["p", {}, "inside"]]


def test_clicks_count_on_buttons_and_not_on_what_holds_them() -> None:
    shown = html.Div(html.Button("Go", id="go"), id="holder")

    found = sent(markup(shown))["props"]

    assert found["disable_n_clicks"] is True
    assert "disable_n_clicks" not in found["children"]["props"]


@pytest.mark.parametrize("content", [None, "words", no_update, 3])
def test_what_is_no_component_is_left_alone(content: Any) -> None:
    assert markup(content) is content


def test_markup_of_markup_is_the_same() -> None:
    def shown() -> Component:
        return html.Div([dbc.Alert([html.B("!"), " text"], id="alert"), html.P("after")])

    once = markup(shown())

    assert isinstance(once, Markup)
    assert sent(markup(once)) == sent(markup(shown()))

"""What a visitor may not use is not drawn."""

from __future__ import annotations

from dash import dcc, html

from dashapp.components.allowed import still


def test_buttons_go_and_charts_stay_under_ids_that_nothing_listens_to() -> None:
    tree = html.Div(
        [
            html.Button("Find", id="find"),
            html.Button("Help", id="help"),
            html.Details("Choose how", className="card needs-change"),
            dcc.Graph(id="chart"),
            [html.P("words"), "text", None],
        ]
    )
    seen = still(tree, ("find", "chart"))
    gone, other, folded, chart, rest = seen.children
    assert (gone, folded) == (None, None)
    assert (other.id, chart.id) == ("help", "chart-still")
    assert rest[0].children == "words"


def test_fields_of_a_pattern_are_to_be_read_only() -> None:
    field = dcc.Textarea(id={"type": "name", "segment": "s1"}, value="Loyal")
    seen = still(field, ("name",))
    assert seen.id == {"type": "name-still", "segment": "s1"}
    assert seen.value == "Loyal"

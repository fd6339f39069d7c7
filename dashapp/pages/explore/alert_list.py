"""Alerts: properties of the data to check before building segments."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp.components.states import empty_state
from dashapp.services.alerts import Alert

FILTERED = "These are alerts of the customers that the filters leave; Find segments uses all."


def alert_list(found: Sequence[Alert], *, filtered: bool) -> Component:
    """Return the alerts with their meaning for segments, or an all-clear."""
    if not found:
        nothing = "No column stands out in a way that disturbs segments."
        return empty_state(
            "No alerts", f"{nothing} {FILTERED}" if filtered else nothing, picture="check"
        )
    return html.Div(
        [
            html.P(FILTERED, className="text-muted-soft") if filtered else None,
            html.Ul([html.Li(_alert(alert)) for alert in found], className="issue-list card-soft"),
        ],
        className="stack",
    )


def _alert(alert: Alert) -> list[Component]:
    return [
        html.Div(
            [html.Strong(alert.column), html.Span(alert.kind, className="issue-kind")],
            className="issue-head",
        ),
        html.Div(alert.finding),
        html.Div(alert.meaning, className="text-muted-soft"),
    ]

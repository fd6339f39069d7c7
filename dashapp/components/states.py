"""What a page shows while it is empty, loading or in error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.icon import icon

Action = tuple[str, str]

EXPIRED = (
    "Your session has expired, the data were deleted, or the address comes from somebody else's "
    "session. Upload your file again, or try the sample customers."
)

_MESSAGE_ICONS = {"info": "info", "success": "check", "warning": "alert", "danger": "error"}


def empty_state(
    title: str,
    text: str,
    action: Action | Component | None = None,
    *,
    picture: str = "sparkle",
    whole_page: bool = False,
) -> Component:
    """Return a message for an empty view, with what to do next.

    Parameters
    ----------
    title, text
        What is missing, and why that is fine.
    action
        The one button: ``(label, path)`` or a component.
    picture
        Name of the icon above the title.
    whole_page
        Whether this is the whole page, so that its title becomes the page's heading.
    """
    heading = html.H1 if whole_page else html.H2
    return html.Section(
        [
            html.Div(icon(picture), className="state-picture"),
            heading(title),
            html.P(text),
            _action(action),
        ],
        className="state state-empty",
    )


def error_state(
    title: str, text: str, *, reference: str | None = None, action: Action | Component | None = None
) -> Component:
    """Return a message that says what happened and what to do.

    Parameters
    ----------
    reference
        Id of the error in the server's log.
    """
    return html.Section(
        [
            html.Div(icon("error"), className="state-picture"),
            html.H2(title),
            html.P(text),
            html.P(["Reference ", html.Code(reference)], className="state-reference")
            if reference
            else None,
            _action(action),
        ],
        className="state state-error",
        role="alert",
    )


def expired_state() -> Component:
    """Return the message for data that have expired, with one way forward."""
    return html.Section(
        [
            html.Div(icon("expired"), className="state-picture"),
            html.H1("These data are no longer here"),
            html.P(EXPIRED),
            _action(("Go to Data", "/")),
        ],
        className="state state-expired",
    )


def skeleton(blocks: int = 3) -> Component:
    """Return placeholder shapes for content that is loading."""
    return html.Div(
        [
            html.Span("Loading", className="visually-hidden"),
            html.Div(className="skeleton skeleton-title"),
            html.Div([html.Div(className="skeleton skeleton-card") for _ in range(4)],
                     className="stat-row"),
            *(html.Div(className="skeleton skeleton-block") for _ in range(blocks - 1)),
        ],
        className="stack skeleton-page",
        role="status",
    )  # fmt: skip


def progress_panel(
    title: str,
    stage: str,
    fraction: float,
    *,
    kind: str = "",
    cancel_id: str | Mapping[str, Any] | None = None,
) -> Component:
    """Return the progress of a job.

    Parameters
    ----------
    title
        Name of the work.
    stage
        Current step.
    fraction
        Completed fraction, 0 to 1.
    kind
        Kind of the job; CSS may style the page by it.
    cancel_id
        Id of the Cancel button; None if the job cannot be canceled.
    """
    done = min(max(fraction, 0.0), 1.0)
    return html.Section(
        [
            html.Div(
                [
                    html.Strong(title, className="progress-title"),
                    html.Span(stage, className="progress-stage"),
                ],
                className="progress-words",
            ),
            html.Span(formatting.percent(done), className="progress-percent"),
            html.Div(
                html.Div(className="progress-fill", style={"transform": f"scaleX({done:.3f})"}),
                className="progress-track",
                role="progressbar",
                **{
                    "aria-label": title,
                    "aria-valuenow": f"{done * 100:.0f}",
                    "aria-valuemin": "0",
                    "aria-valuemax": "100",
                },
            ),
            None
            if cancel_id is None
            else html.Button("Cancel", id=cancel_id, className="btn btn-quiet progress-cancel"),
        ],
        className="progress-panel card-soft",
        **{"data-job": kind},
    )


def message(kind: str, sentence: str, action: Component | None = None) -> Component:
    """Return a sentence about what just happened, with an optional action.

    Parameters
    ----------
    kind
        ``"info"``, ``"success"``, ``"warning"`` or ``"danger"``.
    """
    return html.Div(
        [icon(_MESSAGE_ICONS[kind]), html.Span(sentence), action],
        className=f"message message-{kind}",
        role="alert" if kind == "danger" else "status",
    )


def _action(action: Action | Component | None) -> Component | None:
    if isinstance(action, tuple):
        label, path = action
        return dcc.Link(label, href=path, className="btn btn-primary")
    return action

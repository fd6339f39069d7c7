"""The frame around every page: top bar, messages, progress, dialogs."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.auth.permissions import Right, may
from dashapp.components.icon import icon
from dashapp.components.terms import GLOSSARY
from dashapp.page.page import Page
from dashapp.page.tab_state import Refs
from dashapp.shell.export_downloads import export_parts
from dashapp.shell.history import history_panel
from dashapp.shell.ids import Ids

PRODUCT = "Customer segments"

HELP = (
    ("Data", "Upload a customer list and check what was read. Nothing is changed silently."),
    ("Explore", "Look at columns, compare groups of customers, see which columns go together."),
    ("Segments", "Find segments, see how sure they are, name them, export their customers."),
    ("Predict", "Enter one customer or upload a file and see the segment of each."),
)
TERMS = (
    ("Segment", "Customers who are more like each other than like the rest."),
    ("Basis", "A column that decides who belongs together. A descriptor only describes them."),
    ("Confidence", GLOSSARY["confidence"]),
    ("Stability", GLOSSARY["stability"]),
    ("Silhouette", GLOSSARY["silhouette"]),
)


def layout(pages: tuple[Page, ...], *, signs_out: bool = False) -> Component:
    """Return the frame around every page; it is the same for all visitors.

    Parameters
    ----------
    pages
        The pages in the navigation.
    signs_out
        Whether the portal itself handles sign-in, and therefore sign-out.
    """
    return html.Div(
        [
            dcc.Location(id=Ids.URL, refresh="callback-nav"),
            # The parsed URL, and a counter of back and forward navigations.
            dcc.Store(id=Ids.ASKED),
            dcc.Store(id=Ids.WENT),
            dcc.Store(id=Ids.REFS),
            dcc.Store(id=Ids.JOB),
            dcc.Store(id=Ids.DONE),
            dcc.Store(id=Ids.THEME),
            dcc.Store(id=Ids.TITLE, data={page.path: page.title for page in pages}),
            # How often this tab has polled its job, and when to poll next.
            dcc.Store(id=Ids.POLL),
            dcc.Store(id=Ids.PACE),
            html.A("Skip to content", href=f"#{Ids.PAGE}", className="skip-link"),
            top_bar(pages, signs_out=signs_out),
            html.Div(id=Ids.ALERT, role="status", className="shell-alert"),
            html.Div(id=Ids.PROGRESS, className="shell-progress", **{"aria-live": "polite"}),
            *export_parts(),
            html.Main(id=Ids.PAGE, className="page", tabIndex="-1"),
            _delete_dialog(),
            _help_panel(),
            history_panel(),
        ],
        id=Ids.FRAME,
        className="portal-shell",
    )


def shell_class() -> str:
    """Return CSS classes for the visitor's permissions; the style sheet hides the rest."""
    return " ".join(["portal-shell", *(f"may-{right}" for right in Right if may(right))])


def top_bar(pages: tuple[Page, ...], path: str = "/", *, signs_out: bool) -> Component:
    """Return the top bar: product, steps and tools, for a tab without data."""
    leave = html.A("Sign out", href="/sign-out", className="btn btn-quiet topbar-leave")
    return html.Header(
        [
            dcc.Link(
                [html.Span(className="brand-mark", **{"aria-hidden": "true"}), PRODUCT],
                href="/",
                className="topbar-brand",
            ),
            html.Nav(
                steps(pages, path, Refs()),
                id=Ids.STEPS,
                className="steps",
                **{"aria-label": "Steps"},
            ),
            html.Div(id=Ids.SUMMARY, className="topbar-summary"),
            html.Div(
                [
                    _tool(Ids.THEME_BUTTON, "theme", "Light or dark"),
                    _tool(Ids.HISTORY, "clock", "Tasks of this session"),
                    _tool(Ids.HELP, "help", "Help"),
                    html.Button(
                        "Delete my data",
                        id=Ids.DELETE,
                        className="btn btn-quiet topbar-delete needs-predict",
                    ),
                    leave if signs_out else None,
                ],
                className="topbar-tools",
            ),
        ],
        className="topbar",
    )


def _tool(id_: str, picture: str, label: str) -> Component:
    return html.Button(
        icon(picture), id=id_, className="btn btn-icon", title=label, **{"aria-label": label}
    )


def steps(pages: tuple[Page, ...], path: str, refs: Refs) -> list[Component]:
    """Return links to the four pages, marking the current page and those that are ready."""
    ready = {"/": refs.dataset, "/explore": refs.dataset, "/segments": refs.model}
    return [
        _step(number, page, ready=bool(ready.get(page.path, refs.model)), here=page.path == path)
        for number, page in enumerate(pages, start=1)
    ]


def _step(number: int, page: Page, *, ready: bool, here: bool) -> Component:
    classes = ["step", "step-ready" if ready else "", "step-active" if here else ""]
    return dcc.Link(
        [
            html.Span(str(number), className="step-number", **{"aria-hidden": "true"}),
            page.name,
            # Dash's links do not accept aria-current; the words serve screen readers too.
            html.Span(" (current page)", className="visually-hidden") if here else None,
        ],
        href=page.path,
        className=" ".join(filter(None, classes)),
    )


def _delete_dialog() -> Component:
    return dbc.Modal(
        [
            dbc.ModalHeader(
                dbc.ModalTitle("Delete my data?", id=Ids.DELETE_TITLE), close_button=True
            ),
            dbc.ModalBody(
                "Your uploads, data sets, models and scored files are removed from the server "
                "now. This cannot be undone. Files that you downloaded stay with you."
            ),
            dbc.ModalFooter(
                [
                    html.Button("Keep them", id=Ids.DELETE_KEEP, className="btn btn-secondary"),
                    html.Button(
                        "Delete everything", id=Ids.DELETE_CONFIRM, className="btn btn-danger"
                    ),
                ]
            ),
        ],
        id=Ids.DELETE_DIALOG,
        labelledby=Ids.DELETE_TITLE,
        is_open=False,
        centered=True,
    )


def _help_panel() -> Component:
    return dbc.Offcanvas(
        [
            html.Ol(
                [html.Li([html.H3(name), html.P(text)]) for name, text in HELP],
                className="help-steps",
            ),
            html.Details(
                [
                    html.Summary("What the words mean"),
                    html.Dl(
                        [part for word, text in TERMS for part in (html.Dt(word), html.Dd(text))]
                    ),
                ],
                className="help-words",
            ),
            html.P(
                "Your files stay on this server, in your session only, and are removed when it "
                "ends or when you press “Delete my data”.",
                className="text-muted-soft",
            ),
        ],
        id=Ids.HELP_PANEL,
        title=html.Span("Four steps", id=Ids.HELP_TITLE),
        labelledby=Ids.HELP_TITLE,
        placement="end",
        is_open=False,
    )

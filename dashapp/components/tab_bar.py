"""A row of tabs; ``assets/tabs.js`` switches them in the browser, by mouse and keyboard.

Dash's own tabs are plain boxes that neither keyboards nor screen readers can use.
"""

from __future__ import annotations

from collections.abc import Mapping

from dash import dcc, html
from dash.development.base_component import Component


def tab_bar(
    id_: str, tabs: Mapping[str, str], label: str, *, panel_id: str, selected: str | None = None
) -> Component:
    """A row of tabs.

    Parameters
    ----------
    id_
        Id of a store whose ``data`` is the key of the chosen tab.
    tabs
        Key → visible label.
    label
        What screen readers call the row.
    panel_id
        Id of what the tabs switch.
    selected
        Key of the tab to start with; the first when not given.
    """
    chosen = selected if selected in tabs else next(iter(tabs))
    return html.Div(
        [
            dcc.Store(id=id_, data=chosen),
            html.Div(
                [_tab(id_, key, text, panel_id, here=key == chosen) for key, text in tabs.items()],
                role="tablist",
                className="tabs",
                **{"aria-label": label},
            ),
        ]
    )


def _tab(store: str, key: str, text: str, panel_id: str, *, here: bool) -> Component:
    return html.Button(
        text,
        type="button",
        role="tab",
        tabIndex="0" if here else "-1",
        className="tab tab-selected" if here else "tab",
        **{
            "aria-selected": "true" if here else "false",
            "aria-controls": panel_id,
            "data-tab": key,
            "data-store": store,
        },
    )

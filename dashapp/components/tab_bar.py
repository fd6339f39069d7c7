"""A tab bar; ``assets/tabs.js`` switches tabs in the browser, by mouse and keyboard.

Dash's own tabs are plain boxes that neither keyboards nor screen readers can use.
"""

from __future__ import annotations

from collections.abc import Mapping

from dash import dcc, html
from dash.development.base_component import Component


def tab_bar(
    id_: str, tabs: Mapping[str, str], label: str, *, panel_id: str, selected: str | None = None
) -> Component:
    """Return a tab bar.

    Parameters
    ----------
    id_
        Id of the store whose ``data`` is the key of the selected tab.
    tabs
        Mapping of key to visible label.
    label
        Accessible name of the tab bar.
    panel_id
        Id of the panel that the tabs control.
    selected
        Key of the initial tab; the first by default.
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

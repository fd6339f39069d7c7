"""A row of tabs; ``assets/tabs.js`` switches them in the browser, by mouse and keyboard.

Dash's own tabs are plain boxes that neither keyboards nor screen readers can use.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from dash import dcc, html
from dash.development.base_component import Component

# Type of the store that remembers the open tab while a page is drawn anew: the address is
# not enough, since Dash does not notice when the browser replaces it.
OPEN_TAB_TYPE = "shell-tab"


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
            dcc.Store(id={"type": OPEN_TAB_TYPE, "tabs": id_}, data=chosen),
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


def open_tab(held: object, search: object, tabs: Mapping[str, str]) -> str | None:
    """The tab that is open, else the one that the address asks for.

    Parameters
    ----------
    held
        What the stores of :data:`OPEN_TAB_TYPE` hold: at most one, as the browser sends it.
    search
        The address's query.

    Examples
    --------
    >>> open_tab(["map"], "?tab=data", {"map": "Map"}), open_tab([], "?tab=map", {"map": "Map"})
    ('map', 'map')
    """
    known = [tab for tab in held if isinstance(tab, str)] if isinstance(held, list) else []
    return known[0] if known and known[0] in tabs else tab_of_address(search, tabs)


def tab_of_address(search: object, tabs: Mapping[str, str]) -> str | None:
    """The tab that an address asks for, or None where it asks for none of these.

    Examples
    --------
    >>> tab_of_address("?tab=map", {"map": "Map"}), tab_of_address("?tab=x", {"map": "Map"})
    ('map', None)
    """
    asked = parse_qs(str(search or "").removeprefix("?")).get("tab", [""])[0]
    return asked if asked in tabs else None

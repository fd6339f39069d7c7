"""Tabs and controls of the Segments page, by permission."""

from __future__ import annotations

from dashapp.auth.permissions import Right, may
from dashapp.pages.segments.ids import Ids

TABS = {
    "map": "Map",
    "profiles": "Profiles",
    "distribution": "Distribution",
    "compare": "Compare",
    "evidence": "Evidence",
    "customers": "Customers",
    "actions": "Actions",
}
# Tabs that show customers, which are not part of a model file.
NEED_CUSTOMERS = ("map", "customers")
# Controls that change something on this page.
CONTROLS = (Ids.FIND, Ids.APPLY, Ids.OPTION, Ids.NAME, Ids.TAKE, Ids.WRITE)


def visible_tabs() -> dict[str, str]:
    """Return this visitor's tabs; those with customers only with the right to see data."""
    hidden = () if may(Right.DATA) else NEED_CUSTOMERS
    return {name: label for name, label in TABS.items() if name not in hidden}

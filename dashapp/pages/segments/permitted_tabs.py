"""Which tabs and controls of the Segments page a visitor has."""

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
# Tabs that show customers, which a model file does not hold.
NEED_CUSTOMERS = ("map", "customers")
# What changes something on this page.
CONTROLS = (Ids.FIND, Ids.APPLY, Ids.OPTION, Ids.NAME, Ids.TAKE, Ids.WRITE)


def visible_tabs() -> dict[str, str]:
    """The tabs for this visitor: those about customers only where they may be seen."""
    hidden = () if may(Right.DATA) else NEED_CUSTOMERS
    return {name: label for name, label in TABS.items() if name not in hidden}

"""What a visitor may do, and how routes and callbacks declare what they need.

Access is denied by default: a route or callback that declares no need is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from flask import g, has_app_context

F = TypeVar("F", bound=Callable[..., Any])


class Right(StrEnum):
    """One thing that a visitor may do."""

    VIEW = "view"
    """See the segments of a model, but none of its customers."""
    DATA = "data"
    """See the customers: the pages Data and Explore, lists and their files."""
    PREDICT = "predict"
    """Score one customer or a file."""
    CHANGE = "change"
    """Upload data, find and name segments, download the model."""


class Door(StrEnum):
    """Needs other than a right: open to everyone, or closed to everyone."""

    PUBLIC = "public"
    CLOSED = "closed"


Need = Right | Door
Rights = frozenset[Right]

# What a launch link may grant; several names are separated by spaces (RFC 6749, section 3.3).
SCOPES: Mapping[str, Rights] = MappingProxyType(
    {
        "view-model": frozenset({Right.VIEW}),
        "view-pages": frozenset({Right.VIEW, Right.DATA}),
        "predict": frozenset({Right.VIEW, Right.PREDICT}),
        "full": frozenset({Right.VIEW, Right.DATA, Right.PREDICT, Right.CHANGE}),
    }
)
# Rights of signed-in people by role.
ROLES: Mapping[str, Rights] = MappingProxyType(
    {
        "viewer": SCOPES["view-pages"] | SCOPES["predict"],
        "analyst": SCOPES["full"],
        "admin": SCOPES["full"],
    }
)


def rights_in(names: str, known: Mapping[str, Rights]) -> Rights:
    """Return the rights of the scopes or roles in a text; unknown names grant none.

    Examples
    --------
    >>> sorted(rights_in("view-model predict", SCOPES))
    [<Right.PREDICT: 'predict'>, <Right.VIEW: 'view'>]
    >>> rights_in("everything", SCOPES)
    frozenset()
    """
    return frozenset().union(*(known.get(name, frozenset()) for name in names.split()))


def needs(need: Need) -> Callable[[F], F]:
    """Declare what a route or callback needs; `dashapp.web.guards.access` enforces it.

    Place it between the registering decorator and the function.
    """

    def declare(function: F) -> F:
        function.need = need  # type: ignore[attr-defined]  # read by need_of
        return function

    return declare


def need_of(function: object) -> Need | None:
    """Return the declared need of a route or callback, or None."""
    return getattr(function, "need", None)


def may(right: Right) -> bool:
    """Whether the current visitor has this right; anonymous requests have none."""
    identity = g.get("portal_identity") if has_app_context() else None
    return identity is not None and right in identity.rights


def is_person() -> bool:
    """Whether the current visitor is a signed-in person."""
    identity = g.get("portal_identity") if has_app_context() else None
    return identity is not None and bool(identity.user)

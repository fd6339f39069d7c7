"""Validation of values that a browser sends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


class BadInputError(ValueError):
    """A browser sent a value that none of our pages can send."""


CONTENT_ID = re.compile(r"[0-9a-f]{8,64}")


def content_id_or_none(value: object) -> str | None:
    """Return a content id, or None if the browser has none.

    Raises
    ------
    BadInputError
        If the value is anything else.

    Examples
    --------
    >>> content_id_or_none("../etc/passwd")
    Traceback (most recent call last):
    dashapp.page.inputs.BadInputError: not a content id
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not CONTENT_ID.fullmatch(value):
        raise BadInputError("not a content id")
    return value


def text_or_none(value: object, *, limit: int = 500) -> str | None:
    """Return a text of bounded length, or None; reject other types."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > limit:
        raise BadInputError("expected a short text")
    return value


def one_of(value: object, allowed: tuple[str, ...] | list[str], default: str) -> str:
    """Return one of the allowed words; ``default`` if the browser has none yet.

    Examples
    --------
    >>> one_of("mean", ("mean", "median"), "mean")
    'mean'
    """
    text = text_or_none(value)
    if text is None:
        return default
    if text not in allowed:
        raise BadInputError(f"expected one of {', '.join(allowed)}")
    return text


def texts(value: object, *, limit: int = 1000) -> tuple[str, ...]:
    """Return a list of short texts; None becomes the empty list."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or len(value) > limit:
        raise BadInputError("expected a list of texts")
    return tuple(item for item in map(text_or_none, value) if item is not None)


def number_or_none(value: object) -> float | None:
    """Return a finite number, or None; reject booleans and other types."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadInputError("expected a number")
    try:
        number = float(value)
    except ValueError as error:
        raise BadInputError("expected a number") from error
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        raise BadInputError("expected a finite number")
    return number


def record(value: object, *, limit: int = 1000) -> dict[str, Any]:
    """Return an object with text keys and scalar values, such as a form."""
    if not isinstance(value, Mapping) or len(value) > limit:
        raise BadInputError("expected an object")
    if not all(isinstance(key, str) for key in value):
        raise BadInputError("expected text keys")
    if any(isinstance(item, list | Mapping) for item in value.values()):
        raise BadInputError("expected scalar values")
    return dict(value)

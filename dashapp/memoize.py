"""Memoize computations on the same data.

A figure and its sentence compute the same values, and a table's alerts are shown more than once;
for a million customers each sorting or splitting takes 10 to 30 ms.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def once(function: Callable[P, R]) -> Callable[P, R]:
    """Memoize a function of frames and arrays for as long as these live.

    Parameters
    ----------
    function
        Pure; its result must not refer to its arguments. Frames, series and arrays are compared
        by identity, so they must not be changed between calls; everything else by value.

    Examples
    --------
    >>> import numpy as np
    >>> asked = []
    >>> total = once(lambda values: asked.append(1) or values.sum())
    >>> some = np.ones(3)
    >>> float(total(some)), float(total(some)), len(asked)
    (3.0, 3.0, 1)
    """
    kept: dict[tuple[Any, ...], R] = {}

    @wraps(function)
    def ask(*given: P.args, **named: P.kwargs) -> R:
        key = tuple(_key(each) for each in (*given, *named.items()))
        if key not in kept:
            kept[key] = function(*given, **named)
            for data in given:
                if not isinstance(data, Hashable):
                    weakref.finalize(data, kept.pop, key, None).atexit = False
        return kept[key]

    return ask


def _key(value: object) -> object:
    return value if isinstance(value, Hashable) else id(value)

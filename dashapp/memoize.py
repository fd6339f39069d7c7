"""What is asked of the same data again is worked out once.

A figure and its sentence ask the same of their data, and a table's alerts are looked at more than
once; of a million customers each sorting and splitting takes 10 to 30 ms.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def once(function: Callable[P, R]) -> Callable[P, R]:
    """Remember what a function makes of frames and arrays, for as long as these live.

    Parameters
    ----------
    function
        Pure; its answer must hold none of the data that it was given. Frames, series and arrays
        are told apart by identity, so nobody may change them in between; all else by value.

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

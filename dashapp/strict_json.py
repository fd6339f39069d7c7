"""Parse untrusted JSON in linear time: bounded depth, no duplicate names or unsafe numbers."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

# A string in JSON; the last one may be unterminated. Possessive, so that no body is scanned twice.
TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
# The largest float has 309 digits.
LONGEST_NUMBER = 308
BRACKETS = b"[]{}"
NO_BRACKET = bytes(set(range(256)) - set(BRACKETS))
OPENING = frozenset(b"[{")


def parse_json(body: bytes, deepest: int) -> Any:
    """Parse JSON of bounded depth (RFC 8259) in linear time.

    Parameters
    ----------
    body
        UTF-8 without a byte order mark.
    deepest
        Maximum depth of lists and objects.

    Raises
    ------
    ValueError
        With the reason in words: not UTF-8, nested too deeply, not JSON, a duplicate name in an
        object, or a number that is infinite, NaN, or thousands of digits long.

    Examples
    --------
    >>> parse_json(b'{"a": [1, 2]}', 2)
    {'a': [1, 2]}
    >>> parse_json(b'{"a": 1, "a": 2}', 2)
    Traceback (most recent call last):
    ValueError: the name “a” stands twice in it
    """
    if depth_of(body, deepest) > deepest:
        raise ValueError("it is nested too deeply")
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_without_doubles,
            parse_constant=_refuse_number,
            parse_int=_whole,
            parse_float=_finite,
        )
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except json.JSONDecodeError:
        raise ValueError("it is not JSON") from None


def depth_of(body: bytes, enough: int) -> int:
    """Return how deeply lists and objects are nested; counting stops above ``enough``.

    Examples
    --------
    >>> depth_of(b'[{"a": "]]]"}, [[]]]', 50)
    3
    """
    depth = deepest = 0
    for bracket in TEXT.sub(b"", body).translate(None, NO_BRACKET):
        depth += 1 if bracket in OPENING else -1
        deepest = max(deepest, depth)
        if deepest > enough:
            break
    return deepest


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name “{double[:40]}” stands twice in it")
    return found


def _whole(text: str) -> int:
    # As a float it would be infinite, and Python refuses to parse thousands of digits.
    return int(text) if len(text) <= LONGEST_NUMBER else _refuse_number(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        _refuse_number(text)
    return number


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is not a number in it")

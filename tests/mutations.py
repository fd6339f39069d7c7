"""JSON that is almost what our pages send: one or a few places in it are odd."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**53, -(2**63), 1e308, -0.0, 1e-320, 0.5),
    *("", " ", "x", "\0", "a\0b", "\n", "=1+1", "<script>", "../../etc/passwd", "%00", "x" * 600),
    *("x" * 40_000, "\u202e", "\ufeff", "\U0001f600", "e\u0301", "__proto__", "constructor"),
    *("NaN", "1e999", "9" * 400, "²", "٣", "1_0", "-", "null", "[]", "0" * 32, "f" * 64),
    *("unassigned", "s1", "s999999", "?tab=map", "?" + "a=1&" * 500, "/explore"),
    *([], {}, [[]], [{}], [None], ["x"] * 1001, {"": ""}, {"\0": 1}, {"dataset": "0" * 32}),
    *({"points": [{}]}, {"points": [{"x": [], "customdata": {}}]}, {"id": "0" * 32}),
)
PIECES = (b"", b'"', b"\0", b"\xff", b"[" * 30, b"9" * 30, b"a" * 30)


def mutated(chance: random.Random, value: Any, odd: tuple[Any, ...] = ODD) -> Any:
    """A copy with one to three of its places changed, taken away or moved."""
    found = copy.deepcopy(value)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        places = list(_places(found))
        if not places:
            return chance.choice(odd)
        holder, key = chance.choice(places)
        _change(chance, holder, key, odd)
    return found


def mutated_bytes(chance: random.Random, data: bytes) -> bytes:
    """A copy with a few bytes replaced, removed, repeated or added."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5))):
        start = chance.randrange(len(found) + 1)
        end = min(len(found), start + chance.choice((0, 1, 2, 20)))
        found[start:end] = chance.choice((*PIECES, chance.randbytes(1), found[start:end] * 3))
    return bytes(found)


def mutated_json(chance: random.Random, value: Any, odd: tuple[Any, ...] = ODD) -> bytes:
    """Bytes of a mutated value, and now and then of mutated bytes."""
    if chance.random() < 0.15:
        return mutated_bytes(chance, json.dumps(value).encode())
    return json.dumps(mutated(chance, value, odd)).encode()


def _change(chance: random.Random, holder: Any, key: Any, odd: tuple[Any, ...]) -> None:
    """Change one place."""
    match chance.randrange(8):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[str(chance.choice(odd))[:100]] = holder.pop(key)
        case 2 if isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        case 3:
            holder[key] = [holder[key]]
        case 4:
            holder[key] = {"value": holder[key]}
        case _:
            holder[key] = copy.deepcopy(chance.choice(odd))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place in a value, as what holds it and its key there."""
    if not isinstance(value, dict | list):
        return
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        yield from _places(value[key])

"""Typed JSON: dataclasses to plain JSON and back, checked value by value.

A model file comes from anywhere. Nothing in it is believed: every value is compared with
the annotation of the field it is meant for, so that a wrong file fails with a sentence
here and not with an odd error somewhere later. Numbers are finite, texts are bounded and can be
written as UTF-8.
"""

from __future__ import annotations

import math
import sys
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from segmentation.errors import ModelFileError

T = TypeVar("T")

# The longest texts are rules: three conditions, each with a column's name and a level.
LONGEST_TEXT = 5_000
# Whole numbers fit into 64 bits, as everywhere in numpy.
LARGEST_INTEGER = 2**63 - 1
# What has no type of its own (the parameters of an algorithm) is no deeper than this.
DEEPEST = 3


def to_json(value: Any) -> Any:
    """Turn dataclasses, tuples and numpy numbers into plain JSON values.

    NaN and infinities become ``None``: they are not JSON.

    Examples
    --------
    >>> from segmentation.segments.segment import Rule
    >>> to_json(Rule("Age below 30", 0.9, float("nan")))
    {'text': 'Age below 30', 'coverage': 0.9, 'precision': None}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_json(item) for item in value]
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def from_json(kind: type[T], value: Any, where: str) -> T:
    """Build a value of type ``kind`` from plain JSON.

    Parameters
    ----------
    kind
        A dataclass, or an annotation made of dataclasses, ``tuple[T, ...]``,
        ``dict[str, T]``, unions, ``str``, ``int``, ``float`` and ``bool``.
    value
        What ``json.loads`` returned.
    where
        Path of the value in the document, for the error's sentence.

    Raises
    ------
    ModelFileError
        Where the value does not have the announced type.

    Examples
    --------
    >>> from_json(tuple[int, ...], [1, 2], "sizes")
    (1, 2)
    """
    result: T = _convert(kind, value, where)
    return result


def _convert(kind: Any, value: Any, where: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _convert_union(kind, value, where)
    if origin is tuple:
        return _convert_tuple(kind, value, where)
    if origin is dict:
        (_, item_kind) = get_args(kind)
        items = _expect(dict, value, where)
        return {
            _text(key, where): _convert(item_kind, item, f"{where}.{key}")
            for key, item in items.items()
        }
    if is_dataclass(kind):
        return _convert_dataclass(kind, value, where)
    return _convert_scalar(kind, value, where)


def _convert_union(kind: Any, value: Any, where: str) -> Any:
    options = get_args(kind)
    if value is None and type(None) in options:
        return None
    for option in options:
        if option is not type(None) and _matches(option, value):
            return _convert(option, value, where)
    raise _wrong(where, value)


def _matches(option: Any, value: Any) -> bool:
    if option in (str, bool, int):
        return type(value) is option
    if option is float:
        return _is_number(value)
    return isinstance(value, (dict, list))


def _convert_tuple(kind: Any, value: Any, where: str) -> tuple[Any, ...]:
    items = _expect(list, value, where)
    kinds = get_args(kind)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_convert(kinds[0], item, f"{where}[{i}]") for i, item in enumerate(items))
    if len(kinds) != len(items):
        raise _wrong(where, value)
    return tuple(
        _convert(k, item, f"{where}[{i}]")
        for i, (k, item) in enumerate(zip(kinds, items, strict=True))
    )


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _convert_dataclass(kind: Any, value: Any, where: str) -> Any:
    document = _expect(dict, value, where)
    hints = _hints(kind)
    arguments = {}
    for field in fields(kind):
        if field.name in document:
            arguments[field.name] = _convert(
                hints[field.name], document[field.name], f"{where}.{field.name}"
            )
        elif field.default is MISSING:
            raise ModelFileError(f"The model file is damaged: {where} lacks {field.name}.")
    return kind(**arguments)


def _convert_scalar(kind: Any, value: Any, where: str) -> Any:
    if kind is Any:
        return _plain(value, where, DEEPEST)
    if kind is float:
        return _convert_float(value, where)
    if kind is int:
        return _integer(value, where)
    if issubclass(kind, str):
        return _member(kind, _text(value, where), where)
    return _expect(kind, value, where)


def _plain(value: Any, where: str, depth: int) -> Any:
    """Check a value whose type is not known."""
    if isinstance(value, list) and depth:
        return [_plain(item, where, depth - 1) for item in value]
    if isinstance(value, dict) and depth:
        return {_text(key, where): _plain(item, where, depth - 1) for key, item in value.items()}
    if isinstance(value, str):
        return _text(value, where)
    if value is None or isinstance(value, bool):
        return value
    return _integer(value, where) if isinstance(value, int) else _convert_float(value, where)


def _integer(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_INTEGER:
        raise _wrong(where, value)
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _wrong(where, value)
    if len(value) > LONGEST_TEXT:
        raise ModelFileError(f"The model file is damaged: {where} holds a text of extreme length.")
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ModelFileError(f"The model file is damaged: {where} holds half of a character.")
    return value


def _member(kind: type[str], value: str, where: str) -> str:
    """Find a text among those that an enumeration allows."""
    if issubclass(kind, StrEnum) and value not in set(kind):
        raise _wrong(where, value)
    return kind(value)


def _convert_float(value: Any, where: str) -> float:
    if value is None:  # NaN and infinities are written as null
        return math.nan
    if not _is_number(value) or not abs(value) <= sys.float_info.max:
        raise _wrong(where, value)
    return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _expect(kind: type, value: Any, where: str) -> Any:
    if not isinstance(value, kind):
        raise _wrong(where, value)
    return value


def _wrong(where: str, value: Any) -> ModelFileError:
    return ModelFileError(
        f"The model file is damaged: {where} holds an unexpected {type(value).__name__}."
    )

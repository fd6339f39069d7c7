"""No regular expression takes more than linear time, whatever text somebody sends."""

from __future__ import annotations

import ast
import importlib
import itertools
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, cast

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*ROOT.glob("segmentation/**/*.py"), *ROOT.glob("dashapp/**/*.py")])
METHODS = {"match", "fullmatch", "search", "sub", "subn", "findall", "finditer", "split"}
# Modules that start a server when they are imported.
STARTING = {"dashapp.wsgi", "dashapp.gunicorn_conf", "dashapp.__main__", "segmentation.__main__"}
# Quadratic time at the last size takes some seconds; a worse pattern shows at an earlier one.
SIZES = (50, 200, 1_000, 5_000, 20_000)
SECONDS = 0.15
Pattern = re.Pattern[str] | re.Pattern[bytes]


def module_of(path: Path) -> str:
    """The dotted name of a source file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def used_methods(*trees: ast.Module) -> dict[str, set[str]]:
    """Name of a pattern → how it is applied in these modules."""
    found: dict[str, set[str]] = {}
    for node in itertools.chain.from_iterable(map(ast.walk, trees)):
        if isinstance(node, ast.Attribute) and node.attr in METHODS:
            target = node.value
            name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
            found.setdefault(name, set()).add(node.attr)
    return found


def literal_patterns(tree: ast.Module) -> Iterator[tuple[str, str, Pattern]]:
    """Patterns that are written where they are applied: ``re.match("…", text)``."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if node.func.attr not in METHODS or getattr(node.func.value, "id", "") != "re":
            continue
        first = node.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str | bytes):
            yield f"line {node.lineno}", node.func.attr, re.compile(first.value)


def patterns_in(value: object) -> Iterator[Pattern]:
    """Patterns in a module's value, in lists, tuples and tables as well."""
    kind = type(value)  # asking a proxy of Flask what it is would need a request
    if kind is re.Pattern:
        yield cast("Pattern", value)
    elif issubclass(kind, Mapping):
        yield from itertools.chain.from_iterable(map(patterns_in, cast("Any", value).values()))
    elif issubclass(kind, list | tuple | set | frozenset):
        yield from itertools.chain.from_iterable(map(patterns_in, cast("Any", value)))
    elif is_dataclass(kind):
        yield from itertools.chain.from_iterable(
            patterns_in(getattr(value, field.name, None)) for field in fields(kind)
        )


def all_patterns() -> Iterator[tuple[str, str, Pattern]]:
    """Every pattern of the program: where it stands, how it is applied, and itself."""
    trees = {module_of(path): ast.parse(path.read_text()) for path in SOURCES}
    used = used_methods(*trees.values())
    for name, tree in trees.items():
        yield from ((f"{name} {where}", how, found) for where, how, found in literal_patterns(tree))
        if name in STARTING:
            continue
        own = used_methods(tree)
        for attribute, value in vars(importlib.import_module(name)).items():
            # Of a table of patterns nobody can tell how it is applied: as most are.
            for pattern in patterns_in(value):
                applied = own if attribute.startswith("_") else used
                for how in sorted(applied.get(attribute, {"match", "search"})):
                    yield f"{name}.{attribute}", how, pattern


def hostile(pattern: Pattern) -> Iterator[str]:
    """Pieces whose repetition makes a bad pattern try everything."""
    source = (
        pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    )
    letters = sorted({letter for letter in source if not letter.isalnum()})[:12]
    yield from (" ", "1", "a", "A", "1 ", "a ", "a1", "1,", "1.", "\t", "\n", '"', "\\", "é", "-1")
    yield from letters
    yield from ("a" + letter for letter in letters)
    yield from (letter + "1" for letter in letters)


def texts(piece: str, size: int) -> Iterator[str]:
    """A run of a piece, and two with something between, each ending in what fits nothing."""
    run = piece * (size // len(piece))
    half = piece * (size // 2 // len(piece))
    for end in ("", "\x00", " x!"):
        yield run + end
    yield f"{half}1{half}x"
    yield f"x{half}\x00{half}"


def seconds(pattern: Pattern, how: str, subject: str | bytes) -> float:
    """Processor time of applying a pattern to a text once."""
    replacing = [subject[:0]] if how in {"sub", "subn"} else []
    began = time.process_time()
    result = getattr(pattern, how)(*replacing, subject)
    if how == "finditer":
        all(result)
    return time.process_time() - began


@pytest.mark.parametrize(
    ("where", "how", "pattern"),
    [pytest.param(*found, id=f"{found[0]}-{found[1]}") for found in dict.fromkeys(all_patterns())],
)
def test_no_pattern_takes_more_than_linear_time(where: str, how: str, pattern: Pattern) -> None:
    is_bytes = isinstance(pattern.pattern, bytes)
    for piece in hostile(pattern):
        for size in SIZES:
            for text in texts(piece, size):
                subject = text.encode() if is_bytes else text
                if seconds(pattern, how, subject) > SECONDS:  # again: the machine may be busy
                    took = min(seconds(pattern, how, subject) for _ in range(3))
                    assert took < SECONDS, f"{where}: {size} times {piece!r} took {took:.2f} s"

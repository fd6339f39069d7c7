"""A small application for web workers: bodies of every size, and a large response."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

PIECE, PIECES = b"x" * 64 * 1024, 100


def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Say how long the body was, or send a large response."""
    path = environ["PATH_INFO"]
    if path == "/body":
        start("200 OK", [("Content-Type", "text/plain")])
        return [str(len(environ["wsgi.input"].read())).encode()]
    start("200 OK", [("Content-Type", "text/plain")])
    return pieces(environ, fail=path == "/broken") if path in {"/large", "/broken"} else [b"here"]


def pieces(environ: dict[str, Any], *, fail: bool) -> Iterator[bytes]:
    """Six megabytes; tells the log when it ends before."""
    try:
        for _ in range(PIECES):
            yield PIECE
            if fail:
                raise RuntimeError("on purpose")
    except GeneratorExit:
        environ["wsgi.errors"].write("called off\n")
        raise

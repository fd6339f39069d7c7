"""The only place that parses a request's JSON: bounded, strict, and once.

Guards and handlers, including Dash's own, read the same parsed value. Two parsers could disagree
about a body, and then a guard would check something other than what is executed.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Request, request
from werkzeug.exceptions import BadRequest, LengthRequired, UnsupportedMediaType

from dashapp.strict_json import parse_json

# A filled-in form with references nests about eight levels.
DEEPEST = 50
NOT_OURS = "This is not a request of the portal's pages: {fault}."


def install(server: Flask) -> None:
    """Refuse bodies of unknown length before anything reads them.

    Browsers always send the length. A broken chunked body would otherwise fail wherever it happens
    to be read.
    """

    @server.before_request
    def refuse_chunks() -> None:
        if "Transfer-Encoding" in request.headers:
            raise LengthRequired("The request must say its length.")


class PortalRequest(Request):
    """A request that parses JSON strictly; see the module docstring."""

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """Return the parsed body; an unreadable body always raises an error, never returns None.

        Parameters
        ----------
        force, silent, cache
            Flask's parameters, ignored: every caller gets the same value.

        Raises
        ------
        BadRequest, LengthRequired, UnsupportedMediaType
            If the body is not JSON as our own pages send it.
        """
        del force, silent, cache
        if not hasattr(self, "_strict_json"):
            self._strict_json = self._read_json()
        return self._strict_json

    def _read_json(self) -> Any:
        if self.content_length is None:
            raise LengthRequired("The request must say its length.")
        if not self.is_json or self.headers.get("Content-Encoding"):
            raise UnsupportedMediaType("The request must be plain JSON.")
        try:
            return parse_json(self.get_data(), DEEPEST)
        except ValueError as error:
            raise BadRequest(NOT_OURS.format(fault=error)) from None

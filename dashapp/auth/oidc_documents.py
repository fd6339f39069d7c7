"""Fetch and cache the JSON documents of an identity provider."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from threading import Lock
from typing import Any

# Seconds to connect and to wait for bytes: the user sees a blank page meanwhile.
TIMEOUT = (3.05, 5.0)
# After a failure, other requests fail at once for this long.
PAUSE_SECONDS = 5
LONGEST_ANSWER = 1_000_000


class SignInError(Exception):
    """The sign-in failed; ``str()`` is a short reason for the log."""


class ProviderAwayError(SignInError):
    """The provider does not respond, or not as the standard requires."""


class Documents:
    """JSON documents by URL, shared by all threads of a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}
        self._failed = -float("inf")

    def get(self, address: str, seconds: float) -> dict[str, Any]:
        """Return a document that is at most so many seconds old.

        Raises
        ------
        ProviderAwayError
            If fetching fails, or failed a moment ago.
        """
        with self._lock:
            now = time.monotonic()
            kept = self._kept.get(address)
            if kept is not None and now - kept[0] < seconds:
                return kept[1]
            if now - self._failed < PAUSE_SECONDS:
                raise ProviderAwayError("failed a moment ago")
            try:
                found = fetch(address)
            except ProviderAwayError:
                self._failed = time.monotonic()
                raise
            self._kept[address] = (now, found)
            return found


def fetch(address: str) -> dict[str, Any]:
    """Fetch a JSON object from the provider with limits on time and size, without redirects.

    Raises
    ------
    ProviderAwayError
        If the response is anything else.
    """
    import requests
    from urllib3.exceptions import HTTPError  # urllib3's own, raised while a body is read

    try:
        with requests.get(address, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer:
            text = answer.raw.read(LONGEST_ANSWER + 1, decode_content=True)
            found = json.loads(text) if answer.status_code == 200 else None
    except (requests.RequestException, HTTPError, OSError, RecursionError, ValueError) as error:
        raise ProviderAwayError(f"document: {type(error).__name__}") from None
    if not isinstance(found, dict) or len(text) > LONGEST_ANSWER:
        raise ProviderAwayError("document: not a JSON object")
    return found


def matching(document: Mapping[str, Any], kid: object, algorithm: str) -> list[Any]:
    """Return the keys of a key set (RFC 7517) with an id and an algorithm.

    A token without a key id matches only if the provider has a single such key.
    """
    import jwt

    kind = {"RS256": "RSA", "ES256": "EC"}[algorithm]
    listed = document.get("keys")
    found = []
    for entry in listed if isinstance(listed, list) else []:
        fits = isinstance(entry, dict) and entry.get("kty") == kind
        if fits and entry.get("use", "sig") == "sig" and kid in (None, entry.get("kid")):
            try:
                found.append(jwt.PyJWK(entry, algorithm))
            except jwt.PyJWTError:
                continue  # not one of ours: a key of an unknown type
    return found

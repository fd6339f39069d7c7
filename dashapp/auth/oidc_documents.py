"""Documents of a provider of identities: fetched with care, and kept for a while."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from threading import Lock
from typing import Any

# Seconds to connect and to wait for bytes: somebody looks at a blank page meanwhile.
TIMEOUT = (3.05, 5.0)
# After a failure nobody else waits for the provider for so long.
PAUSE_SECONDS = 5
LONGEST_ANSWER = 1_000_000


class SignInError(Exception):
    """Nobody is signed in; ``str()`` is the reason in a few words, for the log."""


class ProviderAwayError(SignInError):
    """The provider does not answer, or not as the standard says."""


class Documents:
    """JSON documents by their address, shared by all threads of a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}
        self._failed = -float("inf")

    def get(self, address: str, seconds: float) -> dict[str, Any]:
        """A document, not older than so many seconds.

        Raises
        ------
        ProviderAwayError
            If it cannot be had, or could not be a moment ago.
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
    """A JSON object from the provider: within a time, of a bounded size, without redirects.

    Raises
    ------
    ProviderAwayError
        If that is not what comes.
    """
    import requests
    from urllib3.exceptions import HTTPError  # of its own while a body is read

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
    """The keys of a key set (RFC 7517) for a name and an algorithm.

    A token without a name fits if the provider has only one such key.
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
                continue  # a key of a kind we do not know is none of ours
    return found

"""Launch links: a host that shares a key with the portal grants access once.

The link carries a JSON Web Token (RFC 7519) signed with HMAC-SHA-256 under a separate key. It is
valid for ten minutes at most, opens one session, and names the only site that may frame it.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dashapp.auth.permissions import SCOPES, Right, Rights, rights_in
from dashapp.storage.keys import HEX_ID

ALGORITHM = "HS256"
ISSUER = "segmentation-host"
AUDIENCE = "segmentation-portal"
# A link is made for one visit; the session it opens lives longer.
LONGEST_SECONDS = 600
# Accepted difference between the clocks of host and portal.
LEEWAY_SECONDS = 10
LONGEST_TOKEN = 4096
THEMES = ("light", "dark")
REQUIRED = ("iss", "aud", "iat", "exp", "jti", "scope", "ancestor")
ALLOWED = {*REQUIRED, "model", "theme"}
# Long enough that two hosts never choose the same id by chance.
TOKEN_ID = re.compile(r"[A-Za-z0-9_-]{16,128}")


class LaunchError(Exception):
    """A link cannot be used; ``str()`` is a short reason for the log."""


@dataclass(frozen=True, slots=True)
class Launch:
    """The contents of a valid link.

    Attributes
    ----------
    rights
        What the session may do.
    ancestor
        Origin of the site that may frame it.
    model
        Id of the one shared model to show; None for a session that starts empty.
    theme
        ``"light"``, ``"dark"``, or None for the browser's preference.
    use
        Name under which the single use is recorded.
    """

    rights: Rights
    ancestor: str
    model: str | None
    theme: str | None
    use: str


def sign(
    key: bytes,
    scope: str,
    ancestor: str,
    *,
    model: str | None = None,
    theme: str | None = None,
    seconds: int = LONGEST_SECONDS,
) -> str:
    """Return a token for one launch.

    Parameters
    ----------
    key
        At least 32 bytes.
    scope
        Names of :data:`~dashapp.auth.permissions.SCOPES`, separated by spaces.
    ancestor, model, theme
        As in :class:`Launch`.
    seconds
        Seconds until the link expires.
    """
    import jwt  # imports 9 MB of cryptography, so only where links are used

    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + seconds,
        "jti": secrets.token_urlsafe(24),
        "scope": scope,
        "ancestor": ancestor,
    }
    claims |= {name: value for name, value in (("model", model), ("theme", theme)) if value}
    return jwt.encode(claims, key, algorithm=ALGORITHM)


def verify(token: str, key: bytes, ancestors: tuple[str, ...]) -> Launch:
    """Verify a token; the caller must record its single use.

    Parameters
    ----------
    token
        The token in the link.
    key
        The key shared with the host.
    ancestors
        Origins that the settings allow to frame the portal.

    Raises
    ------
    LaunchError
        If any part of it is invalid.
    """
    import jwt  # as above

    if len(token) > LONGEST_TOKEN:
        raise LaunchError("too long")
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            leeway=LEEWAY_SECONDS,
            options={"require": list(REQUIRED), "strict_aud": True},
        )
    except jwt.InvalidTokenError as error:
        raise LaunchError(type(error).__name__) from None
    return launch_of(claims, ancestors)


def launch_of(claims: Mapping[str, Any], ancestors: tuple[str, ...]) -> Launch:
    """Check signed claims; each error has its own reason."""
    model, theme = claims.get("model"), claims.get("theme")
    for is_fine, reason in (
        (set(claims) <= ALLOWED, "unknown claim"),
        (_is_short_lived(claims), "lives too long"),
        (_matches(TOKEN_ID, claims["jti"]), "bad jti"),
        (isinstance(claims["scope"], str), "bad scope"),
        (model is None or _matches(HEX_ID, model), "bad model"),
        (theme is None or theme in THEMES, "bad theme"),
        (frames(claims["ancestor"], ancestors), "ancestor is not in the settings"),
    ):
        if not is_fine:
            raise LaunchError(reason)
    names = claims["scope"].split()
    rights = rights_in(claims["scope"], SCOPES)
    if not names or not set(names) <= set(SCOPES):
        raise LaunchError("unknown scope")
    if model is None and Right.CHANGE not in rights:
        raise LaunchError("nothing to see without a model")
    return Launch(rights, claims["ancestor"], model, theme, f"launch:{claims['jti']}")


def frames(origin: object, ancestors: tuple[str, ...]) -> bool:
    """Whether an origin may frame the portal.

    Examples
    --------
    >>> frames("https://bi.example", ("https://bi.example",))
    True
    >>> frames("https://a.host.example", ("https://*.host.example",))
    True
    >>> frames("https://host.example.evil", ("https://*.host.example",))
    False
    """
    if not isinstance(origin, str) or not re.fullmatch(r"https?://[a-z0-9.-]+(:\d{1,5})?", origin):
        return False
    return any(_covers(urlsplit(allowed), origin) for allowed in ancestors)


def _covers(allowed: Any, origin: str) -> bool:
    """Whether an allowed ancestor, possibly with a leading ``*.``, covers an origin."""
    asked = urlsplit(origin)
    try:
        is_same = (asked.scheme, asked.port) == (allowed.scheme, allowed.port)
    except ValueError:  # a port above 65535
        return False
    if not is_same:
        return False
    host, pattern = str(asked.hostname), str(allowed.hostname)
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _is_short_lived(claims: Mapping[str, Any]) -> bool:
    """Whether both times are whole seconds and close enough together."""
    issued, expires = claims["iat"], claims["exp"]
    whole = all(
        isinstance(value, int) and not isinstance(value, bool) for value in (issued, expires)
    )
    return whole and 0 < expires - issued <= LONGEST_SECONDS


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None

"""Identity mode ``proxy``: a reverse proxy signs people in and names them in headers.

The proxy authenticates by a secret shared with the portal. A request without the secret is
anonymous, whatever else it says.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import replace

from flask import request
from werkzeug.exceptions import Unauthorized

from dashapp.auth.identity import Admit, Identity
from dashapp.auth.permissions import ROLES, rights_in
from dashapp.settings.portal_settings import Settings
from dashapp.storage.secret_key import derived_key

SECRET_HEADER = "X-Portal-Secret"  # noqa: S105 - a header's name
USER_HEADER = "X-Portal-User"
ROLES_HEADER = "X-Portal-Roles"
# No comma: servers join repeated headers with one, so a second value is never accepted.
USER = re.compile(r"[^\s,;][^,;\x00-\x1f\x7f]{0,199}")
NAMES = re.compile(r"[a-z ]{0,100}")
REFUSED = "Sign in through the portal's own address."


def admit_by_proxy(settings: Settings) -> Admit:
    """Admit the user that the proxy names; each user has separate sessions.

    Parameters
    ----------
    settings
        Settings with the secret of the proxy.

    Returns
    -------
    callable
        Refuses with 401 requests that do not come through the proxy. Roles are those of the
        present request; a cookie of another user starts a new session. Views launched by a
        signed link need no proxy.
    """
    assert settings.proxy_secret is not None
    secret = settings.proxy_secret.get_secret_value().encode()
    key = derived_key(settings, "user")

    def admit(known: Identity | None) -> Identity:
        if known is not None and known.ancestor:
            return known
        if not hmac.compare_digest(_header(SECRET_HEADER).encode(), secret):
            raise Unauthorized(REFUSED)
        name, roles = _header(USER_HEADER), _header(ROLES_HEADER)
        if not USER.fullmatch(name) or not NAMES.fullmatch(roles):
            raise Unauthorized(REFUSED)
        user = hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:32]
        rights = rights_in(roles, ROLES)
        if known is None or known.user != user:
            return Identity.new(rights, user=user)
        return replace(known, rights=rights)

    return admit


def _header(name: str) -> str:
    return str(request.headers.get(name, ""))

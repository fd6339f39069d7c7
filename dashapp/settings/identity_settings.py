"""Settings for identity and access; part of `Settings`."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic import model_validator as check_together

PREFIX = "SEGMENTATION_"
# Packages that only identity mode oidc needs.
OIDC_PACKAGES = ("authlib", "requests")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class IdentitySettings(BaseModel):
    """How people are identified, and the settings each mode needs."""

    # An unknown mode must stop the start: falling back to open access would be the opposite of what
    # was asked for.
    identity: Literal["open", "proxy", "oidc"] = Field(
        default="open",
        description="Who may come in: open gives each browser its own session, proxy takes users "
        "and roles from a proxy in front, oidc signs people in at an OpenID Connect provider.",
    )
    open_to_all: bool = Field(
        default=False,
        description="Says a second time that a hosted portal may be open: everybody who reaches "
        "it may come in.",
    )
    proxy_secret: SecretStr | None = Field(
        default=None,
        description="Proves that a request comes from the proxy that signs people in; at least "
        "32 bytes.",
    )
    oidc_issuer: str = Field(
        default="",
        description="Address of the OpenID Connect provider, exactly as it names itself.",
    )
    oidc_client_id: str = Field(
        default="", description="Name under which the provider knows the portal."
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="Proves to the provider that it is the portal who asks."
    )
    oidc_roles_claim: str = Field(
        default="roles",
        description="Claim of the identity token that holds viewer, analyst or admin; dots lead "
        "into objects.",
    )
    proxy_hops: int = Field(
        default=0,
        ge=0,
        le=5,
        description="How many proxies in front set X-Forwarded-For, -Proto and -Host.",
    )

    @field_validator("oidc_issuer")
    @classmethod
    def _encrypted_issuer(cls, value: str) -> str:
        if value and not is_private_address(value):
            raise ValueError("is an https:// address without a query, such as https://id.example")
        return value

    @check_together(mode="after")
    def _proxy_needs_secret(self) -> Self:
        if self.identity == "proxy" and self.proxy_secret is None:
            raise ValueError(f"identity by proxy needs {PREFIX}PROXY_SECRET")
        return self

    @check_together(mode="after")
    def _oidc_is_complete(self) -> Self:
        if self.identity != "oidc":
            return self
        for name in ("oidc_issuer", "oidc_client_id", "oidc_client_secret"):
            if not getattr(self, name):
                raise ValueError(f"identity by oidc needs {PREFIX}{name.upper()}")
        if any(find_spec(package) is None for package in OIDC_PACKAGES):
            raise ValueError('identity by oidc needs its packages: pip install ".[oidc]"')
        return self


def is_private_address(value: object) -> bool:
    """Whether a URL is safe from eavesdropping: https, or on this machine.

    Examples
    --------
    >>> is_private_address("https://id.example/realm"), is_private_address("http://id.example")
    (True, False)
    """
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    encrypted = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return encrypted and bool(parts.hostname) and not parts.fragment and parts.username is None

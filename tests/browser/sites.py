"""Other sites around a portal: real names, https, and browsers with their own rules on cookies.

For browsers, ports and names below one domain are one site; only other names are other sites. The
names here end in ``.example`` and lead to this machine.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from playwright.sync_api import BrowserContext, Playwright

from tests.browser.conftest import CHROMIUM_FLAGS, chromium

FLAGS = [
    *CHROMIUM_FLAGS,
    "--host-resolver-rules=MAP *.example 127.0.0.1",
    "--ignore-certificate-errors",
]
# Chromium's preferences for each way in which people may have set their browser.
COOKIES: dict[str, dict[str, Any]] = {
    "allowed": {"cookie_controls_mode": 0, "block_third_party_cookies": False},
    "third-party blocked": {"cookie_controls_mode": 1, "block_third_party_cookies": True},
    "all blocked": {"default_content_setting_values": {"cookies": 2}},
}
# Sets a cookie on other sites' pages as trackers do, and shows which came back.
CONTROL = "control.example"


def write_certificate(folder: Path) -> Path:
    """A PEM file with a new key and a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "portal.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path = folder / "certificate.pem"
    path.write_bytes(
        certificate.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    return path


@dataclass
class Sites:
    """A server for all other sites; the host name of a request tells which.

    Attributes
    ----------
    pages
        HTML by host name; what is not there is empty.
    """

    certificate: Path
    pages: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sites = self

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host = self.headers["Host"].partition(":")[0]
                text = sites.pages.get(host, "")
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                if host == CONTROL:
                    text = f"<p>cookie: {self.headers.get('Cookie')}</p>"
                    self.send_header("Set-Cookie", "plain=1; Secure; SameSite=None")
                self.end_headers()
                self.wfile.write(f"<!doctype html><meta charset=utf-8>{text}".encode())

            def log_message(self, *_: object) -> None:
                return

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        # The handshake is for each connection's own thread: browsers open some that stay silent.
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def origin(self, host: str) -> str:
        """The origin of one of the sites."""
        return f"https://{host}:{self._server.server_port}"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def browser_with(playwright: Playwright, cookies: str, profile: Path) -> Iterator[BrowserContext]:
    """A Chromium whose user has chosen how to treat cookies."""
    preferences = profile / "Default" / "Preferences"
    preferences.parent.mkdir(parents=True)
    preferences.write_text(json.dumps({"profile": COOKIES[cookies]}))
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=chromium(playwright),
        args=FLAGS,
        ignore_https_errors=True,
        accept_downloads=True,
        viewport={"width": 1200, "height": 900},
    )
    try:
        yield context
    finally:
        context.close()

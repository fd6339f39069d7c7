"""What answers let a browser do."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from dashapp.app import create_app
from dashapp.auth.proxy_identity import ROLES_HEADER, SECRET_HEADER, USER_HEADER
from dashapp.settings.portal_settings import Settings
from tests.dashapp.portal import Portal
from tests.dashapp.web.answers import HOME, KINDS, Kind
from tests.dashapp.web.launching import HOST, hosted, launch, link
from tests.dashapp.web.provider import Provider
from tests.dashapp.web.signing_in import ask, settings_of

SECRET = "a-secret-of-the-proxy-of-40-characters!!"


MODES = ("open", "hosted", "proxy", "embedded")
LISTED = "'self' https://bi.example https://*.host.example"


@pytest.fixture(scope="module", params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """How the portal is run, and for whom."""
    return str(request.param)


@pytest.fixture(scope="module")
def anywhere(mode: str, tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """A portal of that mode, with a visitor who may do everything."""
    folder = tmp_path_factory.mktemp(mode)
    if mode == "open":
        return Portal.new(folder)
    if mode == "proxy":
        portal = hosted(folder, identity="proxy", proxy_secret=SECRET)
        client = portal.app.server.test_client()
        for header, value in ((SECRET_HEADER, SECRET), (USER_HEADER, "a"), (ROLES_HEADER, "admin")):
            client.environ_base[f"HTTP_{header.upper().replace('-', '_')}"] = value
        client.get("/", base_url=HOME)
        return Portal(portal.app, portal.context, client)
    portal = hosted(folder)
    return launch(portal, link())[1] if mode == "embedded" else portal


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_answer_is_hardened(mode: str, anywhere: Portal, kind: Kind) -> None:
    with kind.ask(anywhere) as answer:
        assert answer.status_code == kind.status, answer.text
        headers = answer.headers
    ancestors = "'self'" if mode == "open" else LISTED
    if mode == "embedded" and kind.known:
        ancestors = HOST
    policy = headers["Content-Security-Policy"]
    assert policy.endswith(f"; frame-ancestors {ancestors}")
    assert policy.startswith(("default-src 'self'; script-src 'self'", "default-src 'none'; "))
    assert "unsafe-eval" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == ("no-referrer" if kind.secret else "same-origin")
    assert "camera=()" in headers["Permissions-Policy"]
    shared = kind.name.startswith("file")  # the script that explains a sandbox
    assert headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if shared else "same-origin")
    assert ("Strict-Transport-Security" in headers) == (mode != "open")
    assert headers["Cache-Control"].startswith("public" if kind.kept else "no-store")
    assert not (kind.kept and "Set-Cookie" in headers)
    assert ("Retry-After" in headers) == (kind.status in {429, 503})


def test_the_way_to_a_sign_in_is_hardened(tmp_path: Path, provider: Provider) -> None:
    settings = settings_of(tmp_path, provider, hosted=True, secret_key="s" * 32)
    client = create_app(settings).server.test_client()
    for path, status in (("/", 303), ("/sign-in", 303), ("/sign-in/return?code=x", 401)):
        answer = ask(client, path)
        assert answer.status_code == status, path
        policy = answer.headers["Content-Security-Policy"]
        assert policy.endswith("; frame-ancestors 'self'"), path
        assert "Strict-Transport-Security" in answer.headers, path
        assert answer.headers["Cache-Control"] == "no-store", path
        told = "no-referrer" if "code" in path else "same-origin"
        assert answer.headers["Referrer-Policy"] == told, path


def test_the_policy_allows_each_script_of_the_page_and_no_eval(portal: Portal) -> None:
    response = portal.client.get("/")
    policy = response.headers["Content-Security-Policy"]
    script_src = re.search(r"script-src ([^;]+);", policy)
    assert script_src is not None
    assert "unsafe" not in script_src.group(1)
    inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", response.text, re.DOTALL)
    for attributes, code in inline:
        if "application/json" not in attributes:
            digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in script_src.group(1)


def test_only_listed_hosts_may_frame_the_portal(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path / "portal", frame_ancestors="https://bi.example https://*.host.example"
    )
    policy = create_app(settings).server.test_client().get("/").headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self' https://bi.example https://*.host.example")


def test_files_are_kept_for_long_and_carry_no_cookie(portal: Portal) -> None:
    page = portal.client.get("/").text
    files = re.findall(r'(?:src|href)="(/(?:_dash-component-suites|assets|vendor)/[^"]+)"', page)
    assert files
    for address in files:
        with portal.app.server.test_client().get(address.replace("&amp;", "&")) as response:
            assert response.status_code == 200, address
            assert "Set-Cookie" not in response.headers
            assert response.headers["Cache-Control"].startswith("public, max-age="), address


@pytest.mark.parametrize("path", ["/", "/explore", "/segments", "/predict", "/explore/"])
def test_pages_are_found(portal: Portal, path: str) -> None:
    assert portal.client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/explore/more", "/../etc/passwd", "/admin"])
def test_other_paths_are_not(portal: Portal, path: str) -> None:
    assert portal.client.get(path).status_code == 404

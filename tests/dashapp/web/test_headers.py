"""What answers let a browser do."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from dashapp.app import create_app
from dashapp.settings import Settings
from tests.dashapp.portal import Portal


def test_every_answer_is_hardened(portal: Portal) -> None:
    for path in ("/", "/explore", "/_dash-layout", "/_dash-dependencies", "/healthz", "/nothing"):
        headers = portal.client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert "object-src 'none'" in headers["Content-Security-Policy"], path
        assert headers["Referrer-Policy"] == "same-origin", path
        assert headers["Cache-Control"] == "no-store", path


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


def test_hosted_answers_ask_for_https(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path / "portal", hosted=True, open_to_all=True, secret_key="s" * 32
    )
    response = create_app(settings).server.test_client().get("/")
    assert "max-age=31536000" in response.headers["Strict-Transport-Security"]


def test_the_portal_at_home_does_not(portal: Portal) -> None:
    assert "Strict-Transport-Security" not in portal.client.get("/").headers


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

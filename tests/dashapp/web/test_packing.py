"""Scripts and styles are sent small, once, and only where they are needed."""

from __future__ import annotations

import re

import brotli
import pytest
from flask.testing import FlaskClient

from dashapp.app import SCRIPTS, warm_up
from dashapp.web.packing import Packer
from tests.dashapp.portal import Portal

PLOTLY = "/_dash-component-suites/plotly/package_data/plotly.min.js"
BROTLI = {"Accept-Encoding": "gzip, deflate, br, zstd"}


@pytest.fixture
def client(portal: Portal) -> FlaskClient:
    assert portal.client.get("/").status_code == 200  # registers the scripts, as every visit does
    return portal.client


def test_a_script_comes_packed_and_unpacks_to_itself(client: FlaskClient) -> None:
    plain, packed = client.get(PLOTLY), client.get(PLOTLY, headers=BROTLI)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert brotli.decompress(packed.data) == plain.data
    assert len(packed.data) < 0.3 * len(plain.data)


def test_a_worker_has_packed_the_first_page_before_anybody_comes(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm_up(portal.app.server)
    packed_late: list[int] = []
    monkeypatch.setattr(brotli, "compress", lambda data, **_: packed_late.append(len(data)) or b"")
    addresses = SCRIPTS.findall(portal.client.get("/").text)
    assert len(addresses) > 10
    for address in addresses:
        with portal.client.get(address, headers=BROTLI) as answer:
            assert answer.status_code == 200
    assert not packed_late


def test_an_unchanged_script_is_not_sent_again(client: FlaskClient) -> None:
    for path in (PLOTLY, "/assets/portal.css"):
        with client.get(path, headers=BROTLI) as first:
            known = {"If-None-Match": first.headers["ETag"]}
        with client.get(path, headers=BROTLI | known) as again:
            assert again.status_code == 304
            assert again.data == b""


def test_what_belongs_to_a_session_is_left_to_the_usual_compression(client: FlaskClient) -> None:
    answer = client.get("/_dash-layout", headers=BROTLI)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Encoding"] != "br"


def test_the_same_bytes_are_packed_once_and_the_longest_unused_go_first() -> None:
    packer = Packer(limit=60)
    first = packer.pack(b"a" * 1000)
    assert packer.pack(b"a" * 1000) is first
    for place in range(40):
        packer.pack(bytes([place]) * 1000)
    assert packer.pack(b"a" * 1000) is not first


def test_the_first_page_brings_no_grid_and_says_where_it_is(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    scripts = re.findall(r'<script src="([^"]+)"', page)
    assert not [path for path in scripts if "ag_grid" in path or "dash_table" in path]
    found = re.search(r'<meta name="portal-grid" content="([^"]+)"', page)
    assert found
    grid = client.get(found[1], headers=BROTLI)
    assert grid.status_code == 200
    assert "immutable" in grid.headers["Cache-Control"]

"""Slow clients of all kinds at once, without a proxy: others do not notice them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from dashapp.app import create_app
from dashapp.settings.portal_settings import Settings
from tests.callbacks import SAME_ORIGIN, find_by_input
from tests.servers import Server, start_server, stop_server
from tests.slow_clients import Siege, largest_script, slow_clients
from tests.visitor import Visitor
from tests.waiting import until

EACH = 20
CLICKS = 40
HEALTH = 10
FILE = b"Customer ID,Age,Total Spend\n" + b"".join(
    b"c%d,%d,%d\n" % (row, 20 + row % 50, (row % 3) * 400 + row % 17) for row in range(3000)
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    limits = {f"SEGMENTATION_{name}_PER_MINUTE": "100000" for name in ("UPLOADS", "REQUESTS")}
    running = start_server(tmp_path, **limits)
    yield running
    stop_server(running)


def test_two_hundred_slow_clients_hold_nobody_up(server: Server, tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path / "map"))
    visitor = Visitor(server.url, lambda output, input_: find_by_input(app, output, input_))
    visitor.upload("customers.csv", FILE)
    visitor.find_segments()
    cookie = "; ".join(f"{name}={value}" for name, value in visitor._http.cookies.items())
    query = f"data={visitor.refs['dataset']}&model={visitor.refs['model']}"
    script = largest_script(server.url)
    kinds = slow_clients(cookie, script, f"/download/customers.csv?{query}")
    with Siege(int(server.url.rpartition(":")[2]), kinds, EACH) as siege:
        until(
            lambda: len(siege.connected) == len(kinds) and siege.connected.total() >= siege.size,
            seconds=20, what="all slow clients have come",
        )  # fmt: skip
        for _ in range(CLICKS):
            # An answer of 503 fails here.
            assert visitor.fire("segments-content.children", "shell-refs.data", {})
        statuses = [
            requests.get(f"{server.url}/healthz", timeout=2).status_code for _ in range(HEALTH)
        ]
        assert statuses == [200] * HEALTH
        assert requests.get(f"{server.url}/readyz", timeout=5).status_code == 200
        assert requests.get(server.url + script, timeout=5).status_code == 200
        headers = {**SAME_ORIGIN, "X-Portal-Upload": "1", "X-File-Name": "a.csv"}
        sent = requests.post(f"{server.url}/upload", data=FILE * 60, headers=headers, timeout=20)
        assert sent.status_code == 202
        assert visitor.customers().count("\n") > 3000

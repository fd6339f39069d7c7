"""“Delete my data” as a browser asks for it, of a real portal."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from pathlib import Path

from dashapp.app import create_app
from dashapp.settings.portal_settings import Settings
from tests.callbacks import body_of, find_by_input
from tests.faults.conftest import Machine

CONFIRM = "shell-delete-confirm.n_clicks"


def delete_my_data(machine: Machine, cookie: str, folder: Path) -> None:
    app = create_app(Settings(data_dir=folder / "map"))
    callback = find_by_input(app, "shell-delete-dialog.is_open", CONFIRM)
    with closing(connection_to(machine)) as connection:
        connection.request(
            "POST", "/_dash-update-component", json.dumps(body_of(callback, {CONFIRM: 1}, CONFIRM)),
            {"Cookie": cookie, "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"},
        )  # fmt: skip
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()


def connection_to(machine: Machine) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", machine.settings.port, timeout=60)

"""The audit log tells who did what, and nothing about the customers."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from dashapp.auth.audit_log import AUDIT_FILE, AuditLog, append_line
from dashapp.settings.portal_settings import Settings
from tests.dashapp.portal import ORIGIN, Portal
from tests.dashapp.web.launching import hosted, launch, link

CANARY = "Canary-of-Ann"


def lines(portal: Portal) -> list[dict[str, Any]]:
    text = (portal.context.settings.data_dir / AUDIT_FILE).read_text()
    assert CANARY not in text
    return [json.loads(line) for line in text.splitlines()]


def test_a_whole_visit_stands_in_the_log_without_any_customer(portal: Portal) -> None:
    rows = "".join(f"{n},{CANARY}{n},{20 + n % 40},{n * 7 % 300}\n" for n in range(60))
    data = f"Customer ID,Name,Age,Total Spend\n{rows}".encode()
    job = portal.upload(f"{CANARY}.csv", data).get_json()["job"]
    refs = dict(portal.follow({"id": job}, {})["shell-refs.data"])
    refs = portal.with_model(refs)
    asked = {"data": refs["dataset"], "model": refs["model"], "q": CANARY}
    file = portal.client.post("/download/customers.csv", data=asked, headers=ORIGIN)
    assert file.status_code == 200
    confirm = "shell-delete-confirm.n_clicks"
    portal.fire("shell-refs.data", confirm, {confirm: 1})
    found = lines(portal)
    assert [line["event"] for line in found] == ["upload", "train", "export", "delete"]
    assert len({line["session"] for line in found}) == 1
    assert found[0]["bytes"] == len(data)
    mode = (portal.context.settings.data_dir / AUDIT_FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_what_was_refused_does_not_stand_in_it(portal: Portal) -> None:
    assert portal.client.get("/download/rejects.csv", headers=ORIGIN).status_code == 400
    assert not (portal.context.settings.data_dir / AUDIT_FILE).exists()


def test_a_launch_stands_in_it_without_its_token(tmp_path: Path) -> None:
    portal = hosted(tmp_path / "portal")
    path = link()
    launch(portal, path)
    (line,) = lines(portal)
    assert line["event"] == "launch"
    assert path.partition("=")[2] not in json.dumps(line)


def test_several_machines_write_to_standard_output(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path / "portal", redis_url="redis://localhost")
    AuditLog(settings).write("train", "a" * 32, "", {"job": "b"})
    assert json.loads(capsys.readouterr().out)["event"] == "train"


def test_a_line_that_the_disk_does_not_take_stands_in_the_log(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "portal")
    log = AuditLog(settings)
    (settings.data_dir / AUDIT_FILE).mkdir()
    with capture_logs() as logged:
        log.write("train", "a" * 32, "", {"job": "b"})
    (told,) = logged
    assert told["event"] == "audit_line_unwritten"
    assert (told["line"]["event"], told["line"]["job"]) == ("train", "b")


def test_a_line_that_was_cut_short_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_bytes(b'{"event":"tra')
    append_line(path, b'{"event":"export"}\n')
    append_line(path, b'{"event":"delete"}\n')
    assert path.read_text().splitlines() == [
        '{"event":"tra', '{"event":"export"}', '{"event":"delete"}'
    ]  # fmt: skip

"""An upload that is called off leaves nothing behind."""

from __future__ import annotations

import socket

from tests.faults.conftest import Machine
from tests.waiting import until

SAID = 60_000_000
SENT = 20_000_000


def kept(machine: Machine) -> int:
    """Bytes that the store holds of all sessions."""
    entries = machine.store._entries
    return sum(entries.used(session) for session, _ in machine.store.sessions())


def files(machine: Machine) -> int:
    """Bytes of all files of sessions."""
    folder = machine.settings.data_dir / "sessions"
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_a_cancelled_upload_leaves_nothing_on_disk(machine: Machine) -> None:
    machine.start_web()
    cookie = machine.visitor()
    before = files(machine)
    head = (
        f"POST /upload HTTP/1.1\r\nHost: 127.0.0.1:{machine.settings.port}\r\nCookie: {cookie}\r\n"
        "Sec-Fetch-Site: same-origin\r\nX-Portal-Upload: 1\r\nX-File-Name: big.csv\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {SAID}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", machine.settings.port), timeout=20) as line:
        line.sendall(head.encode())
        line.sendall(b"1,2,3,4,5\n" * (SENT // 10))
        until(lambda: files(machine) > before + SENT // 4, seconds=20, what="pieces are on disk")
    until(lambda: files(machine) <= before + 1000, seconds=20, what="the pieces are gone")
    assert kept(machine) == 0
    assert machine.upload(b"id,age\n1,30\n2,40\n", cookie).status == 202

"""“Delete my data” leaves nothing, and the old id is never used again."""

from __future__ import annotations

from pathlib import Path

from dashapp.auth.identity import COOKIE
from tests.dashapp.portal import Portal

CANARY = "Canary-of-Ann"
FILE = f"Customer ID,Name,Age,Total Spend\n1,{CANARY},30,100\n2,Ben,40,200\n3,Cay,50,300\n".encode()


def found(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and CANARY.encode() in path.read_bytes()
    ]


def cookie_of(portal: Portal) -> str:
    cookie = portal.client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def test_deleted_data_are_neither_on_disk_nor_in_reach(portal: Portal) -> None:
    folder = portal.context.settings.data_dir
    job = portal.upload(f"{CANARY}.csv", FILE).get_json()["job"]
    refs = portal.follow({"id": job}, {})["shell-refs.data"]
    assert found(folder)
    old = cookie_of(portal)
    portal.fire(
        "shell-refs.data", "shell-delete-confirm.n_clicks", {"shell-delete-confirm.n_clicks": 1}
    )
    portal.context.ledger.compact()
    assert found(folder) == []
    assert portal.context.store.sessions() == []
    assert cookie_of(portal) != old
    path = f"/download/rejects.csv?data={refs['dataset']}"
    assert portal.client.get(path).status_code == 410
    portal.client.set_cookie(COOKIE, old)
    assert portal.client.get(path).status_code == 410


def test_another_visitor_keeps_theirs(portal: Portal) -> None:
    other = portal.visitor()
    refs = other.with_sample()
    portal.fire(
        "shell-refs.data", "shell-delete-confirm.n_clicks", {"shell-delete-confirm.n_clicks": 1}
    )
    path = f"/download/rejects.csv?data={refs['dataset']}"
    assert other.client.get(path).status_code == 200

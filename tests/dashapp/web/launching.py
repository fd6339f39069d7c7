"""A hosted portal with a key for launch links, and a model that is shared there."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from dashapp.auth.launch_links import sign
from dashapp.settings.portal_settings import Settings
from segmentation import CustomerSegmentation, Table, sample_customers
from tests.dashapp.portal import Portal

KEY = "a-key-for-launch-links-of-40-characters!"
HOST = "https://bi.example"
FRAMED = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe", "Accept": "text/html"}


def hosted(folder: Path, **more: Any) -> Portal:
    """A portal as an operator runs it for a host."""
    values: dict[str, Any] = {
        "data_dir": folder,
        "hosted": True,
        "open_to_all": True,
        "secret_key": "s" * 32,
        "embed_key": KEY,
        "frame_ancestors": f"{HOST} https://*.host.example",
    }
    return Portal.of(Settings(**{**values, **more}))


@cache
def model_file() -> tuple[bytes, Table]:
    """A small model and the customers it was made from."""
    table = Table.from_frame(sample_customers(200, 3), name="Spring list")
    estimator = CustomerSegmentation(n_clusters=3, n_jobs=1).fit(table)
    return estimator.model_.to_bytes(), table


def share(portal: Portal, *, customers: bool = True) -> str:
    """Share the model on a portal; its id."""
    data, table = model_file()
    return portal.context.sharing.share(data, "Spring", table if customers else None)


def link(scope: str = "full", **more: Any) -> str:
    """The path of a launch link that is fine unless told otherwise."""
    return f"/embed?t={sign(KEY.encode(), scope, more.pop('ancestor', HOST), **more)}"


def launch(portal: Portal, path: str) -> tuple[TestResponse, Portal]:
    """Open a link in a frame of a browser that has never been here."""
    client = portal.app.server.test_client()
    answer = client.get(path, headers=FRAMED, base_url="https://localhost")
    return answer, Portal(portal.app, portal.context, client)

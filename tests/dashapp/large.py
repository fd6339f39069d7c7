"""A portal beside a place with large data sets, and what its visitors press there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from dashapp.settings.portal_settings import Settings
from tests.callbacks import find, find_by_input, fire, outputs_of, texts
from tests.dashapp.portal import Portal, look

CUSTOMERS = 3_000


SAMPLE = 1_000


def lake_in(folder: Path, people: pd.DataFrame) -> Path:
    """A place with a data set of two files and a damaged one."""
    lake = folder / "crm"
    (lake / "2026").mkdir(parents=True)
    half = len(people) // 2
    people.head(half).to_parquet(lake / "2026" / "a.parquet", index=False)
    people.tail(half).to_parquet(lake / "2026" / "b.parquet", index=False)
    (lake / "damaged.parquet").write_bytes(b"PAR1 nothing")
    return lake


def portal_of(folder: Path, lake: Path, cluster: str, **more: Any) -> Portal:
    return Portal.of(
        Settings(
            data_dir=folder / "portal", dask_scheduler=cluster, data_sources=str(lake),
            data_sample_rows=SAMPLE, **more,
        )
    )  # fmt: skip


def listed(portal: Portal) -> tuple[Any, list[dict[str, Any]]]:
    """Press the button that shows what there is; the list, and the ids of its buttons."""
    job = portal.fire(
        "shell-job.data", "data-cluster-show.n_clicks", {"data-cluster-show.n_clicks": 1}
    )
    done = portal.follow(job["shell-job.data"], {})["shell-done.data"]
    shown = portal.fire("data-cluster.children", "shell-done.data", {"shell-done.data": done})
    content = shown["data-cluster.children"]
    return content, [one["props"]["id"] for one in buttons(content)]


def buttons(tree: Any) -> list[dict[str, Any]]:
    """All buttons in a component tree, in order."""
    if isinstance(tree, list):
        return [one for item in tree for one in buttons(item)]
    if not isinstance(tree, dict):
        return []
    own = [tree] if tree.get("type") == "Button" else []
    return own + buttons(tree.get("props", {}).get("children"))


def use(portal: Portal, ids: list[dict[str, Any]], chosen: int) -> dict[str, Any]:
    """Press “Use this data”; what the shell shows once it was read."""
    name = "data-cluster-use.n_clicks"
    callback = find_by_input(portal.app, "shell-job.data", name)
    pressed = sorted(ids, key=lambda one: one != ids[chosen])  # the first one is what changed
    clicks = [(one, 1 if one == ids[chosen] else None) for one in pressed]
    answer = outputs_of(fire(portal.client, callback, {name: clicks}, changed=name))
    return portal.follow(answer["shell-job.data"], {})


def page(portal: Portal, output: str, refs: dict[str, Any]) -> str:
    callback = find_by_input(portal.app, output, "shell-refs.data")
    return texts(outputs_of(fire(portal.client, callback, look(refs)))[output])


def tab(portal: Portal, refs: dict[str, Any], name: str) -> str:
    callback = find(portal.app, "segments-body.children")
    answer = fire(portal.client, callback, look(refs, **{"segments-tabs.data": name}))
    return texts(outputs_of(answer)["segments-body.children"])
